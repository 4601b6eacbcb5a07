"""What the templates need to show a passage: our summary, the official text, the law behind it, what cites it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from assistant.library import Library
from corpus.annotation import Annotation, LawStatus
from corpus.catalogue import bare_passage, load_catalogue
from corpus.check import base_id
from corpus.passage import Passage, PassageId
from corpus.sources import load_sources

_BADGES = {LawStatus.CHANGED: "Changed since 2015", LawStatus.SPENT: "No longer applies"}
_AROUND = 90  # characters of the official text shown on either side of a word that was found


@dataclass(frozen=True, slots=True)
class Link:
    """A passage that another one names."""

    id: PassageId
    label: str


@dataclass(frozen=True, slots=True)
class PassageView:
    """One passage, with all that is shown of it."""

    passage: Passage
    annotation: Annotation | None
    law: tuple[Link, ...]
    """The provisions behind it."""
    cited_by: tuple[Link, ...]
    """The passages that name it as the law behind them."""

    @property
    def number(self) -> str:
        """What it is called within its source: "9.14", "section 36"."""
        return short_label(self.passage.id)

    @property
    def kind(self) -> str:
        """What it is: a paragraph, a section, a regulation."""
        return "paragraph" if self.passage.source == "cop" else self.number.split()[0].lower()

    @property
    def gist(self) -> str:
        """What it means, in our words; its first words where we have none."""
        return self.annotation.gist if self.annotation else " ".join((self.passage.text or "").split()[:25])

    @property
    def badge(self) -> str:
        """Whether it still says what the law is; empty where it does."""
        return _BADGES.get(self.annotation.status, "") if self.annotation else ""

    @property
    def source(self) -> str:
        """The short title of its source."""
        return load_sources()[self.passage.source].short


def view_of(name: PassageId, library: Library) -> PassageView:
    """The view of the passage `name`."""
    annotation = library.annotations.get(name)
    return PassageView(
        passage=library.passages[name],
        annotation=annotation,
        law=tuple(_links(annotation.law if annotation else ())),
        cited_by=tuple(_links(library.explained_by.get(name, ()))),
    )


def _links(refs: Iterable[str]) -> Iterator[Link]:
    for ref in refs:
        if base_id(ref) in load_catalogue():
            yield Link(base_id(ref), full_label(ref).replace("SEND Code of Practice, paragraph", "Code"))


def short_label(ref: str) -> str:
    """How a passage is named beside others of its source: "9.14", "section 36(8)", "regulation 5"."""
    name = base_id(ref)
    return bare_passage(name).label.partition(", ")[2].removeprefix("paragraph ") + ref[len(name) :]


def full_label(ref: str) -> str:
    """How a passage is cited, with its source."""
    name = base_id(ref)
    return bare_passage(name).label + ref[len(name) :] if name in load_catalogue() else ref


def with_words(text: str, words: Iterable[str]) -> Markup:
    """`text` escaped, with the words that start as one of `words` marked."""
    starts = _starts(words)
    if not starts:
        return escape(text)
    parts = re.split(rf"\b({starts}\w*)", text, flags=re.IGNORECASE)
    return Markup().join(
        Markup("<mark>{}</mark>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def snippet(text: str, words: Iterable[str]) -> str:
    """The first stretch of `text` that has one of `words`; empty where none has."""
    starts = _starts(words)
    match = re.search(rf"\b{starts}", text, re.IGNORECASE) if starts else None
    if match is None:
        return ""
    first = text.rfind(" ", 0, max(0, match.start() - _AROUND)) + 1
    last = text.find(" ", match.end() + _AROUND)
    piece = " ".join(text[first : last if last >= 0 else len(text)].split())
    return f"{'… ' if first else ''}{piece}{' …' if last >= 0 else ''}"


def _starts(words: Iterable[str]) -> str:
    found = "|".join(re.escape(word) + (r"\b" if len(word) == 1 else "") for word in words)
    return f"(?:{found})" if found else ""
