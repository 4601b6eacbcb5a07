"""The turn: what the steps of the pipeline know of a question, and hand on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Answer, Audience
from assistant.deadlines import Deadline
from assistant.language import Language
from assistant.references import Missing, Reference
from corpus.passage import PassageId
from corpus.scope import Scope
from ingest.scope import Nearness


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and why."""

    passage: PassageId
    score: float
    """Fused score: it ranks the hits of one question."""
    similarity: float
    """Cosine similarity of the question asked and the nearest unit of the passage; 0 where none is near."""
    question: int | None = None
    """Which of the passage's annotated questions is likest the one asked."""
    question_similarity: float = 0.0
    """Cosine similarity of that question and the one asked."""
    question_score: float = 0.0
    """Its fused score, by vectors, words and letters: it ranks the questions of all passages."""


@dataclass(slots=True)
class Turn:
    """One question on its way to its answer."""

    question: str
    history: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""
    spoken: Language | None = None
    """The language that was asked in, where the question was translated."""
    original: str = ""
    """The question as it was typed, where it was translated."""
    audience: Audience | None = None
    audience_guessed: bool = False
    """Whether the audience was guessed from the words."""
    vector: NDArray[np.float32] | None = None
    """The question's vector, where it was embedded beforehand with others."""
    embedded: str = ""
    """The text that `vector` stands for, once it was embedded here."""
    resolved: str = ""
    """The question as understood: completed from the conversation."""
    unsaid: str = ""
    """What a follow-up leaves unsaid: searched for with it, not shown."""
    references: list[Reference] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    scope: dict[Scope, float] = field(default_factory=dict)
    """How likely each kind of question is, from its words."""
    nearness: Nearness | None = None
    """How near the index comes to it."""
    doubt: float = 0.0
    """The probability that the sources don't answer it."""
    deadlines: tuple[Deadline, ...] = ()
    """The time limits that follow from an event and a date that the question names."""
    notes: list[str] = field(default_factory=list)
    """What the person should know before all else, such as an old word that they used."""
    answer: Answer | None = None

    @property
    def retrieved(self) -> tuple[PassageId, ...]:
        """The passages found, best first."""
        return tuple(hit.passage for hit in self.hits)
