"""What the server says when it doesn't serve a request, in words from `refusals.yaml`."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

Code = Literal[
    "unknown_address",
    "unknown_call",
    "wrong_method",
    "other_site",
    "not_for_you",
    "login_needed",
    "login_paused",
    "too_many",
    "queue_full",
    "too_many_open",
    "too_big",
    "too_slow",
    "took_too_long",
    "search_away",
    "failed",
]


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int
    message: str


@cache
def _known() -> dict[Code, _Words]:
    text = Path(__file__).with_name("refusals.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[Code, _Words]).validate_python(yaml.safe_load(text))


class Refused(Exception):
    """A request that isn't served; `wait` is after how many seconds it may be tried again."""

    def __init__(self, code: Code, *, wait: float | None = None, limit: int = 0) -> None:
        """Refuse with the words of `code`; `limit` is in bytes."""
        self.code = code
        self.wait = None if wait is None else max(1, math.ceil(wait))
        self.status = _known()[code].status
        self.message = _known()[code].message.format(wait=_spoken(self.wait), limit=f"{limit / 1_000_000:g} MB")
        super().__init__(self.message)

    def response(self, scope: Scope) -> Response:
        """The sentence: plain for a browser that opens a page, JSON for all else."""
        headers = {"Cache-Control": "no-store"}
        if self.wait is not None:
            headers["Retry-After"] = str(self.wait)
        if self.code == "login_needed":
            headers["WWW-Authenticate"] = 'Basic realm="Ask the Code", charset="UTF-8"'
        if self.code == "too_slow":
            headers["Connection"] = "close"  # the rest of the body may still come: no request can follow it
        if "text/html" in Headers(scope=scope).get("accept", ""):
            return PlainTextResponse(self.message, self.status, headers)
        # gradio's own clients read `detail`
        body = {"error": {"code": self.code, "message": self.message}, "detail": self.message}
        return JSONResponse(body, self.status, headers)


def _spoken(seconds: int | None) -> str:
    """A wait as people say it."""
    if seconds is None:
        return "a moment"
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
