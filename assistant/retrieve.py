"""Hybrid retrieval: vectors, words and letters, fused by passage; exact references come first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.fusion import sum_of_shares
from assistant.library import Library
from assistant.references import Neighbour, Reference
from assistant.turn import Hit, Turn
from assistant.wording import plan_in_full
from corpus.passage import PassageId
from ingest.fields import Field
from ingest.scope import Nearness
from ingest.units import UnitKind, kind_of, passage_of

DEPTH = 600
"""Units taken from the vector store; what is further off counts as if it stood just beyond."""
KEPT = 20
"""Passages kept of a ranking."""
LINKED = 0.2
"""The share of its score that a passage lends to the law behind it, and a provision to what explains it."""
_LENDERS = 15

Scores = NDArray[np.float32]
Vector = NDArray[np.float32]


def search_text(question: str, library: Library) -> str:
    """The question as it is searched for: spelling mended, "EHCP" in full."""
    return plan_in_full(library.speller.correct(question))


def _wanted(turn: Turn, library: Library) -> str:
    return search_text(f"{turn.resolved} {turn.unsaid}".strip(), library)


def question_vector(turn: Turn, library: Library) -> Vector:
    """The vector of the question as it is understood by now; embedded once, and again only where it was completed."""
    text = _wanted(turn, library)
    if turn.vector is None or turn.embedded not in ("", text):
        turn.vector = library.embed(text)
    turn.embedded = text
    return turn.vector


def retrieve(turn: Turn, library: Library) -> None:
    """Fill `turn.hits`: the passages that the question names, then those that it is like."""
    named = [name for reference in turn.references if (name := _named(reference, library))]
    found = {hit.passage: hit for hit in search(turn, library)}
    first = [found.get(name, Hit(name, 1.0, 1.0)) for name in dict.fromkeys(named)]
    turn.hits = [*first, *(hit for name, hit in found.items() if name not in named)]


def _named(reference: Reference, library: Library) -> PassageId | None:
    if reference.neighbour is Neighbour.ITSELF:
        return reference.id
    return library.beside(reference.id, 1 if reference.neighbour is Neighbour.NEXT else -1)


def search(turn: Turn, library: Library) -> list[Hit]:
    """The passages most like the question, best first."""
    text = _wanted(turn, library)
    vector = question_vector(turn, library)
    near = library.nearest(vector, DEPTH)
    turn.scope = library.scope.probabilities(text, vector)
    turn.nearness = Nearness.of((kind_of(unit), score) for unit, score in near)
    by_kind, second = _dense_scores(near, library)
    best = np.maximum.reduce(list(by_kind.values()))
    words = {field: index.scores(text) for field, (index, _) in library.words.items()}
    letters = {field: index.scores(text) for field, (index, _) in library.letters.items()}
    fused = sum_of_shares(
        [
            *by_kind.values(),
            second,
            np.mean(list(by_kind.values()), axis=0, dtype=np.float32),
            *(_by_passage(scores, library.words[field][1], library) for field, scores in words.items()),
            *(_by_passage(scores, library.letters[field][1], library) for field, scores in letters.items()),
        ]
    )
    fused = _lend(fused, library)
    ranked = np.argsort(-fused, kind="stable")[:KEPT]
    likeness = _question_similarities(near, library)
    questions = sum_of_shares([likeness, words[Field.QUESTION], words[Field.ANSWERED], letters[Field.QUESTION]])
    return [
        Hit(
            library.order[place],
            float(fused[place]),
            float(best[place]),
            *_nearest(place, questions, likeness, library),
        )
        for place in map(int, ranked)
    ]


def _nearest(place: int, questions: Scores, likeness: Scores, library: Library) -> tuple[int | None, float, float]:
    """The number of a passage's question that is likest the one asked, its cosine similarity, and its fused score."""
    own = np.flatnonzero(library.words[Field.QUESTION][1] == place)
    if not len(own):
        return None, 0.0, 0.0
    best = int(np.argmax(questions[own]))
    return best, float(likeness[own[best]]), float(questions[own[best]])


def _question_similarities(near: Sequence[tuple[str, float]], library: Library) -> Scores:
    """The cosine similarity of each annotated question that is near; 0 of the others."""
    likeness = np.zeros(len(library.question_rows), dtype=np.float32)
    for unit, score in near:
        row = library.question_rows.get(unit)
        if row is not None:
            likeness[row] = score
    return likeness


def _dense_scores(near: Sequence[tuple[str, float]], library: Library) -> tuple[dict[UnitKind, Scores], Scores]:
    """Of each passage: the similarity of its nearest unit of each kind, and of its second nearest question."""
    floor = max(near[-1][1], 0.0) if near else 0.0
    by_kind = {kind: np.full(len(library.order), floor, dtype=np.float32) for kind in UnitKind}
    second = np.full(len(library.order), floor, dtype=np.float32)
    for unit, score in near:  # nearest first
        place, kind = library.position[passage_of(unit)], kind_of(unit)
        if score > by_kind[kind][place]:
            by_kind[kind][place] = score
        elif kind is UnitKind.QUESTION and by_kind[kind][place] > floor and score > second[place]:
            second[place] = score
    return by_kind, second


def _by_passage(scores: Scores, places: NDArray[np.int64], library: Library) -> Scores:
    """The best score of any text of each passage."""
    best = np.zeros(len(library.order), dtype=np.float32)
    np.maximum.at(best, places, scores)
    return best


def _lend(scores: Scores, library: Library) -> Scores:
    """Law and the paragraphs that explain it lift each other: who asks for one is helped by both."""
    lent = np.zeros_like(scores)
    for place in np.argsort(-scores, kind="stable")[:_LENDERS]:
        linked = library.links.get(int(place))
        if linked is not None:
            lent[linked] = np.maximum(lent[linked], scores[place])
    return scores + LINKED * lent
