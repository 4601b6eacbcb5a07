"""A document as blocks: headings, paragraphs and tables that each file format draws in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from slugify import slugify

FILE_STEM = "meeting-pack"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look."""

    text: str
    bold: bool = False
    link: str = ""
    """Web address, where it is a link."""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; its line breaks are kept."""

    runs: Runs
    quoted: bool = False
    """Whether it is the official wording."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Points to tick off."""

    points: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]

    @property
    def widths(self) -> tuple[float, ...]:
        """The share of the width that each column takes: room for its longest word, then by length."""
        columns = zip(*[[(Run(cell),) for cell in self.header], *self.rows], strict=True)
        wanted = []
        for column in columns:
            texts = ["".join(run.text for run in runs) for runs in column]
            word = max(len(word) for text in texts for word in (text.split() or [""]))
            wanted.append(max(1.3 * min(word, 26) + 2, min(max(len(text) for text in texts), 60) ** 0.8))
        return tuple(width / sum(wanted) for width in wanted)


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page, where the format has pages."""


Block = Heading | Paragraph | Checklist | Table | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A titled document, ready to be written in any format."""

    title: str
    made: date
    blocks: tuple[Block, ...]

    @property
    def file_stem(self) -> str:
        """A file name without its ending, safe on every system."""
        name = slugify(self.title, max_length=60, word_boundary=True)
        named = f"{FILE_STEM}-{name}" if name not in ("", FILE_STEM) else FILE_STEM
        return f"{named}-{self.made.isoformat()}"
