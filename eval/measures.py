"""What is measured: rankings, citations, facts and decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

from assistant.answer import Answer, DutyRow
from assistant.library import Library
from assistant.quote import force_of
from corpus.check import base_id
from corpus.force import bears_duty
from corpus.passage import PassageId
from eval.questions import Question

RANKING_MEASURES = (Success @ 1, Success @ 3, Success @ 5, Success @ 10, R @ 10, RR @ 10, nDCG @ 10)
NAMES = {
    "Success@1": "hit@1",
    "Success@3": "hit@3",
    "Success@5": "hit@5",
    "Success@10": "hit@10",
    "R@10": "recall@10",
    "RR@10": "MRR@10",
    "nDCG@10": "nDCG@10",
}


def score_rankings(
    questions: Sequence[Question], rankings: Mapping[str, Sequence[PassageId]]
) -> dict[str, dict[str, float]]:
    """Each measure of each question's ranking: measure name to question id to value."""
    qrels = [Qrel(question.id, name, 1) for question in questions for name in question.gold]
    run = [
        ScoredDoc(question, name, -float(rank))
        for question, ranking in rankings.items()
        for rank, name in enumerate(ranking)
    ]
    scores: dict[str, dict[str, float]] = {name: {q.id: 0.0 for q in questions} for name in NAMES.values()}
    for row in ir_measures.iter_calc(list(RANKING_MEASURES), qrels, run):
        scores[NAMES[str(row.measure)]][row.query_id] = row.value
    return scores


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95% bootstrap confidence interval; all NaN where nothing was measured."""

    mean: float
    low: float
    high: float
    count: int
    """How many values the mean is of."""


def bootstrap(values: Sequence[float], samples: int = 2000, seed: int = 0) -> Interval:
    """The mean of `values`, and where it lies in 95% of resamples of the questions."""
    if not values:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    data = np.asarray(values, dtype=float)
    chosen = np.random.default_rng(seed).integers(0, len(data), size=(samples, len(data)))
    means = data[chosen].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(data.mean()), float(low), float(high), len(data))


def paired_difference(ours: Mapping[str, float], theirs: Mapping[str, float]) -> Interval:
    """How far ours is ahead on the same questions: the mean of the differences, resampled by question."""
    return bootstrap([value - theirs[question] for question, value in ours.items()])


def quotes_are_verbatim(answer: Answer, library: Library) -> bool:
    """Whether every quotation is, white space aside, a stretch of the official text that it cites."""
    for citation in answer.citations:
        text = library.passages[base_id(citation.id)].text
        if citation.quote and (text is None or _folded(citation.quote) not in _folded(text)):
            return False
    return True


def force_is_kept(answer: Answer, library: Library) -> bool:
    """Whether must, should and may are nowhere traded for one another.

    Each citation carries the strongest word of its own quotation; each row of duties a strength with which the
    passage it is cited to, or the law named for that passage, lays down what the row says.
    """
    if any(citation.quote and citation.force is not force_of(citation.quote) for citation in answer.citations):
        return False
    cited = {citation.number: base_id(citation.id) for citation in answer.citations}
    return all(_bears(row, cited.get(row.citation), library) for row in answer.duties)


def _bears(row: DutyRow, name: PassageId | None, library: Library) -> bool:
    """Whether the passage that a duty is cited to bears it; a passage without official text can't be held to it."""
    if name is None:
        return False
    official, annotation = library.passages[name].text, library.annotations.get(name)
    if official is None:
        return True
    law = (library.passages.get(base_id(ref)) for ref in (annotation.law if annotation else ()))
    named = [passage.text for passage in law if passage is not None and passage.text]
    return bears_duty(row.force, row.what, row.when, official, named)


def _folded(text: str) -> str:
    return " ".join(text.split())


def cites_gold(question: Question, answer: Answer) -> bool:
    """Whether a right passage is among those cited."""
    return bool({base_id(citation.id) for citation in answer.citations} & set(question.gold))


def citation_precision(question: Question, answer: Answer) -> float | None:
    """The share of the citations that are right passages; None without citations."""
    cited = [base_id(citation.id) for citation in answer.citations]
    return sum(name in question.gold for name in cited) / len(cited) if cited else None


def facts_stated(question: Question, answer: Answer) -> float | None:
    """The share of the facts that must be mentioned that the answer states; None where there are none."""
    if not question.must_mention:
        return None
    return sum(_mentions(answer.text, fact) for fact in question.must_mention) / len(question.must_mention)


def says_wrong(question: Question, answer: Answer) -> bool:
    """Whether the direct answer makes a statement that the question's author marked as wrong."""
    return any(_mentions(answer.short, statement) for statement in question.must_not)


def _mentions(text: str, fact: str) -> bool:
    plain = re.sub(r"[*_>“”‘’'\"]", "", _folded(text)).lower()
    return any(re.sub(r"[*_>“”‘’'\"]", "", part).strip().lower() in plain for part in fact.split("|"))
