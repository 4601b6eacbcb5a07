"""The life of an answer, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from assistant.answer import Answer, Status
from assistant.audience import recognise_audience
from assistant.check import (
    check_question,
    read_references,
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
from assistant.generate import generate, stream
from assistant.library import Library
from assistant.retrieve import retrieve
from assistant.spoken import answer_in_language, recognise_language
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


class Observer(Protocol):
    """Who is told how the steps go, but not what was asked."""

    def stepped(self, name: str, seconds: float) -> None:
        """The step of that name took that long."""

    def ended(self, status: Status | None) -> None:
        """A turn ended in that way; None where a step failed."""


_observers: list[Observer] = []


@contextmanager
def observed_by(observer: Observer) -> Iterator[None]:
    """Within, `observer` is told of every turn of this process."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def composed(turn: Turn, library: Library) -> Answer:
    """Take `turn` through the steps until one of them ends it."""
    try:
        for step in STEPS:
            started = time.perf_counter()
            step(turn, library)
            taken = time.perf_counter() - started
            for observer in _observers:
                observer.stepped(step.__name__, taken)
            if turn.answer is not None:
                return turn.answer
        raise AssertionError("the last step always ends the turn")
    finally:
        for observer in _observers:
            observer.ended(turn.answer.status if turn.answer else None)


def answer(turn: Turn, library: Library) -> Answer:
    """The answer of `turn`: composed; where a language model is configured its short part is worded by it, in English
    and in the language that was asked in.
    """
    found = composed(turn, library)
    generate(turn, library)
    turn.answer = answer_in_language(turn.answer or found, turn)
    return turn.answer


def answer_versions(turn: Turn, library: Library) -> Iterator[Answer]:
    """The same for who watches: the composed answer at once, then each better one; the last one stands."""
    found = composed(turn, library)
    yield from stream(turn, library)
    if turn.spoken is not None:
        turn.answer = answer_in_language(turn.answer or found, turn)
        yield turn.answer
