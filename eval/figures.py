"""All figures of one split, from the answers and rankings that they are taken of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant.answer import Status
from assistant.library import Library
from eval.breakdown import breakdown, end_to_end_hits
from eval.measures import (
    bootstrap,
    citation_precision,
    cites_gold,
    facts_stated,
    force_is_kept,
    paired_difference,
    quotes_are_verbatim,
    says_wrong,
)
from eval.questions import Question
from eval.risk import risk_figures
from eval.run import Answered, Scores, answer_all, judged, rank_all
from eval.speed import latency_figures
from eval.stock import Shown, StockPipeline
from eval.systems import OURS

Figures = dict[str, Any]


def summarise(
    questions: Sequence[Question],
    library: Library,
    stock: Sequence[StockPipeline] = (),
    near: frozenset[str] = frozenset(),
) -> Figures:
    """All figures of one split; every mean comes with its interval.

    `near` names the questions that are too like others that were tuned on: some figures are given without them, too.
    """
    scores = rank_all(questions, library, stock)
    answered = answer_all(questions, library)
    return {
        "questions": len(questions),
        "judged": sum(bool(question.gold) for question in questions),
        "ranked": len(judged(questions)),
        "types": _counts(question.type for question in questions),
        "audiences": _counts(question.audience or "not said" for question in questions),
        "retrieval": {
            system: {measure: asdict(bootstrap(list(values.values()))) for measure, values in measures.items()}
            for system, measures in scores.items()
        },
        "ahead": _ahead(scores),
        "without near-duplicates": {
            measure: asdict(bootstrap([value for name, value in values.items() if name not in near]))
            for measure, values in scores[OURS].items()
        },
        "reading": _reading(questions, answered, library, stock),
        "answers": answer_figures(answered, library),
        "decisions": decision_figures(answered),
        "risk": risk_figures(answered, library),
        "breakdown": breakdown(answered),
        "latency": latency_figures(answered, library),
        "missed": missed(answered),
    }


def _counts(values: Any) -> list[list[Any]]:
    return [[str(value), count] for value, count in Counter(values).most_common()]


def _ahead(scores: Scores) -> dict[str, Any]:
    """For each baseline and measure, how far ours is ahead on the same questions."""
    return {
        system: {measure: asdict(paired_difference(scores[OURS][measure], values)) for measure, values in found.items()}
        for system, found in scores.items()
        if system != OURS
    }


def _reading(
    questions: Sequence[Question], answered: Sequence[Answered], library: Library, stock: Sequence[StockPipeline]
) -> dict[str, Any]:
    """How much text the first five and ten results of a search are, and whether a right passage is anywhere in them.

    A result of the stock pipeline is a chunk, with all the passages that it shows; one of ours is a passage.
    """
    asked = judged(questions)
    shown: dict[str, list[Shown]] = {
        pipeline.name: [pipeline.show(question.question) for question in asked] for pipeline in stock
    }
    retrieved = {item.question.id: item.answer.retrieved[:10] for item in answered}
    shown[OURS] = [
        Shown(
            [[name] for name in retrieved[question.id]],
            [len((library.passages[name].text or "").split()) for name in retrieved[question.id]],
        )
        for question in asked
    ]
    return {system: _reading_of(asked, results) for system, results in shown.items()}


def _reading_of(asked: Sequence[Question], results: Sequence[Shown]) -> dict[str, Any]:
    figures = {}
    for count in (5, 10):
        right = [
            float(any(name in question.gold for chunk in found.chunks[:count] for name in chunk))
            for question, found in zip(asked, results, strict=True)
        ]
        words = [sum(found.words[:count]) for found in results]
        figures[f"first {count}"] = {"right passage": asdict(bootstrap(right)), "words": asdict(bootstrap(words))}
    return figures


def answer_figures(answered: Sequence[Answered], library: Library) -> dict[str, Any]:
    """How good the answers are: what they cite, state, and never get wrong."""
    with_gold = [item for item in answered if item.question.gold]
    precision = [value for item in with_gold if (value := citation_precision(item.question, item.answer)) is not None]
    facts = [value for item in with_gold if (value := facts_stated(item.question, item.answer)) is not None]
    wrong = [float(says_wrong(item.question, item.answer)) for item in answered if item.question.must_not]
    return {
        "right passage cited": asdict(bootstrap([float(cites_gold(i.question, i.answer)) for i in with_gold])),
        "citation precision": asdict(bootstrap(precision)),
        "facts stated": asdict(bootstrap(facts)),
        "wrong statements": asdict(bootstrap(wrong)),
        "quotes verbatim": asdict(bootstrap([float(quotes_are_verbatim(i.answer, library)) for i in answered])),
        "force kept": asdict(bootstrap([float(force_is_kept(i.answer, library)) for i in answered])),
    }


def decision_figures(answered: Sequence[Answered]) -> dict[str, Any]:
    """How often the assistant answers when it should, and says no when it should."""
    confusion = Counter((str(item.question.status), str(item.answer.status)) for item in answered)
    good = [item for item in answered if item.question.status is Status.ANSWERED]
    bad = [item for item in answered if item.question.status is not Status.ANSWERED]
    return {
        "confusion": [[*pair, count] for pair, count in sorted(confusion.items())],
        "wrong refusals": asdict(bootstrap([float(i.answer.status is not Status.ANSWERED) for i in good])),
        "right refusals": asdict(bootstrap([float(i.answer.status is not Status.ANSWERED) for i in bad])),
        "right status": asdict(bootstrap([float(i.answer.status is i.question.status) for i in answered])),
    }


def missed(answered: Sequence[Answered]) -> list[dict[str, Any]]:
    """The questions that went wrong, by id: ended otherwise than they should, or without the right passage."""
    hits: Mapping[str, float] = end_to_end_hits(answered)
    rows = []
    for item in answered:
        question, found = item.question, item.answer
        why = []
        if found.status is not question.status:
            why.append("status")
        if question.gold and not hits[question.id]:
            why.append("not in first five")
        if question.gold and found.status is Status.ANSWERED and not cites_gold(question, found):
            why.append("not cited")
        if says_wrong(question, found):
            why.append("wrong statement")
        if why:
            rows.append({"id": question.id, "why": why, "got": str(found.status), "found": list(found.retrieved[:5])})
    return rows
