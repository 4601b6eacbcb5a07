"""Our figures by who asks, what kind of question it is, and where in the sources the answer stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from corpus.passage import PassageId
from corpus.sources import load_sources
from eval.measures import bootstrap, cites_gold, facts_stated, score_rankings
from eval.questions import Question
from eval.run import Answered

NOBODY = "not said"


def breakdown(answered: Sequence[Answered]) -> dict[str, list[dict[str, Any]]]:
    """The rows of three tables; a question whose passages stand in several places counts in each."""
    return {
        "audience": _rows(answered, lambda question: [question.audience.value if question.audience else NOBODY]),
        "type": _rows(answered, lambda question: [question.type]),
        "source": _rows(answered, lambda question: sorted({place_of(name) for name in question.gold})),
    }


def place_of(passage: PassageId) -> str:
    """Where a passage stands, in words: a chapter of the Code, or an Act or a set of regulations."""
    source, _, local = passage.partition(":")
    short = load_sources()[source].short
    if source != "cop":
        return short
    if local[0].isdigit():
        return f"{short}, chapter {local.partition('.')[0]}"
    return f"{short}, introduction" if local.startswith("intro.") else f"{short}, annexes, figures and glossary"


def _rows(answered: Sequence[Answered], groups_of: Callable[[Question], list[str]]) -> list[dict[str, Any]]:
    groups: Mapping[str, list[Answered]] = defaultdict(list)
    for item in answered:
        for group in groups_of(item.question):
            groups[group].append(item)
    hits = end_to_end_hits(answered)
    return [_row(name, groups[name], hits) for name in sorted(groups, key=_in_order)]


def _in_order(name: str) -> tuple[bool, list[str]]:
    """The Code first, and its chapter 10 after 9."""
    return not name.startswith(load_sources()["cop"].short), [part.zfill(2) for part in name.split()]


def _row(name: str, items: Sequence[Answered], hits: Mapping[str, float]) -> dict[str, Any]:
    with_gold = [item for item in items if item.question.gold]
    facts = [share for item in with_gold if (share := facts_stated(item.question, item.answer)) is not None]
    return {
        "name": name,
        "questions": len(items),
        "in first five": asdict(bootstrap([hits[item.question.id] for item in with_gold])),
        "right passage cited": asdict(bootstrap([float(cites_gold(i.question, i.answer)) for i in with_gold])),
        "facts stated": asdict(bootstrap(facts)),
        "right decision": asdict(bootstrap([float(i.answer.status is i.question.status) for i in items])),
    }


def end_to_end_hits(answered: Iterable[Answered]) -> dict[str, float]:
    """For each question with gold passages: 1 where one of them is among the first five that its answer was made of.

    Follow-ups are completed from their conversation here, and a turn that ended early found nothing.
    """
    items = [item for item in answered if item.question.gold]
    questions: list[Question] = [item.question for item in items]
    return score_rankings(questions, {item.question.id: item.answer.retrieved for item in items})["hit@5"]
