"""Questions that say (nearly) the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from corpus.words import asked_words, words

NEARLY_SAME = 95
"""From this likeness (rapidfuzz's token_sort_ratio, 0 to 100) two questions count as the same."""
FEWEST_ASKED = 3
"""Questions with fewer content words than this are compared letter by letter only."""
_AT_ONCE = 500
"""How many questions are held against the rest at a time; it bounds the memory."""


def repeated_within(questions: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The positions of the questions that repeat another, each pair once, the earlier first."""
    pairs = set()
    for start in range(0, len(questions), _AT_ONCE):
        block = repeated_between(questions[start : start + _AT_ONCE], questions[start:])
        pairs |= {(start + one, start + two) for one, two in block if one < two}
    yield from sorted(pairs)


def repeated_between(questions: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The positions of the questions that repeat one of `others`, and of that one.

    Two questions are the same if they are so but for a few letters in any order of words, or if they have the
    same content words.
    """
    if not questions or not others:
        return
    pairs = set(_alike(questions, others))
    by_words = defaultdict(list)
    for position, other in enumerate(others):
        by_words[_asked_words(other)].append(position)
    for position, question in enumerate(questions):
        asked = _asked_words(question)
        if len(asked) >= FEWEST_ASKED:
            pairs |= {(position, other) for other in by_words.get(asked, ())}
    yield from sorted(pairs)


def _alike(questions: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The positions of the pairs that are NEARLY_SAME by their letters."""
    import numpy as np
    from rapidfuzz import fuzz, process  # tools of the checker, not of the running assistant

    scores = process.cdist(
        [_sorted_words(question) for question in questions],
        [_sorted_words(other) for other in others],
        scorer=fuzz.ratio,
        score_cutoff=NEARLY_SAME,
        dtype=np.uint8,
        workers=-1,
    )
    rows, columns = scores.nonzero()
    return zip(rows.tolist(), columns.tolist(), strict=True)


@cache
def _sorted_words(question: str) -> str:
    return " ".join(sorted(words(question)))


@cache
def _asked_words(question: str) -> frozenset[str]:
    return asked_words(question)
