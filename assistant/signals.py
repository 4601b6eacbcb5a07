"""The signals of hybrid retrieval: what vectors, words and spelling say of every passage, and how they are fused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from assistant.fusion import weighted_shares
from assistant.library import Library
from ingest.fields import Field
from ingest.units import UnitKind, kind_of, passage_of

LINKED = 0.1
"""The share of its score that a passage lends to the law behind it, and a provision to what explains it."""
_LENDERS = 15

Scores = NDArray[np.float32]
"""One number for each passage, in reading order, where nothing else is said."""


class Signal(StrEnum):
    """One way in which a passage can be like a question."""

    DENSE_TEXT = "vectors of the official text"
    DENSE_GIST = "vectors of our summaries"
    DENSE_QUESTION = "vectors of our questions"
    SECOND_QUESTION = "second nearest of our questions"
    WORDS_QUESTION = "words of our questions"
    WORDS_ANSWERED = "words of our questions and answers"
    WORDS_ALL = "words of official text and annotation"
    LETTERS_QUESTION = "spelling of our questions"
    LETTERS_ALL = "spelling of official text and annotation"


DENSE = {
    UnitKind.TEXT: Signal.DENSE_TEXT,
    UnitKind.GIST: Signal.DENSE_GIST,
    UnitKind.QUESTION: Signal.DENSE_QUESTION,
}
"""The vectors of each kind of unit; their mean counts once more."""
WORDS = {
    Field.QUESTION: Signal.WORDS_QUESTION,
    Field.ANSWERED: Signal.WORDS_ANSWERED,
    Field.ALL: Signal.WORDS_ALL,
}
LETTERS = {Field.QUESTION: Signal.LETTERS_QUESTION, Field.ALL: Signal.LETTERS_ALL}
_WEIGHT_OF_WORDS = 0.5  # chosen on the dev questions, as is LINKED


@dataclass(frozen=True, slots=True)
class Wording:
    """How like a question each text of each field is, one number a text: in its words and in its spelling."""

    words: Mapping[Field, Scores]
    letters: Mapping[Field, Scores]

    @classmethod
    def of(cls, text: str, library: Library) -> Wording:
        """Of the question `text`."""
        return cls(
            {field: words.scores(text) for field, (words, _) in library.words.items()},
            {field: letters.scores(text) for field, (letters, _) in library.letters.items()},
        )


def read_signals(near: Sequence[tuple[str, float]], wording: Wording, library: Library) -> dict[Signal, Scores]:
    """Every signal of every passage for a question whose nearest units are `near`, nearest first."""
    signals = _dense(near, library)
    for field, scores in wording.words.items():
        signals[WORDS[field]] = _best_by_passage(scores, library.words[field][1], library)
    for field, scores in wording.letters.items():
        signals[LETTERS[field]] = _best_by_passage(scores, library.letters[field][1], library)
    return signals


def fuse(signals: Mapping[Signal, Scores]) -> Scores:
    """One score of each passage, from 0 to 1, out of those signals that are given."""
    dense = [signals[name] for name in DENSE.values() if name in signals]
    meaning = [signals[name] for name in (*DENSE.values(), Signal.SECOND_QUESTION) if name in signals]
    if dense:
        meaning.append(np.mean(dense, axis=0, dtype=np.float32))
    wording = [signals[name] for name in (*WORDS.values(), *LETTERS.values()) if name in signals]
    return weighted_shares(meaning + wording, [1.0] * len(meaning) + [_WEIGHT_OF_WORDS] * len(wording))


def lend(scores: Scores, library: Library) -> Scores:
    """Law and the paragraphs that explain it lift each other: who asks for one is helped by both."""
    lent = np.zeros_like(scores)
    for place in np.argsort(-scores, kind="stable")[:_LENDERS]:
        linked = library.links.get(int(place))
        if linked is not None:
            lent[linked] = np.maximum(lent[linked], scores[place])
    return scores + LINKED * lent


def _dense(near: Sequence[tuple[str, float]], library: Library) -> dict[Signal, Scores]:
    """Of each passage: the similarity of its nearest unit of each kind, and of its second nearest question."""
    floor = max(near[-1][1], 0.0) if near else 0.0
    names = (*DENSE.values(), Signal.SECOND_QUESTION)
    signals = {name: np.full(len(library.order), floor, dtype=np.float32) for name in names}
    second = signals[Signal.SECOND_QUESTION]
    for unit, score in near:  # nearest first
        place, kind = library.position[passage_of(unit)], kind_of(unit)
        best = signals[DENSE[kind]]
        if score > best[place]:
            best[place] = score
        elif kind is UnitKind.QUESTION and best[place] > floor and score > second[place]:
            second[place] = score
    return signals


def _best_by_passage(scores: Scores, places: NDArray[np.int64], library: Library) -> Scores:
    """The best score of any text of each passage."""
    best = np.zeros(len(library.order), dtype=np.float32)
    np.maximum.at(best, places, scores)
    return best
