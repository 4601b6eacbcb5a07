"""The lines of a PDF with what is needed to read its structure: place, size and weight of the type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingest.errors import SourceError

SAME_LINE = 3.0
"""Runs whose baselines differ by less than this many points stand on one line."""


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

    Raises SourceError where the file can't be read as a PDF.
    """
    for number, page in enumerate(open_pdf(path).pages, 1):
        try:
            yield from _page_lines(page, number)
        except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise _unreadable(path, error) from error


def open_pdf(path: Path) -> PdfReader:
    """The PDF in `path`; raises SourceError where it isn't one."""
    try:
        reader = PdfReader(path)
        len(reader.pages)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable(path, error) from error
    return reader


def _unreadable(path: Path, error: Exception) -> SourceError:
    return SourceError(f"{path.name} can't be read as a PDF ({error}). Download it again, or name a copy with --from.")


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
