"""A corpus of a few passages in two versions, and a stand-in for the embedding model: a build takes a second."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from corpus.annotation import QA, Annotation
from corpus.passage import Passage, PassageId
from corpus.scope import load_scope_questions
from ingest.index import SourceState

STATES = (SourceState("cop", "January 2015", "folder", 3),)


def _passage(number: str, text: str) -> Passage:
    return Passage(
        id=PassageId(f"cop:{number}"),
        source="cop",
        label=f"SEND Code of Practice, paragraph {number}",
        headings=("Chapter 9: Plans",),
        text=text,
        url="https://example.org/code.pdf#page=1",
    )


_PASSAGES = [
    _passage("9.1", "Most children have their needs met in mainstream schools."),
    _passage("9.2", "A plan sets out provision."),
    _passage("9.3", "A local authority must conduct an assessment when it may be necessary."),
    _passage("9.4", "Transport by taxi to a swimming pool."),
]


def passages(version: int) -> list[Passage]:
    """Version 2 changes one passage of version 1, drops one and adds one."""
    if version == 1:
        return _PASSAGES[:3]
    return [_PASSAGES[0], replace(_PASSAGES[2], text="A local authority must assess."), _PASSAGES[3]]


def annotations(version: int) -> dict[PassageId, Annotation]:
    """One passage has an annotation; version 2 asks differently."""
    question = "When does the council have to assess?" if version == 1 else "When must the council assess?"
    name = PassageId("cop:9.3")
    answer = "When a plan may be needed."
    return {name: Annotation(id=name, gist="The council must assess then.", qa=(QA(q=question, a=answer),))}


class StandIn:
    """Vectors that depend on the text and on nothing else."""

    limit = 254
    identity = "stand-in"

    def __init__(self, name: str) -> None:
        self.name = name

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def split(self, text: str, limit: int) -> list[str]:
        return [text]

    def embed_many(self, texts: list[str]) -> NDArray[np.float32]:
        return np.array([vector_of(text) for text in texts], dtype=np.float32)


def vector_of(text: str) -> NDArray[np.float32]:
    """The vector that stands for `text`, of length 1."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    vector = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    length: np.float32 = np.linalg.norm(vector)
    return vector / length


def stand_in(version: int) -> None:
    """Put the tiny corpus of `version` in the place of the real one, in this process."""
    import ingest.__main__ as main
    import ingest.index as index
    import ingest.scope as scope

    scope._ROUNDS, scope._BUCKETS = 2, 64  # what it learns doesn't matter here
    few = {kind: questions[:6] for kind, questions in load_scope_questions().items()}
    index.load_scope_questions = lambda: few  # type: ignore[assignment]
    index.Embedder = StandIn  # type: ignore[misc,assignment]
    index._BATCH = 2
    index.index_digest = main.index_digest = lambda *_: f"version {version}"  # type: ignore[assignment]
    main.load_sources = dict  # type: ignore[assignment]
    main.load_annotations = lambda: annotations(version)  # type: ignore[assignment]
