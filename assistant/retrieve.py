"""Hybrid retrieval: vectors and words, fused and collapsed by passage; exact references come first."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.fusion import best_by_passage, weighted_sum
from assistant.library import Library
from assistant.references import Neighbour, Reference
from assistant.turn import Hit, Turn
from assistant.wording import expand
from corpus.passage import PassageId
from ingest.units import UnitKind, kind_of, passage_of

DEPTH = 200
"""Units taken from each store."""
KEPT = 20
"""Passages kept of a ranking."""
WORDS_WEIGHT = 0.35
"""The weight of a BM25 score beside a cosine similarity."""
_WORDS_HALF = 12.0  # the BM25 score that counts half: scores are squashed to 0..1 as s / (s + half)


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
    if turn.vector is None:
        turn.vector = library.embed(turn.resolved)
    near = library.nearest(turn.vector, DEPTH)
    words = library.words.search(expand(turn.resolved), DEPTH)
    dense = best_by_passage([(passage_of(unit), score) for unit, score in near])
    lexical = best_by_passage([(passage_of(unit), score / (score + _WORDS_HALF)) for unit, score in words])
    fused = weighted_sum([(1.0, dense), (WORDS_WEIGHT, lexical)])
    questions = _best_questions(near)
    ranked = sorted(fused, key=lambda name: -fused[name])[:KEPT]
    return [Hit(name, fused[name], dense.get(name, 0.0), *questions.get(name, (None, 0.0))) for name in ranked]


def _best_questions(near: Iterable[tuple[str, float]]) -> dict[PassageId, tuple[int, float]]:
    """Of each passage, the annotated question nearest to the one asked, and how near."""
    best: dict[PassageId, tuple[int, float]] = {}
    for unit, score in near:
        if kind_of(unit) is UnitKind.QUESTION:
            best.setdefault(passage_of(unit), (int(unit.rpartition(".")[2]), score))
    return best
