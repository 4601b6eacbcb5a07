"""Figures for those who run the app, in the text format of Prometheus; none of them says what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from assistant.answer import Status
from assistant.pipeline import STEPS
from assistant.web.addresses import Kind
from assistant.web.served import Served

CONTENT_TYPE = CONTENT_TYPE_LATEST
_PREFIX = "ask_the_code"
_STEP_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_FAILED = "failed"


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue of calls stands."""

    waiting: int
    running: int
    capacity: int


class Metrics:
    """Counts requests, answers and steps of one process; `stepped` and `ended` are told by the pipeline."""

    def __init__(self, queue: Callable[[], QueueState], open_requests: Callable[[], int]) -> None:
        """Start at zero; `queue` and `open_requests` are asked whenever the figures are read."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began: as much again, read by nothing here
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)  # under the names that dashboards know
        self._requests = Counter(
            "requests",
            "Requests that are over.",
            ["route", "method", "status"],
            namespace=_PREFIX,
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "request_seconds",
            "Time of requests, without those that stay open.",
            ["route"],
            namespace=_PREFIX,
            registry=self._registry,
            buckets=_REQUEST_SECONDS,
        )
        self._answers = Counter(
            "answers", "Questions answered, by how it ended.", ["status"], namespace=_PREFIX, registry=self._registry
        )
        self._step_seconds = Histogram(
            "step_seconds",
            "Time of each step of an answer.",
            ["step"],
            namespace=_PREFIX,
            registry=self._registry,
            buckets=_STEP_SECONDS,
        )
        self._name_all()
        self._gauge("queue_waiting", "Calls that wait for their turn.", lambda: queue().waiting)
        self._gauge("queue_running", "Calls that are being worked on.", lambda: queue().running)
        self._gauge("queue_capacity", "Calls that may wait.", lambda: queue().capacity)
        self._gauge("requests_open", "Requests that are open.", open_requests)

    def _name_all(self) -> None:
        """Show every way an answer can end and every step from the start, at zero."""
        for status in (*Status, _FAILED):
            self._answers.labels(str(status))
        for step in STEPS:
            self._step_seconds.labels(step.__name__)

    def _gauge(self, name: str, meaning: str, read: Callable[[], int]) -> None:
        Gauge(name, meaning, namespace=_PREFIX, registry=self._registry).set_function(read)

    def served(self, served: Served) -> None:
        """Count a request that is over."""
        self._requests.labels(served.route, served.method, str(served.status)).inc()
        if served.kind is not None and served.kind is not Kind.STREAM:
            self._request_seconds.labels(served.route).observe(served.seconds)

    def stepped(self, name: str, seconds: float) -> None:
        """Count the time of one step."""
        self._step_seconds.labels(name).observe(seconds)

    def ended(self, status: Status | None) -> None:
        """Count an answer; None where a step failed."""
        self._answers.labels(str(status or _FAILED)).inc()

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self._registry)
