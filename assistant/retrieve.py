"""Hybrid retrieval: vectors, words and letters, fused by passage; exact references come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.fusion import weighted_shares
from assistant.library import Library
from assistant.references import MORE_THAN_A_LOOKUP, Neighbour, Reference, words_beside
from assistant.rerank import Reranker
from assistant.signals import DENSE, Scores, Wording, fuse, lend, read_signals
from assistant.turn import Hit, Turn
from assistant.wording import plan_in_full
from corpus.passage import PassageId
from ingest.fields import Field
from ingest.scope import Nearness
from ingest.units import kind_of

DEPTH = 600
"""Units taken from the vector store; what is further off counts as if it stood just beyond."""
KEPT = 20
"""Passages kept of a ranking."""
_TWINS_AMONG, _TWIN, _NEARER = 6, 0.8, 0.1  # hits, cosine similarity, and how much more than that of the first hit
_WEIGHT_OF_WORDS = 0.2  # in the choice among questions; chosen on the dev questions
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
    found = {hit.passage: hit for hit in search(turn, library)}
    if words_beside(turn.resolved) >= MORE_THAN_A_LOOKUP:
        turn.references = [_meant(reference, found) for reference in turn.references]
    named = [name for reference in turn.references if (name := named_passage(reference, library))]
    first = [found.get(name, Hit(name, 1.0, 1.0)) for name in dict.fromkeys(named)]
    turn.hits = [*first, *(hit for name, hit in found.items() if name not in named)]


def _meant(reference: Reference, found: Mapping[PassageId, Hit]) -> Reference:
    """Where no Act is named, the provision of that number that the rest of the question is about."""
    if not reference.others:
        return reference
    meant = max((reference.id, *reference.others), key=lambda name: found[name].score if name in found else 0.0)
    return replace(reference, id=meant, others=())


def named_passage(reference: Reference, library: Library) -> PassageId | None:
    """The passage that a reference of the question means; None where it is past the ends of its source."""
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
    wording = Wording.of(text, library)
    signals = read_signals(near, wording, library)
    best = np.maximum.reduce([signals[name] for name in DENSE.values()])
    fused = lend(fuse(signals), library)
    ranked = np.argsort(-fused, kind="stable")[:KEPT]
    likeness = _question_similarities(near, library)
    questions = _question_scores(likeness, wording)
    hits = [
        Hit(
            library.order[place],
            float(fused[place]),
            float(best[place]),
            *_nearest(place, questions, likeness, library),
        )
        for place in map(int, ranked)
    ]
    return _in_order_of(library.reranker, text, hits, library) if library.reranker else _twin_first(hits)


def _twin_first(hits: list[Hit]) -> list[Hit]:
    """`hits`, led by the one with a question that is nearly the one asked, where the first has none so near."""
    twin = max(hits[:_TWINS_AMONG], key=lambda hit: hit.question_similarity)
    if twin.question_similarity < max(_TWIN, hits[0].question_similarity + _NEARER):
        return hits
    return [replace(twin, score=hits[0].score), *(hit for hit in hits if hit is not twin)]


def _in_order_of(reranker: Reranker, text: str, hits: list[Hit], library: Library) -> list[Hit]:
    """`hits` in the order of the cross-encoder; the scores stay with the places."""
    scores = reranker.scores(text, [_read_by_reranker(hit.passage, library) for hit in hits])
    order = np.argsort(-scores, kind="stable")
    return [replace(hits[old], score=hits[new].score) for new, old in enumerate(order)]


def _read_by_reranker(name: PassageId, library: Library) -> str:
    """What is held against the question: what a passage means, then its official words."""
    passage, annotation = library.passages[name], library.annotations.get(name)
    return " ".join(part for part in (annotation.gist if annotation else "", passage.text) if part)


def _nearest(place: int, questions: Scores, likeness: Scores, library: Library) -> tuple[int | None, float, float]:
    """The number of a passage's question that is likest the one asked, its cosine similarity, and its fused score."""
    own = np.flatnonzero(library.words[Field.QUESTION][1] == place)
    if not len(own):
        return None, 0.0, 0.0
    best = int(np.argmax(questions[own]))
    return best, float(likeness[own[best]]), float(questions[own[best]])


def _question_scores(likeness: Scores, wording: Wording) -> Scores:
    """How like the question asked each annotated question is, in meaning, words and spelling."""
    words = wording.words[Field.QUESTION], wording.words[Field.ANSWERED]
    return weighted_shares([likeness, *words, wording.letters[Field.QUESTION]], [1.0, *[_WEIGHT_OF_WORDS] * 3])


def _question_similarities(near: Sequence[tuple[str, float]], library: Library) -> Scores:
    """The cosine similarity of each annotated question that is near; 0 of the others."""
    likeness = np.zeros(len(library.question_rows), dtype=np.float32)
    for unit, score in near:
        row = library.question_rows.get(unit)
        if row is not None:
            likeness[row] = score
    return likeness
