"""The server: the page and its interface behind the guard, on one socket."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI

from assistant.library import Library
from assistant.pipeline import observed_by
from assistant.web.connection import Connection
from assistant.web.guard import Guard
from assistant.web.logs import log_request
from assistant.web.metrics import Metrics, QueueState
from assistant.web.operations import Readiness, operation_routes, probe
from assistant.web.page import LOCAL, build_page, launch_options
from corpus.settings import Settings

_GOODBYE = 5  # seconds that open requests have to end when the app is stopped
_SESSIONS = 4  # remembered for each page that may be open: 0.1 MB each, and each call of a program is one
_IDLE = 30  # seconds that a connection may be idle between two requests


class Server(uvicorn.Server):
    """Serves the page over one library, on the sockets that `run` is given."""

    def __init__(self, library: Library, config: Settings, told: Callable[[], None] = lambda: None) -> None:
        """Build the page; `told` is called once it is served."""
        self._told = told
        self._page = build_page(library, config)
        self._page.queue(api_open=False, max_size=config.queue_size)
        self._page.state_session_capacity = _SESSIONS * config.max_open
        app = FastAPI(openapi_url=None)
        guard = Guard(app, config)
        self._metrics = Metrics(lambda: _queue_state(self._page), lambda: guard.open)
        guard.listeners = (self._metrics.served, log_request())
        app.router.routes.extend(operation_routes(Readiness(lambda: probe(library)), self._metrics))
        gr.mount_gradio_app(app, self._page, path="/", **launch_options(library, config))
        self._mounted: Any = app.router.routes[-1]
        super().__init__(_uvicorn_config(guard, config))

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until it is stopped."""
        with observed_by(self._metrics):
            super().run(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell."""
        await super().startup(sockets)
        self._told()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what the open pages hold open end, then stop."""
        self._page._queue.stopped = True
        self._page.is_running = False
        self._mounted.app.stop_event.set()
        await super().shutdown(sockets)


def listen(config: Settings) -> socket.socket:
    """The socket of the settings' address; raises OSError where it is taken or isn't one of this machine's."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    return socket.create_server((config.host, config.port), family=family)


def open_to_others(config: Settings) -> str | None:
    """A warning where other machines can reach the page and nobody is asked for a name and a password."""
    if config.login_user or config.host in LOCAL:
        return None
    return (
        f"The page listens on {config.host}, so other machines can reach it, and there is no login. Set "
        "ASK_THE_CODE_LOGIN_USER and ASK_THE_CODE_LOGIN_PASSWORD, or see that only a proxy of yours can reach it."
    )


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser on this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104  # only recognised here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _uvicorn_config(guard: Guard, config: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        guard,
        http=Connection,
        ws="none",
        log_config=None,  # see logs.py
        access_log=False,
        server_header=False,
        proxy_headers=bool(config.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in config.trusted_proxies],
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_GOODBYE,
    )


def _queue_state(page: gr.Blocks) -> QueueState:
    queue = page._queue
    running = sum(job is not None for job in queue.active_jobs)
    return QueueState(waiting=len(queue), running=running, capacity=queue.max_size or 0)
