"""The lines of a PDF with what is needed to read its structure: place, size and weight of the type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import Destination

from ingest.errors import SourceError

SAME_LINE = 3.0
"""Runs whose baselines differ by less than this many points stand on one line."""
MOST_PAGES = 1000
"""Pages of one document; the Code has 292."""
MOST_CONTENT = 32_000_000
"""Bytes of all pages' content, unpacked; the Code has 3 million."""
LARGEST_STREAM = 8_000_000
"""Bytes of one stream, unpacked; the largest of the Code's pages has 92,000."""
_MOST_PARTS = 400_000  # operators and operands of one page
_MOST_BOOKMARKS = 10_000


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one font."""

    text: str
    bold: bool
    size: float
    """Height of the type in points."""


@dataclass(slots=True)
class Line:
    """One printed line."""

    page: int
    x: float
    """Left edge in points from the left of the page."""
    y: float
    """Baseline in points from the foot of the page."""
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The line's characters as they stand in the PDF."""
        return "".join(run.text for run in self.runs)

    @property
    def size(self) -> float:
        """Height of the type of its first run."""
        return self.runs[0].size

    @property
    def all_bold(self) -> bool:
        """Whether nothing on the line is set in normal weight."""
        return all(run.bold for run in self.runs if run.text.strip())


def read_lines(path: Path) -> Iterator[Line]:
    """The printed lines of a PDF, page by page, in the order of the content stream.

    Raises SourceError where the file can't be read as a PDF, or is more than any edition of a document here.
    """
    read = 0
    for number, page in enumerate(open_pdf(path).pages, 1):
        with _reading(path):
            read += _size(page)
            if read > MOST_CONTENT:
                raise _Excessive(f"more than {MOST_CONTENT // 1_000_000} MB of text and lines")
            lines = _page_lines(page, number)
        yield from lines


def open_pdf(path: Path) -> PdfReader:
    """The PDF in `path`; raises SourceError where it isn't one."""
    with _reading(path):
        reader = PdfReader(BytesIO(path.read_bytes()))
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise _Excessive(f"{count:,} pages")
    return reader


def bookmarks(path: Path) -> frozenset[tuple[int, str]]:
    """The bookmarks of a PDF as (page, title); raises SourceError where they can't be read."""
    reader = open_pdf(path)
    with _reading(path):
        return frozenset(_destinations(reader, reader.outline))


def _destinations(reader: PdfReader, items: Sequence[object]) -> Iterator[tuple[int, str]]:
    for item in items:
        if isinstance(item, list):
            yield from _destinations(reader, item)
        elif isinstance(item, Destination):
            page = reader.get_destination_page_number(item)
            if page is not None:
                yield page + 1, " ".join(str(item.title).split())


class _Excessive(Exception):
    """The file has more of something than a document here can have."""


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Read within bounds; whatever goes wrong becomes SourceError."""
    try:
        with apply_configuration(
            zlib_maximum_output_length=LARGEST_STREAM,
            lzw_maximum_output_length=LARGEST_STREAM,
            run_length_maximum_output_length=LARGEST_STREAM,
            array_based_stream_maximum_output_length=LARGEST_STREAM,
            stream_decoding_work_maximum_length=4 * LARGEST_STREAM,
            stream_parsing_work_maximum_count=_MOST_PARTS,
            outline_maximum_entries=_MOST_BOOKMARKS,
        ):
            yield
    except Exception as error:  # pypdf has no bound on what a broken file makes it raise
        why = "the file holds " + str(error) if isinstance(error, _Excessive) else str(error) or type(error).__name__
        raise SourceError(
            f"{path.name} can't be read as a PDF ({why}). Download it again, or name a copy with --from."
        ) from error


def _size(page: Any) -> int:
    contents = page.get_contents()
    return len(contents.get_data()) if contents is not None else 0


def _page_lines(page: Any, number: int) -> list[Line]:
    lines: list[Line] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if not text.strip():
            if lines and " " in text:  # a space in a run of its own still parts two words
                lines[-1].runs.append(Run(" ", False, lines[-1].runs[-1].size))
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        name = str(font.get("/BaseFont", "")) if font else ""
        run = Run(text.replace("\n", " "), "Bold" in name, round(abs(size * tm[0] * cm[0]), 1))
        if lines and abs(lines[-1].y - y) < SAME_LINE and text.strip() != "•":
            lines[-1].runs.append(run)
        else:
            lines.append(Line(number, x, y, [run]))

    page.extract_text(visitor_text=visit)
    return lines
