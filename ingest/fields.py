"""The fields of a passage that are searched for words, as lists of (passage, text)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from corpus.annotation import Annotation
from corpus.passage import Passage, PassageId
from ingest.words import words_of


class Field(StrEnum):
    """What of a passage is searched for words."""

    QUESTION = "question"
    """Each annotated question."""
    ANSWERED = "answered"
    """Each annotated question with its answer."""
    ALL = "all"
    """The official text with all of the annotation."""


Texts = list[tuple[PassageId, str]]


def make_fields(passages: Sequence[Passage], annotations: Mapping[PassageId, Annotation]) -> dict[Field, Texts]:
    """The texts of every field, in reading order."""
    fields: dict[Field, Texts] = {field: [] for field in Field}
    for passage in passages:
        annotation = annotations.get(passage.id)
        whole = [passage.text or ""]
        if annotation is not None:
            whole.append(annotation.gist)
            for qa in annotation.qa:
                fields[Field.QUESTION].append((passage.id, qa.q))
                fields[Field.ANSWERED].append((passage.id, f"{qa.q} {qa.a}"))
                whole.append(f"{qa.q} {qa.a}")
        fields[Field.ALL].append((passage.id, " ".join(whole)))
    return fields


def count_words(texts: Texts) -> Counter[str]:
    """How often each word stands in `texts`: what a misspelt word may have been meant to be."""
    counts: Counter[str] = Counter()
    for _, text in texts:
        counts.update(words_of(text))
    return counts
