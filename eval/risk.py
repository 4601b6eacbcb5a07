"""How often an answer is wrong if only the surest are given: the coverage and risk curve, and calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from assistant.answer import Status
from assistant.compose import compose
from assistant.decide import unanswered
from assistant.library import Library
from assistant.turn import Turn
from eval.measures import cites_gold
from eval.run import Answered

ScoreOf = Callable[[Turn], float | None]
"""How sure the assistant is of an answer; None where the turn ended before that was asked."""
_BINS = 8
_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Scored:
    """One question that came to the decision whether to answer."""

    score: float
    right: bool
    """Whether the answer, given, is right: the sources hold one, and a passage that does is cited."""
    given: bool
    """Whether the assistant did answer."""


@dataclass(frozen=True, slots=True)
class Point:
    """What answering only from one score on would mean."""

    coverage: float
    """The share of the questions that is answered."""
    risk: float
    """The share of those answered whose answer is wrong."""
    score: float | None = None


def nearest_similarity(turn: Turn) -> float | None:
    """The similarity of the nearest passage: the plainest score that there is."""
    if turn.references or not turn.hits:
        return None
    return max(hit.similarity for hit in turn.hits)


def decision_score(library: Library) -> ScoreOf:
    """The score by which the assistant itself decides: how likely the sources answer the question."""

    def score(turn: Turn) -> float | None:
        if turn.references or turn.nearness is None:
            return None
        return 1 - unanswered(turn, library)

    return score


def scored(answered: Iterable[Answered], library: Library, score_of: ScoreOf) -> list[Scored]:
    """The questions that came to the decision, those refused answered all the same to see if that would be right."""
    found = []
    for item in answered:
        score = score_of(item.turn)
        if score is not None:
            given = item.answer.status is Status.ANSWERED
            found.append(Scored(score, _right_if_given(item, library, given), given))
    return found


def _right_if_given(item: Answered, library: Library, given: bool) -> bool:
    if item.question.status is not Status.ANSWERED:
        return False
    if given:
        return cites_gold(item.question, item.answer)
    turn = replace(item.turn, answer=None)
    compose(turn, library)
    return turn.answer is not None and cites_gold(item.question, turn.answer)


def risk_curve(items: Sequence[Scored]) -> list[Point]:
    """The risk at each coverage, from the surest answer alone to all; one point for each score that occurs."""
    ordered = sorted(items, key=lambda item: -item.score)
    points, wrong = [], 0
    for count, item in enumerate(ordered, 1):
        wrong += not item.right
        if count == len(ordered) or ordered[count].score != item.score:
            points.append(Point(count / len(ordered), wrong / count, item.score))
    return points


def operating_point(items: Sequence[Scored]) -> Point:
    """Where the assistant stands now: what it answered, and how much of that is wrong."""
    given = [item for item in items if item.given]
    if not given:
        return Point(0.0, 0.0)
    return Point(len(given) / len(items), sum(not item.right for item in given) / len(given))


def area(points: Sequence[Point]) -> float:
    """The area under the curve, from 0 to 1: the mean risk over all coverages. Lower is better."""
    if not points:
        return float("nan")
    edges = [0.0, *(point.coverage for point in points)]
    return float(sum(point.risk * (edges[place + 1] - edges[place]) for place, point in enumerate(points)))


def calibration(items: Sequence[Scored], bins: int = _BINS) -> list[dict[str, float]]:
    """Questions in groups of equal size by score: the mean score, and the share of right answers with its interval."""
    ordered = sorted(items, key=lambda item: item.score)
    groups = [group for group in np.array_split(np.arange(len(ordered)), min(bins, len(ordered) or 1)) if len(group)]
    rows = []
    for group in groups:
        members = [ordered[place] for place in group]
        right = sum(item.right for item in members)
        low, high = wilson(right, len(members))
        mean = float(np.mean([item.score for item in members]))
        rows.append({"score": mean, "right": right / len(members), "low": low, "high": high, "questions": len(members)})
    return rows


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share: unlike the bootstrap it says something of small groups that are all right."""
    if not trials:
        return float("nan"), float("nan")
    share, z2 = successes / trials, _NORMAL_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _NORMAL_95 * (share * (1 - share) / trials + z2 / (4 * trials**2)) ** 0.5 / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def risk_figures(answered: Sequence[Answered], library: Library) -> dict[str, Any]:
    """Curve, operating point, area and calibration by the assistant's own score; the curve by likeness beside it."""
    items = scored(answered, library, decision_score(library))
    curve, plain = risk_curve(items), risk_curve(scored(answered, library, nearest_similarity))
    return {
        "questions": len(items),
        "curve": [asdict(point) for point in curve],
        "operating point": asdict(operating_point(items)),
        "area": area(curve),
        "calibration": calibration(items),
        "by likeness": {"curve": [asdict(point) for point in plain], "area": area(plain)},
    }
