"""What is known of a request once it is over: the same for the log and for the metrics, and never what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Message, Send

from assistant.web.addresses import Kind
from assistant.web.headers import secure

UNKNOWN = "(other)"
"""Stands for every address that isn't served."""
LEFT = 499
"""The status of a request whose client went before it was answered."""


@dataclass(slots=True)
class Served:
    """One request as it was answered."""

    method: str
    route: str = UNKNOWN
    """The address with names in place of values."""
    kind: Kind | None = None
    status: int = LEFT
    size: int = 0
    """Bytes of the answer's body as it went over the line."""
    started: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.perf_counter() - self.started

    @property
    def begun(self) -> bool:
        """Whether an answer is under way."""
        return self.status != LEFT

    def watched(self, send: Send) -> Send:
        """`send`, noting status and size, with the security headers set."""

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                secure(message)
            elif message["type"] == "http.response.body":
                self.size += len(message.get("body", b""))
            await send(message)

        return watch


Listener = Callable[[Served], None]
"""Is told of each request when it is over."""
