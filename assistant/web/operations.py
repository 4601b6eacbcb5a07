"""`/health`, `/ready` and `/metrics`: what those who run the app, and their programs, see from outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.library import Library
from assistant.web.logs import log_error
from assistant.web.metrics import CONTENT_TYPE, Metrics
from ingest.vectors import VectorsAway

_LASTS = 2.0  # seconds for which a probe's result stands: probes must not become a load
_LONGEST = 10.0  # seconds after which a probe counts as failed
_FRESH = {"Cache-Control": "no-store"}
_SLOW = "The index did not answer in time."
_AWAY = "The store of vectors can't be reached, or lacks this index."
_BROKEN = "The index can't be read. See the log; `python -m ingest --rebuild` builds it anew."


def probe(library: Library) -> None:
    """Ask the index something that it must be able to answer; raises whatever goes wrong."""
    vector = library.embed("ready")
    if not library.nearest(vector, 1) or not library.passages:
        raise LookupError("the index is empty")


class Readiness:
    """Whether the index answers, found out at most every few seconds."""

    def __init__(self, check: Callable[[], None]) -> None:
        """Find out with `check`, which raises where the index doesn't answer."""
        self._check = check
        self._lock = asyncio.Lock()
        self._found: tuple[float, str] | None = None  # when, and the reason against

    async def reason_against(self) -> str:
        """Why the app can't answer questions, in a sentence; empty where it can."""
        async with self._lock:
            now = time.monotonic()
            if self._found is None or now - self._found[0] > _LASTS:
                self._found = (now, await self._find_out())
            return self._found[1]

    async def _find_out(self) -> str:
        try:
            async with asyncio.timeout(_LONGEST):
                await asyncio.to_thread(self._check)
        except TimeoutError:
            return _SLOW
        except VectorsAway:
            return _AWAY
        except Exception as error:
            log_error(error, "The probe of the index")
            return _BROKEN
        return ""


def operation_routes(readiness: Readiness, metrics: Metrics) -> list[Route]:
    """The three addresses."""

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "up"}, headers=_FRESH)

    async def ready(request: Request) -> Response:
        if reason := await readiness.reason_against():
            return JSONResponse({"status": "not ready", "reason": reason}, 503, headers=_FRESH)
        return JSONResponse({"status": "ready"}, headers=_FRESH)

    async def figures(request: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE, headers=_FRESH)

    return [Route("/health", health), Route("/ready", ready), Route("/metrics", figures)]
