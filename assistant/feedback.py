"""Feedback on answers: useful or not, and why; kept in an SQLite file on this machine and nowhere else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from assistant.answer import Status
from assistant.visible import clean, clean_lines

LONGEST_WHY = 2000
"""Characters of the reason."""
_ALTERED = "{path} holds feedback that this app didn't write. Move the file away; a new one is begun by itself."
_WAIT = 5.0  # seconds to wait for another process that writes
_TABLE = """
create table if not exists feedback (
    id integer primary key,
    at text not null,
    verdict text not null,
    why text not null,
    status text not null,
    question text,
    citations text not null
)
"""


class Verdict(StrEnum):
    """Whether an answer helped."""

    USEFUL = "useful"
    NOT_USEFUL = "not useful"


class FeedbackError(Exception):
    """Feedback that couldn't be kept; the message tells the person why and what to do."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person says of one answer."""

    verdict: Verdict
    why: str
    status: Status
    """How the answer ended."""
    citations: tuple[str, ...]
    """Ids of the passages it quoted."""
    question: str | None = None
    """The question, only where the person allowed it to be kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Feedback as it is kept, with its number and the time (UTC, ISO) at which it came."""

    id: int
    at: str
    feedback: Feedback


class FeedbackStore:
    """The file of feedback; opened for each call, so that any number of threads and processes may use it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, feedback: Feedback, now: datetime | None = None) -> int:
        """Keep `feedback`; returns its number. Raises FeedbackError: too long, or the file can't be used."""
        if len(feedback.why) > LONGEST_WHY:
            raise FeedbackError(f"Please say it in at most {LONGEST_WHY} characters; what you wrote is still there.")
        at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        row = (
            at,
            feedback.verdict.value,
            clean_lines(feedback.why).strip(),
            feedback.status.value,
            None if feedback.question is None else clean(feedback.question),
            json.dumps(feedback.citations),
        )
        with self._open() as file:
            added = file.execute(
                "insert into feedback (at, verdict, why, status, question, citations) values (?, ?, ?, ?, ?, ?)", row
            )
            return int(added.lastrowid or 0)

    def all(self) -> Sequence[Kept]:
        """All feedback, oldest first; raises FeedbackError where the file can't be read."""
        with self._open() as file:
            rows = file.execute(
                "select id, at, verdict, why, status, question, citations from feedback order by id"
            ).fetchall()
        try:
            return [_kept(*row) for row in rows]
        except (ValueError, TypeError) as error:
            raise FeedbackError(_ALTERED.format(path=self.path)) from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, in one transaction: all of it is kept, or nothing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = sqlite3.connect(self.path, timeout=_WAIT)
            try:
                file.execute("pragma journal_mode = wal")  # readers and one writer don't wait for each other
                file.execute(_TABLE)
                with file:
                    yield file
            finally:
                file.close()
        except (sqlite3.Error, OSError) as error:
            raise FeedbackError(_sorry(error)) from error


def _sorry(error: Exception) -> str:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "Your feedback wasn't kept: others are sending theirs right now. Please try again in a moment."
    return f"Your feedback wasn't kept: the file for it can't be used ({error}). Please tell whoever runs this app."


def _kept(number: int, at: str, verdict: str, why: str, status: str, question: str | None, citations: str) -> Kept:
    feedback = Feedback(Verdict(verdict), why, Status(status), tuple(json.loads(citations)), question)
    return Kept(number, at, feedback)
