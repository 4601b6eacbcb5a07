"""The sources as books: each with its chapters or Parts, each of those with its passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from assistant.library import Library
from corpus.passage import PassageId
from corpus.sources import load_sources

_SMALL = 20
"""A source of up to so many passages is read as one chapter."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the Code, or a Part of an Act or of Regulations."""

    key: str
    """Names it for ever, as its first passage does."""
    source: str
    title: str
    passages: tuple[PassageId, ...]


def chapters(library: Library) -> dict[str, tuple[Chapter, ...]]:
    """The chapters of every source that has passages here, in the order of the sources."""
    by_source: dict[str, list[PassageId]] = {}
    for name in library.order:
        by_source.setdefault(name.split(":")[0], []).append(name)
    return {
        source: tuple(_chapters(source, by_source[source], library)) for source in load_sources() if source in by_source
    }


def chapter_of(passage: PassageId, books: Mapping[str, tuple[Chapter, ...]]) -> Chapter:
    """The chapter that holds `passage`."""
    return next(chapter for chapter in books[passage.split(":")[0]] if passage in chapter.passages)


def _chapters(source: str, names: list[PassageId], library: Library) -> Iterator[Chapter]:
    if len(names) <= _SMALL:
        yield Chapter(names[0], source, load_sources()[source].title, tuple(names))
        return
    for title, group in groupby(names, key=lambda name: (library.passages[name].headings or ("",))[0]):
        members = tuple(group)
        yield Chapter(members[0], source, title or load_sources()[source].title, members)
