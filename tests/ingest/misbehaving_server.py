"""A web server on this machine that serves documents well or badly, as each test asks."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONG = 20.0
"""Seconds after which even what stalls comes to an end, so that a client without time-outs fails its test."""

Reply = Callable[["_Handler"], None]


class _Handler(BaseHTTPRequestHandler):
    server: MisbehavingServer

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers)))
        with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            self.server.next_reply(self.path)(self)

    def head(self, status: int, **headers: str) -> None:
        """Send the status line and headers; `Content_Length` stands for Content-Length."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


class MisbehavingServer(ThreadingHTTPServer):
    """Answers each path with the replies given for it, one a request; the last is repeated."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        """Set when the test is over: what stalls may end."""
        self._replies: dict[str, list[Reply]] = defaultdict(list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serve(self, path: str, *replies: Reply) -> str:
        """Answer `path` with `replies` from now on; gives its address."""
        self._replies[path] = list(replies)
        return self.url(path)

    def next_reply(self, path: str) -> Reply:
        replies = self._replies[path]
        if not replies:
            return status(404)
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def asked_for(self, path: str) -> int:
        """How many requests came for `path`."""
        return sum(asked == path for asked, _ in self.requests)


@contextmanager
def misbehaving_server() -> Iterator[MisbehavingServer]:
    server = MisbehavingServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def good(body: bytes, **headers: str) -> Reply:
    def reply(handler: _Handler) -> None:
        handler.head(200, Content_Length=str(len(body)), **headers)
        handler.wfile.write(body)

    return reply


def status(code: int, **headers: str) -> Reply:
    return lambda handler: handler.head(code, Content_Length="0", **headers)


def redirect(location: str) -> Reply:
    return status(302, Location=location)


def truncated(body: bytes) -> Reply:
    """Announce the whole body, send half of it and hang up."""

    def reply(handler: _Handler) -> None:
        handler.head(200, Content_Length=str(len(body)))
        handler.wfile.write(body[: len(body) // 2])

    return reply


def hangs_up(handler: _Handler) -> None:
    """End the connection without a word."""
    handler.close_connection = True


def silent(handler: _Handler) -> None:
    """Take the request and say nothing."""
    handler.server.released.wait(LONG)


def stalls_after(start: bytes, announced: int) -> Reply:
    """Send the first bytes of a body and no more."""

    def reply(handler: _Handler) -> None:
        handler.head(200, Content_Length=str(announced))
        handler.wfile.write(start)
        handler.wfile.flush()
        handler.server.released.wait(LONG)

    return reply


def drips(handler: _Handler) -> None:
    """Send a byte now and then: no single wait is long, all of them are."""
    handler.head(200)
    end = time.monotonic() + LONG
    while not handler.server.released.wait(0.05) and time.monotonic() < end:
        handler.wfile.write(b"%")


def endless(handler: _Handler) -> None:
    """Send 256 MB without announcing a length."""
    handler.head(200)
    for _ in range(4096):
        handler.wfile.write(b"<!-- -->" * 8192)


def announces(length: int) -> Reply:
    """Announce a body of `length` bytes and send nothing of it."""

    def reply(handler: _Handler) -> None:
        handler.head(200, Content_Length=str(length))
        handler.server.released.wait(LONG)

    return reply
