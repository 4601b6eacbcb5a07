"""Units: the stretches of text that are searched, each pointing at its passage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus.annotation import Annotation
from corpus.passage import Passage, PassageId

_HEADING_TOKENS = 40


class UnitKind(StrEnum):
    """Where a unit's text comes from."""

    TEXT = "text"
    """The official wording, with the headings above it."""
    GIST = "gist"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that fits the embedder, and the passage that it points at."""

    id: str
    """`<passage>#<kind>.<number>`, such as `cop:9.14#question.2`."""
    text: str

    @property
    def passage(self) -> PassageId:
        """The passage that the unit points at."""
        return passage_of(self.id)

    @property
    def kind(self) -> UnitKind:
        """Where the text comes from."""
        return kind_of(self.id)


@lru_cache(maxsize=100_000)  # asked for hundreds of units for each question
def passage_of(unit_id: str) -> PassageId:
    """The passage that a unit points at."""
    return PassageId(unit_id.partition("#")[0])


@lru_cache(maxsize=100_000)
def kind_of(unit_id: str) -> UnitKind:
    """Where a unit's text comes from."""
    return UnitKind(unit_id.partition("#")[2].partition(".")[0])


def make_units(
    passages: Iterable[Passage],
    annotations: Mapping[PassageId, Annotation],
    split: Callable[[str, int], list[str]],
    count_tokens: Callable[[str], int],
    limit: int,
) -> Iterator[Unit]:
    """The units of all passages; none is longer than `limit` tokens.

    `split(text, tokens)` cuts a text at its sentences into pieces of at most `tokens` tokens.
    """
    for passage in passages:
        if passage.text is not None:
            yield from _text_units(passage, split, count_tokens, limit)
        annotation = annotations.get(passage.id)
        if annotation is not None:
            yield from _annotation_units(annotation, split, limit)


def _text_units(
    passage: Passage,
    split: Callable[[str, int], list[str]],
    count_tokens: Callable[[str], int],
    limit: int,
) -> Iterator[Unit]:
    heading = _heading(passage, count_tokens)
    room = limit - (count_tokens(heading) if heading else 0)
    for number, piece in enumerate(split(passage.text or "", room)):
        yield Unit(f"{passage.id}#{UnitKind.TEXT}.{number}", f"{heading}{piece}")


def _heading(passage: Passage, count_tokens: Callable[[str], int]) -> str:
    """The nearest headings that fit in few tokens: a short paragraph alone says little of its subject."""
    heading = ""
    for name in reversed(passage.headings):
        longer = f"{name}. {heading}"
        if count_tokens(longer) > _HEADING_TOKENS:
            break
        heading = longer
    return heading


def _annotation_units(annotation: Annotation, split: Callable[[str, int], list[str]], limit: int) -> Iterator[Unit]:
    for number, piece in enumerate(split(annotation.gist, limit)):
        yield Unit(f"{annotation.id}#{UnitKind.GIST}.{number}", piece)
    for number, qa in enumerate(annotation.qa):
        yield Unit(f"{annotation.id}#{UnitKind.QUESTION}.{number}", split(qa.q, limit)[0])
