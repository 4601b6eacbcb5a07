"""Running the questions through every system and through the whole assistant."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from assistant.answer import Answer, Status
from assistant.library import Library
from assistant.pipeline import answer
from assistant.retrieve import search_text
from assistant.turn import Turn
from eval.measures import (
    bootstrap,
    citation_precision,
    cites_gold,
    facts_stated,
    quotes_are_verbatim,
    says_wrong,
    score_rankings,
)
from eval.questions import Question
from eval.systems import Systems

REFUSALS = frozenset({Status.NOT_COVERED, Status.OUT_OF_SCOPE})


@dataclass(slots=True)
class Answered:
    """One question, its answer, and what was measured of it."""

    question: Question
    answer: Answer
    seconds: float


def rank_all(questions: Sequence[Question], library: Library) -> dict[str, dict[str, dict[str, float]]]:
    """System to measure to question id to value, for the questions that have gold passages."""
    judged = [question for question in questions if question.gold and not question.history]
    vectors = library.embed_many(search_text(question.question, library) for question in judged)
    scores = {}
    for name, rank in Systems(library).by_name().items():
        rankings = {q.id: rank(q, vector) for q, vector in zip(judged, vectors, strict=True)}
        scores[name] = score_rankings(judged, rankings)
    return scores


def answer_all(questions: Sequence[Question], library: Library) -> list[Answered]:
    """Every question through the whole pipeline, one by one, as a person would ask."""
    library.warm_up()
    done = []
    for question in questions:
        started = time.perf_counter()
        found = answer(Turn(question.question, history=question.history, audience=question.audience), library)
        done.append(Answered(question, found, time.perf_counter() - started))
    return done


def embedding_seconds(questions: Sequence[Question], library: Library) -> list[float]:
    """How long embedding each question alone takes, in the same run as the answers."""
    seconds = []
    for question in questions:
        started = time.perf_counter()
        library.embed(question.question)
        seconds.append(time.perf_counter() - started)
    return seconds


def summarise(
    questions: Sequence[Question], library: Library
) -> tuple[dict[str, object], list[Answered], dict[str, dict[str, dict[str, float]]]]:
    """All figures of one split, with the answers and scores that they were taken from."""
    scores = rank_all(questions, library)
    answered = answer_all(questions, library)
    embedding = embedding_seconds(questions, library)
    retrieval = {
        system: {measure: asdict(bootstrap(list(values.values()))) for measure, values in measures.items()}
        for system, measures in scores.items()
    }
    return (
        {
            "questions": len(questions),
            "judged": sum(bool(question.gold) for question in questions),
            "retrieval": retrieval,
            "answers": _answers(answered, library),
            "decisions": _decisions(answered),
            "latency": _latency([item.seconds for item in answered], embedding),
        },
        answered,
        scores,
    )


def _answers(answered: Sequence[Answered], library: Library) -> dict[str, object]:
    judged = [item for item in answered if item.question.gold]
    precision = [value for item in judged if (value := citation_precision(item.question, item.answer)) is not None]
    facts = [value for item in judged if (value := facts_stated(item.question, item.answer)) is not None]
    wrong = [float(says_wrong(item.question, item.answer)) for item in answered if item.question.must_not]
    return {
        "right passage cited": asdict(bootstrap([float(cites_gold(i.question, i.answer)) for i in judged])),
        "citation precision": asdict(bootstrap(precision)),
        "facts stated": asdict(bootstrap(facts)),
        "wrong statements": asdict(bootstrap(wrong)),
        "quotes verbatim": asdict(bootstrap([float(quotes_are_verbatim(i.answer, library)) for i in answered])),
    }


def _decisions(answered: Sequence[Answered]) -> dict[str, object]:
    confusion = Counter((str(item.question.status), str(item.answer.status)) for item in answered)
    good = [item for item in answered if item.question.status is Status.ANSWERED]
    bad = [item for item in answered if item.question.status is not Status.ANSWERED]
    return {
        "confusion": [[*pair, count] for pair, count in sorted(confusion.items())],
        "wrong refusals": asdict(bootstrap([float(i.answer.status is not Status.ANSWERED) for i in good])),
        "right refusals": asdict(bootstrap([float(i.answer.status is not Status.ANSWERED) for i in bad])),
        "right status": asdict(bootstrap([float(i.answer.status is i.question.status) for i in answered])),
    }


def _latency(seconds: Sequence[float], embedding: Sequence[float]) -> dict[str, float]:
    """Milliseconds, and how many times the cost of embedding a question alone."""
    p50, p95 = (float(value) * 1000 for value in np.percentile(seconds, [50, 95]))
    alone = float(np.percentile(embedding, 50)) * 1000
    return {
        "p50_ms": p50,
        "p95_ms": p95,
        "embedding_p50_ms": alone,
        "p50_over_embedding": p50 / alone,
        "p95_over_embedding": p95 / alone,
    }
