"""The passage: the one type that everything here speaks of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import NewType

PassageId = NewType("PassageId", str)
"""Identifies a passage for ever: `cop:9.14`, `cfa2014:s36`, `sendregs2014:sch1.p4`."""


class Force(StrEnum):
    """How strongly a passage speaks."""

    MUST = "must"
    """A statutory duty."""
    MUST_NOT = "must not"
    """A statutory prohibition."""
    SHOULD = "should"
    """Statutory guidance: those who must have regard to it explain any departure from it."""
    SHOULD_NOT = "should not"
    """Statutory guidance against."""
    MAY = "may"
    """A power or a permission."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a passage's text, as character offsets: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A numbered part of a provision, such as subsection `(3)` or `(3)(a)`: where it stands in the text."""

    ref: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered unit of a source: a paragraph of the Code, a section, a regulation, a Schedule paragraph.

    `text` is the official wording, one line for each block: bullets start with "• " (nested: "◦ "),
    the parts of a provision with their number, such as "(3) " or "(a) ". It is None on a machine that
    does not have the official source.
    """

    id: PassageId
    source: str
    """The source's id prefix, such as `cop` or `cfa2014`."""
    label: str
    """How to cite it: "Children and Families Act 2014, section 36"."""
    headings: tuple[str, ...]
    """Breadcrumb from the chapter or Part down to the nearest heading."""
    text: str | None
    url: str
    """Deep link to the official page."""
    page: int | None = None
    """Page of the Code's PDF on which the passage starts (from 1)."""
    last_page: int | None = None
    """Page of the Code's PDF on which it ends."""
    legal_musts: tuple[Span, ...] = ()
    """Where the Code prints "must" in bold: in its statutory sense."""
    anchors: tuple[Anchor, ...] = ()
    """The numbered parts of a provision."""
    footnotes: tuple[str, ...] = ()
    relevant_legislation: tuple[str, ...] = ()
    """The lines of the "Relevant legislation" box of the Code's section."""
    extent: str | None = None
    """The territorial extent that the source gives, such as "E+W"."""
    valid_from: str | None = None
    """The date (ISO) from which the source gives this wording."""
    transcribed: bool = False
    """Whether `text` is our transcription of a figure, not the official wording: never quoted as such."""

    def part(self, ref: str) -> str | None:
        """The text of the numbered part `ref`, such as "(3)" or "(3)(a)"; None where there is none."""
        if self.text is None:
            return None
        for anchor in self.anchors:
            if anchor.ref == ref:
                return self.text[anchor.start : anchor.end]
        return None


_NUMBER = re.compile(r"\d+|[A-Za-z]+")
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


def roman_value(numeral: str) -> int:
    """The value of a lower-case Roman numeral up to 39; 0 where `numeral` is none."""
    for tens in range(4):
        for units, name in enumerate(_ROMAN):
            if numeral == "x" * tens + name:
                return 10 * tens + units
    return 0


def reading_order(passage_id: str) -> tuple[object, ...]:
    """A sort key that puts the ids of one source into the order in which they are printed."""
    source, _, local = passage_id.partition(":")
    if source == "cop":
        if local.startswith("intro."):
            return (source, 0, roman_value(local.removeprefix("intro.")))
        if local[:1].isdigit():
            chapter, _, paragraph = local.partition(".")
            return (source, int(chapter), int(paragraph))
        if local.startswith("figure."):
            return (source, 11, 1000, local)
        return (source, 12, 0, local)
    schedule = 1 if local.startswith("sch") else 0
    parts = tuple((1, int(n), "") if n.isdigit() else (2, 0, n) for n in _NUMBER.findall(local)[1:])
    return (source, schedule, parts)


def write_passages(path: Path, passages: Iterable[Passage]) -> None:
    """Write passages to `path` as JSON lines, one passage a line."""
    with path.open("w", encoding="utf-8") as out:
        for passage in passages:
            out.write(json.dumps(asdict(passage), ensure_ascii=False) + "\n")


def read_passages(path: Path) -> Iterator[Passage]:
    """Read the passages that `write_passages` wrote."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for field in ("headings", "footnotes", "relevant_legislation"):
                row[field] = tuple(row[field])
            row["legal_musts"] = tuple(Span(**span) for span in row["legal_musts"])
            row["anchors"] = tuple(Anchor(**anchor) for anchor in row["anchors"])
            yield Passage(**row)
