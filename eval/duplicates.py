"""Is a test question nearly one that was tuned on? Then its score would prove nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.annotation import Annotation
from corpus.passage import PassageId
from corpus.scope import load_scope_questions
from corpus.words import asked_words
from eval.questions import Question

ALIKE = 90.0
"""From this likeness of the sorted words on, in per cent, two questions count as the same."""
SHARED = 0.8
"""From this share of common words of substance on (Jaccard), too."""
_FEWEST = 4
"""Words of substance that a question needs before sharing them says anything."""

_NUMBER = re.compile(r"\d+(?:[.(]\w+\)?)*")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions that are nearly the same."""

    question: str
    """The id of the question with a known answer."""
    other: str
    """Where the other stands: the id of a passage or of another question."""
    why: str

    def __str__(self) -> str:
        return f"{self.question} is nearly a question of {self.other} ({self.why})"


def taught_questions(annotations: Mapping[PassageId, Annotation]) -> list[tuple[str, str]]:
    """Every question that the index or a model of ours is made from, with where it stands."""
    annotated = [(str(name), qa.q) for name, annotation in annotations.items() for qa in annotation.qa]
    return annotated + [
        (f"corpus/scope ({kind})", text) for kind, texts in load_scope_questions().items() for text in texts
    ]


def near_duplicates(questions: Sequence[Question], others: Sequence[tuple[str, str]]) -> list[Pair]:
    """The `questions` that nearly stand among `others`, given as (where, question); each with its likest only.

    A follow-up is left out: the same few words may lean on quite another conversation. So is a pair whose numbers
    differ: "paragraph 9.14" and "paragraph 9.41" are two questions in the same words.
    """
    asked = [question for question in questions if not question.history]
    if not asked or not others:
        return []
    alike = _likeness([question.question for question in asked], [text for _, text in others])
    substance = [asked_words(text) for _, text in others]
    numbers = [_numbers(text) for _, text in others]
    found = []
    for question, row in zip(asked, alike, strict=True):
        words, own = asked_words(question.question), _numbers(question.question)
        pairs = [
            (max(likeness / ALIKE, _shared(words, substance[place]) / SHARED), place)
            for place, likeness in enumerate(row)
            if numbers[place] == own
        ]
        nearness, place = max(pairs, default=(0.0, 0))
        if nearness >= 1:
            shared = _shared(words, substance[place])
            why = f"{row[place]:.0f}% alike, {shared:.0%} of the words of substance in common"
            found.append(Pair(question.id, others[place][0], why))
    return found


def _likeness(questions: Sequence[str], others: Sequence[str]) -> Any:
    """How alike the sorted words of each two questions are, in per cent: one row for each of `questions`.

    Not rapidfuzz's `token_set_ratio`: it calls a long question the same as any short one whose words it holds.
    """
    import numpy as np
    from rapidfuzz import fuzz, process
    from rapidfuzz.utils import default_process

    return process.cdist(questions, others, scorer=fuzz.token_sort_ratio, processor=default_process, dtype=np.float32)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(text))


def _shared(words: frozenset[str], others: frozenset[str]) -> float:
    """The share of the words of two questions that they have in common; 0 where there are too few to say anything."""
    if min(len(words), len(others)) < _FEWEST:
        return 0.0
    return len(words & others) / len(words | others)
