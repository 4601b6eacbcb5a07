"""The lines of a batch: a JSON object each, with a question, and what may stand beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.answer import Audience
from assistant.turn import Turn

LONGEST_LINE = 4_000_000
"""Characters of one line, with the earlier questions of its conversation."""
_FORM = "Each line is an object with id and question."
_AUDIENCES = frozenset(audience.value for audience in Audience)
_Id = str | int | float | None


class BatchError(ValueError):
    """A line of a batch that can't be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a batch."""

    id: _Id
    """What the answer is told by, given back as it came."""
    question: str
    history: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""
    audience: Audience | None = None
    """Who asks; None for anyone, and for a word that is no audience."""

    def turn(self) -> Turn:
        """The turn that answers it."""
        return Turn(self.question, history=self.history, audience=self.audience)


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a batch; empty lines are passed over. Raises BatchError, which names the line and its fault."""
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            line = line.removeprefix("\ufeff") if number == 1 else line
            if line.strip():
                yield _row(_object(line, number), number)
    except UnicodeDecodeError as error:
        raise BatchError(f"A line after line {number} isn't in UTF-8. Save the file as UTF-8 and try again.") from error


def chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """The rows, `size` at a time; where a line can't be read, those before it come first."""
    chunk: list[Row] = []
    try:
        for row in rows:
            chunk.append(row)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except BatchError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _object(line: str, number: int) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise BatchError(f"Line {number} is longer than {LONGEST_LINE:,} characters. {_FORM}")
    try:
        found = json.loads(line, parse_constant=_no_number)
    except RecursionError as error:
        raise BatchError(f"Line {number} is nested too deep. {_FORM}") from error
    except ValueError as error:
        raise BatchError(f"Line {number} isn't JSON ({error}). {_FORM}") from error
    if not isinstance(found, dict) or not isinstance(found.get("question"), str):
        raise BatchError(f'Line {number} has no "question" text. {_FORM}')
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _row(found: dict[str, Any], number: int) -> Row:
    history = found.get("history") or []
    if not isinstance(history, list) or not all(isinstance(question, str) for question in history):
        raise BatchError(f'Line {number}: "history" is a list of earlier questions, each as text.')
    if not _can_be_given_back(found.get("id")):
        raise BatchError(f'Line {number}: "id" is text or a number.')
    audience = found.get("audience")
    who = Audience(audience) if isinstance(audience, str) and audience in _AUDIENCES else None
    return Row(found.get("id"), found["question"], tuple(history), who)


def _can_be_given_back(name: object) -> bool:
    """Whether `name` can be written as JSON in UTF-8 again."""
    if isinstance(name, str):
        return name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)
    if isinstance(name, float):
        return name - name == 0  # neither infinite nor no number
    return name is None or isinstance(name, int)
