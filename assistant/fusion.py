"""Fusing rankings: reciprocal rank fusion and weighted sums of scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.passage import PassageId

RRF_K = 60
"""The constant of reciprocal rank fusion, as in Cormack, Clarke and Büttcher (2009)."""


def reciprocal_rank_fusion(rankings: Sequence[Sequence[PassageId]], k: int = RRF_K) -> list[PassageId]:
    """One ranking out of several: each gives a passage 1 / (k + rank), with ranks from 1."""
    scores: dict[PassageId, float] = defaultdict(float)
    for ranking in rankings:
        for rank, passage in enumerate(ranking, 1):
            scores[passage] += 1 / (k + rank)
    return sorted(scores, key=lambda passage: -scores[passage])


def weighted_shares(
    parts: Sequence[NDArray[np.float32]], weights: Sequence[float] | None = None
) -> NDArray[np.float32]:
    """The mean of several scores of each passage, each as a share of that score's highest; all alike by default.

    Shares put scores of any scale on one footing; unlike ranks they keep how far ahead the best is.
    """
    total = np.zeros_like(parts[0])
    shares = [1.0] * len(parts) if weights is None else weights
    for scores, weight in zip(parts, shares, strict=True):
        highest = float(scores.max(initial=0.0))
        if highest > 0:
            total += weight * scores / highest
    return total / np.float32(sum(shares))


def best_by_passage(units: Sequence[tuple[PassageId, float]]) -> dict[PassageId, float]:
    """The best score of any unit of each passage, in the order in which passages are first met."""
    best: dict[PassageId, float] = {}
    for passage, score in units:
        if score > best.get(passage, float("-inf")):
            best[passage] = score
    return best
