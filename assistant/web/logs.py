"""The log: one JSON object a line on the standard error, without what was asked, by whom, or from where."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from assistant.web.served import Listener, Served
from corpus.settings import RequestLog

_requests = logging.getLogger("ask_the_code.requests")
_errors = logging.getLogger("ask_the_code.errors")
_LEVELS = {
    RequestLog.ALL: logging.INFO,
    RequestLog.PROBLEMS: logging.WARNING,
    RequestLog.FAILURES: logging.ERROR,
    RequestLog.OFF: logging.CRITICAL + 1,
}


class JsonLine(logging.Formatter):
    """A record as one line of JSON; of an exception only its type, for its words may quote a question."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        line |= getattr(record, "request", None) or {"logger": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def configure_logs(which: RequestLog) -> None:
    """Write warnings of all parts, and a line for the requests chosen, as JSON to the standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _requests.setLevel(_LEVELS[which])
    _hush_gradio()


def log_request() -> Listener:
    """What writes the line of each request."""

    def write(served: Served) -> None:
        level = logging.ERROR if served.status >= 500 else logging.WARNING if served.status >= 400 else logging.INFO
        line = {
            "method": served.method,
            "route": served.route,
            "status": served.status,
            "ms": round(1000 * served.seconds, 1),
            "size": served.size,
        }
        _requests.log(level, "request", extra={"request": line})

    return write


def log_error(error: BaseException, where: str) -> None:
    """Say that something failed `where`, by the type of the exception."""
    _errors.error("%s failed with %s.", where, type(error).__name__)


class _TypesOnly:
    """Stands in for `traceback` in Gradio, which prints exceptions that may quote a question."""

    @staticmethod
    def print_exc() -> None:
        error = sys.exc_info()[1]
        if error is not None:
            log_error(error, "A call")


def _hush_gradio() -> None:
    from gradio import queueing, route_utils, routes

    for module in (queueing, routes, route_utils):
        module.traceback = _TypesOnly  # type: ignore[attr-defined]
