"""The few marks that answers use (paragraphs, lists, bold, citation numbers) as HTML; all text is escaped."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from assistant.quote import MODALS

_MARKS = re.compile(r"\*\*(?P<bold>.+?)\*\*|\*(?P<emphasis>[^*\s][^*]*)\*|\[(?P<number>\d{1,2})\]")
_EMERGENCY = re.compile(r"\b999\b")
_LIST_ITEM = re.compile(r"(?P<mark>[•◦]|\([A-Za-z0-9]{1,4}\))\s+")


@dataclass(slots=True)
class CitationLinks:
    """Links from the citation numbers of one answer to its quotations; the first of each can be returned to."""

    turn: int
    numbers: frozenset[int] = frozenset()
    _seen: set[int] = field(default_factory=set)

    def link(self, number: int) -> Markup:
        """The link for `number`; the bare text where the answer has no such citation."""
        if number not in self.numbers:
            return Markup("[{}]").format(number)
        first = number not in self._seen
        self._seen.add(number)
        name = Markup(' id="t{}-r{}"').format(self.turn, number) if first else Markup()
        return Markup(
            '<a class="atc-cite"{name} href="#t{turn}-c{number}">[<span class="atc-hidden">source </span>{number}]</a>'
        ).format(name=name, turn=self.turn, number=number)


def inline(text: str, links: CitationLinks | None = None) -> Markup:
    """One stretch of text with its bold words and its citation numbers."""
    out, end = Markup(), 0
    for mark in _MARKS.finditer(text):
        out += escape(text[end : mark.start()])
        end = mark.end()
        if mark["bold"]:
            out += Markup("<strong>{}</strong>").format(inline(mark["bold"], links))
        elif mark["emphasis"]:
            out += Markup("<em>{}</em>").format(inline(mark["emphasis"], links))
        else:
            number = int(mark["number"])
            out += links.link(number) if links else escape(mark[0])
    return out + escape(text[end:])


def blocks(text: str, links: CitationLinks | None = None) -> Markup:
    """Paragraphs, and lists of lines that start with "- "."""
    return Markup("\n").join(_block(block, links) for block in re.split(r"\n{2,}", text.strip()) if block)


def _block(block: str, links: CitationLinks | None) -> Markup:
    lines = block.split("\n")
    if all(line.startswith("- ") for line in lines):
        items = Markup().join(Markup("<li>{}</li>").format(inline(line[2:], links)) for line in lines)
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(Markup("<br>").join(inline(line, links) for line in lines))


def with_emergency_calls(html: Markup) -> Markup:
    """`html` with its telephone number 999 as a link that calls it."""
    return Markup(_EMERGENCY.sub('<a href="tel:999">999</a>', html))  # noqa: S704  # html is safe already


def with_modals(text: str) -> Markup:
    """`text` with each must, should and may marked by its strength."""
    parts = MODALS.split(text)
    return Markup().join(
        Markup('<strong class="atc-{}">{}</strong>').format(_strength(part), part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _strength(modal: str) -> str:
    if re.match(r"must|shall|may not", modal, re.IGNORECASE):
        return "must"
    return "should" if modal.lower().startswith("should") else "may"


def official(text: str, marked: tuple[int, int] | None = None) -> Markup:
    """Official text, a paragraph for each line; the stretch `marked` (offsets) stands out."""
    start, end = marked or (0, 0)
    return Markup("\n").join(_lines(text, start, end))


def _lines(text: str, start: int, end: int) -> Iterator[Markup]:
    offset = 0
    for line in text.split("\n"):
        low = min(max(start - offset, 0), len(line))
        high = min(max(end - offset, 0), len(line))
        inside = with_modals(line[low:high])
        shown = with_modals(line[:low])
        shown += Markup("<mark>{}</mark>").format(inside) if inside else Markup()
        shown += with_modals(line[high:])
        yield Markup('<p class="atc-line{}">{}</p>').format(_indent(line), shown)
        offset += len(line) + 1


def _indent(line: str) -> str:
    item = _LIST_ITEM.match(line)
    if item is None:
        return ""
    return " atc-item-2" if item["mark"] == "◦" or re.match(r"\([ivx]+\)", item["mark"]) else " atc-item"


def path(headings: Iterable[str]) -> Markup:
    """A breadcrumb of headings."""
    return Markup(' <span aria-hidden="true">›</span> ').join(headings)


def day(as_at: str) -> str:
    """An ISO date as "18 February 2026"; other dates, such as "January 2015", as they are."""
    try:
        date = datetime.date.fromisoformat(as_at)
    except ValueError:
        return as_at
    return f"{date.day} {date:%B %Y}"


def capital(text: str) -> str:
    """`text` with its first letter as a capital."""
    return text[:1].upper() + text[1:]
