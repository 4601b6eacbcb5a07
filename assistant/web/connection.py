"""A connection that must bring a whole request in time: trickling one in would hold it open for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

LONGEST_SILENCE = 60.0
"""Seconds in which the head of the next request must have come."""


class Connection(H11Protocol):
    """Uvicorn's own, looked at now and then; the length of a request's head is bounded by it."""

    _watch: asyncio.TimerHandle | None = None
    _seen: Any = None  # the request that was under way or over at the last look

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch."""
        super().connection_made(transport)
        self._watch = self.loop.call_later(LONGEST_SILENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self.cycle is self._seen:
            self.transport.close()
            return
        self._seen = self.cycle
        self._watch = self.loop.call_later(LONGEST_SILENCE, self._look)
