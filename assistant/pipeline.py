"""The life of an answer, step by step."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer import Answer
from assistant.check import check_question, read_references, spot_danger, spot_jurisdiction, spot_topic
from assistant.compose import compose
from assistant.decide import decide
from assistant.follow_up import resolve_follow_up
from assistant.library import Library
from assistant.retrieve import retrieve
from assistant.turn import Turn

Step = Callable[[Turn, Library], None]

STEPS: tuple[Step, ...] = (
    check_question,
    spot_danger,
    resolve_follow_up,
    spot_jurisdiction,
    read_references,
    spot_topic,
    retrieve,
    decide,
    compose,
)


def answer(turn: Turn, library: Library) -> Answer:
    """Take `turn` through the steps until one of them ends it."""
    for step in STEPS:
        step(turn, library)
        if turn.answer is not None:
            return turn.answer
    raise AssertionError("the last step always ends the turn")
