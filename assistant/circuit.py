"""When a language model fails: why, and when it is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why there is nothing from the model."""

    MISSING = "missing"
    """Its package isn't installed."""
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    """The deadline passed."""
    REFUSED = "refused"
    """The server answered with an error, such as a wrong key or too many requests."""
    UNREADABLE = "unreadable"
    """The reply isn't what the API promises, or breaks off."""
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNANSWERED = "unanswered"
    """It says that the passages don't hold the answer."""
    UNSOUND = "unsound"
    """What it wrote isn't borne out by the passages."""
    PAUSED = "paused"
    """It failed several times in a row, and is left alone for a while."""


class ModelFailure(Exception):
    """The model gave nothing that can be used; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(slots=True)
class Circuit:
    """After `limit` failures in a row the model is left alone for `pause` seconds."""

    limit: int = 3
    pause: float = 60.0
    now: Callable[[], float] = time.monotonic
    failures: int = 0
    closed_from: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise ModelFailure while the model is left alone."""
        with self.lock:
            if self.now() < self.closed_from:
                raise ModelFailure(Reason.PAUSED)

    def record(self, *, failed: bool) -> None:
        """Count a call that failed, or forget those before one that didn't."""
        with self.lock:
            self.failures = self.failures + 1 if failed else 0
            if self.failures >= self.limit:
                self.closed_from = self.now() + self.pause
