"""The questions with known answers, kept in `eval/questions/`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer import Audience, Status
from corpus.passage import PassageId

FOLDER = Path(__file__).with_name("questions")


class Split(StrEnum):
    """What a question may be used for."""

    DEV = "dev"
    """Looked at while tuning."""
    TEST = "test"
    """Only for reporting."""


class Question(BaseModel):
    """A question whose answer is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: str
    """Such as `answerable`, `reference`, `follow_up`, `false_premise`, `out_of_scope`."""
    question: str
    audience: Audience | None = None
    history: tuple[str, ...] = ()
    gold: tuple[PassageId, ...] = ()
    """Passages that answer it, judged by reading them."""
    must_mention: tuple[str, ...] = ()
    """Facts that an answer states, as words or alternatives parted by `|`."""
    must_not: tuple[str, ...] = ()
    """Statements that would be wrong."""
    status: Status = Status.ANSWERED
    reason: str = ""
    """Why the gold passages answer it, in a line."""


class QuestionError(ValueError):
    """A line of a question file that can't be read; the message names file and line."""


def load_questions(split: Split, folder: Path = FOLDER) -> list[Question]:
    """The questions of one split; raises QuestionError that names the line at fault."""
    return list(_read(folder / f"{split}.jsonl"))


def _read(path: Path) -> Iterator[Question]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield Question.model_validate(json.loads(line))
            except (ValueError, ValidationError) as error:
                raise QuestionError(f"{path.name}, line {number}: {error}") from error
