"""What a family can do next, by what an answer rests on: kept in `next_steps.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from corpus.passage import PassageId

NEXT_STEPS_FILE = Path(__file__).with_name("next_steps.yaml")


class NextStep(BaseModel):
    """A remedy or a way on, in our words, with what bears it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    when: tuple[PassageId, ...] = Field(min_length=1)
    """Shown where one of these passages leads the answer."""
    opening: str
    """In which case: "If the council says no to an assessment"."""
    text: str
    refs: tuple[str, ...] = Field(min_length=1)
    """The passages and parts of provisions that bear every word of it."""


@cache
def load_next_steps(path: Path = NEXT_STEPS_FILE) -> tuple[NextStep, ...]:
    """All next steps, in the order of the file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(NextStep.model_validate(row) for row in rows)


def next_step(leading: PassageId) -> NextStep | None:
    """What to do next where `leading` leads the answer; None where nothing in particular follows."""
    return next((step for step in load_next_steps() if leading in step.when), None)
