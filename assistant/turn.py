"""The turn: what the steps of the pipeline know of a question, and hand on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Answer, Audience
from assistant.references import Missing, Reference
from corpus.passage import PassageId


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and why."""

    passage: PassageId
    score: float
    """Fused score: it ranks the hits of one question."""
    similarity: float
    """Cosine similarity of the question asked and the nearest unit of the passage; 0 where none is near."""
    question: int | None = None
    """Which of the passage's annotated questions is nearest to the one asked."""
    question_similarity: float = 0.0
    """Cosine similarity of that question and the one asked."""


@dataclass(slots=True)
class Turn:
    """One question on its way to its answer."""

    question: str
    history: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""
    audience: Audience | None = None
    vector: NDArray[np.float32] | None = None
    """The question's vector, where it was embedded beforehand with others."""
    resolved: str = ""
    """The question as understood: completed from the conversation."""
    references: list[Reference] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    answer: Answer | None = None

    @property
    def retrieved(self) -> tuple[PassageId, ...]:
        """The passages found, best first."""
        return tuple(hit.passage for hit in self.hits)
