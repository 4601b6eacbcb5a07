"""A model server on this machine that behaves or misbehaves, as each test asks.

It speaks three protocols as far as the client libraries use them: OpenAI's chat completions, Ollama's chat and
Anthropic's messages, whole and streamed.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONG = 20.0
"""Seconds after which even what stalls comes to an end, so that a client without a deadline fails its test."""

Write = Callable[["Request"], str]
"""What the model says to a request."""
Reply = Callable[["_Handler", "Request"], None]


@dataclass(frozen=True)
class Request:
    """What the model was asked."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def everything(self) -> str:
        """All that was sent, headers included."""
        return json.dumps([self.path, dict(self.headers), self.body])

    @property
    def system(self) -> str:
        """What the model was told."""
        told = [*self.body["messages"], {"role": "system", "content": self.body.get("system", "")}]
        return "".join(_plain(message["content"]) for message in told if message["role"] == "system")

    @property
    def text(self) -> str:
        """What the model was given: the extracts and the question."""
        return _plain(self.body["messages"][-1]["content"])

    def key(self, label: str) -> str:
        """The key of the extract with this label."""
        found = re.search(rf"^\[(\w+)\] {re.escape(label)}$", self.text, re.MULTILINE)
        assert found, f"{label} was not shown to the model"
        return found[1]

    @property
    def keys(self) -> list[str]:
        """The keys of all extracts, in their order."""
        return re.findall(r"^\[(\w+)\] ", self.text, re.MULTILINE)


def _plain(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class _Handler(BaseHTTPRequestHandler):
    server: StubModel

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = Request(self.path, dict(self.headers), body)
        self.server.requests.append(request)
        with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            self.server.reply(self, request)

    def head(self, status: int, **headers: str) -> None:
        """Send the status line and headers; `Content_Type` stands for Content-Type."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        pass


class StubModel(ThreadingHTTPServer):
    """Answers every request with `reply`, and keeps the requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.requests: list[Request] = []
        self.released = threading.Event()
        """Set when the test is over: what stalls may end."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def stub_model(reply: Reply) -> Iterator[StubModel]:
    server = StubModel(reply)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def says(write: Write | str) -> Reply:
    """Behave: say what `write` gives, whole or word by word, as it was asked."""
    return lambda handler, request: _say(handler, request, write if isinstance(write, str) else write(request))


def breaks_off(write: Write) -> Reply:
    """Say the first half, then end the reply as if nothing had happened."""

    def reply(handler: _Handler, request: Request) -> None:
        text = write(request)
        if request.streamed:
            _stream(handler, request, text[: len(text) // 2], ended=False)
        else:
            handler.head(200, Content_Type="application/json", Content_Length="4000")
            handler.send(_whole(request.path, text)[: len(text) // 2])

    return reply


def stalls_after(write: Write) -> Reply:
    """Say something, and nothing more, without hanging up."""

    def reply(handler: _Handler, request: Request) -> None:
        if request.streamed:
            _stream(handler, request, write(request), ended=False)
        else:
            handler.head(200, Content_Type="application/json", Content_Length="4000")
        handler.server.released.wait(LONG)

    return reply


def drips(handler: _Handler, request: Request) -> None:
    """Keep the connection alive with signs of life, and say nothing."""
    handler.head(200, Content_Type="text/event-stream")
    end = time.monotonic() + LONG
    while not handler.server.released.wait(0.05) and time.monotonic() < end:
        handler.send(": still here\n\n")


def endless(handler: _Handler, request: Request) -> None:
    """Never stop talking."""
    end = time.monotonic() + LONG
    if not request.streamed:
        handler.head(200, Content_Type="application/json")
        while time.monotonic() < end:
            handler.send('{"x": "' + "y" * 65536)
    handler.head(200, Content_Type="text/event-stream")
    while time.monotonic() < end:
        handler.send(_event(request.path, "and so on " * 20))


def status(code: int, **headers: str) -> Reply:
    """Answer with an error or a redirect; `location` stands for Location."""
    return lambda handler, request: handler.head(code, Content_Length="0", **headers)


def sends(body: str, content_type: str = "application/json") -> Reply:
    """Answer 200 with this body, whatever it is."""

    def reply(handler: _Handler, request: Request) -> None:
        handler.head(200, Content_Type=content_type, Content_Length=str(len(body.encode())))
        handler.send(body)

    return reply


def _say(handler: _Handler, request: Request, text: str) -> None:
    if request.streamed:
        _stream(handler, request, text, ended=True)
    else:
        sends(_whole(request.path, text))(handler, request)


def _stream(handler: _Handler, request: Request, text: str, *, ended: bool) -> None:
    handler.head(200, Content_Type="text/event-stream")
    handler.send(_opening(request.path))
    for bit in re.findall(r"\S+\s*|\s+", text):
        handler.send(_event(request.path, bit))
    if ended:
        handler.send(_ending(request.path))


def _whole(path: str, text: str) -> str:
    message = {"role": "assistant", "content": text}
    if path.endswith("/api/chat"):
        return json.dumps({"model": "stub", "message": message, "done": True})
    if path.endswith("/messages"):
        return json.dumps(_anthropic_message([{"type": "text", "text": text}], "end_turn"))
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "stub", "choices": [choice]})


def _anthropic_message(content: list[dict[str, str]], stop_reason: str | None) -> dict[str, Any]:
    usage = {"input_tokens": 1, "output_tokens": 1}
    fixed = {"id": "1", "type": "message", "role": "assistant", "model": "stub", "stop_sequence": None}
    return {**fixed, "content": content, "stop_reason": stop_reason, "usage": usage}


def _opening(path: str) -> str:
    if not path.endswith("/messages"):
        return ""
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    return _named({"type": "message_start", "message": _anthropic_message([], None)}) + _named(block)


def _event(path: str, bit: str) -> str:
    if path.endswith("/api/chat"):
        line = {"model": "stub", "message": {"role": "assistant", "content": bit}, "done": False}
        return json.dumps(line) + "\n"
    if path.endswith("/messages"):
        return _named({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": bit}})
    return _chunk({"content": bit}, None)


def _ending(path: str) -> str:
    if path.endswith("/api/chat"):
        return json.dumps({"model": "stub", "message": {"role": "assistant", "content": ""}, "done": True}) + "\n"
    if path.endswith("/messages"):
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        stop = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 1}}
        block = {"type": "content_block_stop", "index": 0}
        return _named(block) + _named(stop) + _named({"type": "message_stop"})
    return _chunk({}, "stop") + "data: [DONE]\n\n"


def _chunk(delta: Mapping[str, str], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    fixed = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
    return f"data: {json.dumps({**fixed, 'choices': [choice]})}\n\n"


def _named(event: Mapping[str, Any]) -> str:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
