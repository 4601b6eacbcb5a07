"""The life of an answer, step by step."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer import Answer
from assistant.audience import recognise_audience
from assistant.check import (
    check_question,
    read_references,
    recognise_language,
    spot_danger,
    spot_deadlines,
    spot_jurisdiction,
    spot_proposals,
    spot_topic,
    translate_old_words,
)
from assistant.compose import compose
from assistant.decide import decide
from assistant.follow_up import resolve_follow_up
from assistant.generate import generate
from assistant.library import Library
from assistant.retrieve import retrieve
from assistant.turn import Turn

Step = Callable[[Turn, Library], None]

STEPS: tuple[Step, ...] = (
    check_question,
    recognise_language,
    spot_danger,
    recognise_audience,
    resolve_follow_up,
    spot_jurisdiction,
    read_references,
    spot_proposals,
    spot_topic,
    translate_old_words,
    spot_deadlines,
    retrieve,
    decide,
    compose,
)


def composed(turn: Turn, library: Library) -> Answer:
    """Take `turn` through the steps until one of them ends it."""
    for step in STEPS:
        step(turn, library)
        if turn.answer is not None:
            return turn.answer
    raise AssertionError("the last step always ends the turn")


def answer(turn: Turn, library: Library) -> Answer:
    """The answer of `turn`: composed, and its short part worded by a language model where one is configured."""
    found = composed(turn, library)
    generate(turn, library)
    return turn.answer or found
