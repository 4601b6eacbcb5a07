"""Running the questions through every system and through the whole assistant."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.library import Library
from assistant.pipeline import answer
from assistant.retrieve import search_text
from assistant.turn import Turn
from eval.measures import score_rankings
from eval.questions import Question
from eval.stock import StockPipeline
from eval.systems import Systems

Scores = Mapping[str, Mapping[str, Mapping[str, float]]]
"""System to measure to question id to value."""


@dataclass(slots=True)
class Answered:
    """One question, the turn that it took through the pipeline, and its answer."""

    question: Question
    turn: Turn
    answer: Answer
    seconds: float


def judged(questions: Iterable[Question]) -> list[Question]:
    """The questions by which rankings are compared: those with gold passages that stand without a conversation."""
    return [question for question in questions if question.gold and not question.history]


def rank_all(questions: Sequence[Question], library: Library, stock: Sequence[StockPipeline] = ()) -> Scores:
    """Every system's ranking of the judged questions, measured."""
    asked = judged(questions)
    vectors = library.embed_many(search_text(question.question, library) for question in asked)
    scores = {}
    for name, rank in Systems(library, stock).by_name().items():
        rankings = {q.id: rank(q, vector) for q, vector in zip(asked, vectors, strict=True)}
        scores[name] = score_rankings(asked, rankings)
    return scores


def answer_all(questions: Sequence[Question], library: Library) -> list[Answered]:
    """Every question through the whole pipeline, one by one, as a person would ask."""
    library.warm_up()
    done = []
    for question in questions:
        turn = new_turn(question)
        started = time.perf_counter()
        found = answer(turn, library)
        done.append(Answered(question, turn, found, time.perf_counter() - started))
    return done


def new_turn(question: Question) -> Turn:
    """The turn of one question, as the command line would make it."""
    return Turn(question.question, history=question.history, audience=question.audience)
