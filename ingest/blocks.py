"""From printed lines to running text: bullets stay bullets, broken lines are joined."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.passage import Span
from ingest.pdf_lines import Line

BULLETS = {"•": "• ", "o": "◦ "}
"""What the Code prints as bullets, and how they stand in a passage's text."""

_BOLD_ON, _BOLD_OFF = "\ue000", "\ue001"  # private-use marks: they never occur in the sources
_SPACE = re.compile(r"\s+")
_LINE_STEP = 20.0  # points; lines of one block are 14 to 18 apart, blocks 22 and more
_HEAD, _FOOT = 690.0, 110.0  # points; where the first and last lines of a page stand
_INDENT = 4.0
_BULLET_INDENT = 8.0


@dataclass(slots=True)
class _Block:
    x: float
    bullet: str
    lines: list[Line]
    pieces: list[str]

    def holds(self, x: float) -> bool:
        """Whether a line that starts at `x` carries this block on."""
        if self.bullet:
            return x > self.x + _BULLET_INDENT
        return abs(x - self.x) <= _INDENT

    def goes_on(self, line: Line, *, newest: bool) -> bool:
        """Whether `line` is the block's next line, below it or at the head of the next page."""
        last = self.lines[-1]
        if not self.holds(line.x):
            return False
        if line.page == last.page:
            return 0 < last.y - line.y < _LINE_STEP
        # of the cells of a table row that spans pages, each reaches the foot of the page
        return line.page == last.page + 1 and (newest or (last.y < _FOOT and line.y > _HEAD))

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.pieces.append(marked(line))


class TextBuilder:
    """Joins the lines of one passage into blocks, and keeps where the legal "must" stands in bold."""

    def __init__(self, first: Line | None = None, text_x: float = 0.0) -> None:
        self._blocks: list[_Block] = []
        if first is not None:
            self._blocks.append(_Block(text_x, "", [first], [marked(first)]))

    def add(self, line: Line) -> None:
        """Add the next line of the passage."""
        bullet = _bullet(line)
        if bullet is not None:
            self._blocks.append(_Block(line.x, BULLETS[bullet], [line], [marked(line, skip=bullet)]))
            return
        for block in reversed(self._blocks):
            if block.goes_on(line, newest=block is self._blocks[-1]):
                block.add(line)
                return
        self._blocks.append(_Block(line.x, "", [line], [marked(line)]))

    def build(self) -> tuple[str, tuple[Span, ...]]:
        """The text, one line a block, and the spans that are set in bold."""
        return unmark("\n".join(block.bullet + _joined(block.pieces) for block in self._blocks))


def marked(line: Line, skip: str = "") -> str:
    """The line's text with its bold stretches marked, less the leading `skip`."""
    text = "".join(
        f"{_BOLD_ON}{run.text}{_BOLD_OFF}" if run.bold and run.text.strip() else run.text for run in line.runs
    ).strip()
    return text.removeprefix(skip).strip() if skip else text


def unmark(text: str) -> tuple[str, tuple[Span, ...]]:
    """Take the bold marks out of `text`; the spans say where they stood."""
    out: list[str] = []
    spans: list[Span] = []
    length, start = 0, None
    for part in re.split(f"({_BOLD_ON}|{_BOLD_OFF})", text):
        if part == _BOLD_ON:
            start = length
        elif part == _BOLD_OFF:
            if start is not None:
                spans.append(_trimmed("".join(out), start, length))
            start = None
        else:
            out.append(part)
            length += len(part)
    return "".join(out), tuple(span for span in spans if span.end > span.start)


def _trimmed(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))


def _bullet(line: Line) -> str | None:
    first = line.runs[0].text.strip()
    return first if first in BULLETS else None


def _joined(pieces: list[str]) -> str:
    text = ""
    for piece in pieces:
        # a line that ends in a hyphen goes on without a space: "life-" + "transforming"
        text += piece if not text or text.endswith("-") else " " + piece
    return _tidy(text)


def _tidy(text: str) -> str:
    text = _SPACE.sub(" ", text)
    # spaces that stand on the inner side of a bold mark belong outside it
    text = re.sub(f"({_BOLD_ON}) ", r" \1", text)
    text = re.sub(f" ({_BOLD_OFF})", r"\1 ", text)
    return _SPACE.sub(" ", text).strip()
