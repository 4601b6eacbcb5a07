"""The printed page: an image of a page of the Code's PDF, and where on it a passage stands."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.settings import Settings
from corpus.sources import Source, load_sources
from ingest.errors import SourceError
from ingest.identity import check_identity

if TYPE_CHECKING:
    import pypdfium2

SCALE = 1.7
"""Pixels for each point of the page: 1013 for the width of A4."""
_SHORTEST = 24  # letters: a shorter line may stand elsewhere on the page by chance
_NEXT = 8  # letters between a line and a short one that follows it
_HEAD, _FOOT = 60, 600  # letters of running titles above a text that goes on, and of footnotes below it
_PNG = b"\x89PNG\r\n\x1a\n"
Rectangle = tuple[float, float, float, float]
_pdfium = threading.Lock()  # pdfium serves one thread at a time


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in shares of its width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """One printed page with the places of a passage on it."""

    page: int
    """Page of the PDF, from 1."""
    png: bytes
    boxes: tuple[Box, ...]


def find_pdf(source: Source, config: Settings) -> Path | None:
    """The source's PDF where this machine has it and it is the official one; nothing is ever downloaded."""
    places = [config.sources / name for name in source.mirror] if config.sources else []
    places += [config.downloads / source.id / document.name for document in source.documents]
    for path in places:
        try:
            check_identity(source, path)
        except (SourceError, OSError):
            continue
        return path
    return None


class PageImages:
    """Draws pages of the Code when they are asked for, and keeps them in the `pages` folder of the home."""

    def __init__(self, config: Settings) -> None:
        """Look for the PDF; without it there are no images."""
        self._pdf = find_pdf(load_sources()["cop"], config)
        self._folder = config.home / "pages"
        self._name = hashlib.sha256(self._pdf.read_bytes()).hexdigest()[:12] if self._pdf else ""

    def images(self, first: int, last: int, text: str) -> Iterator[PageImage]:
        """Pages `first` to `last`, with the boxes of `text` on each; nothing where the PDF isn't here."""
        if self._pdf is None:
            return
        with _pdfium:
            yield from self._draw(self._pdf, first, last, text)

    def _draw(self, pdf: Path, first: int, last: int, text: str) -> Iterator[PageImage]:
        import pypdfium2

        with pypdfium2.PdfDocument(pdf) as document:
            for number in range(first, min(last, len(document)) + 1):
                page = document[number - 1]
                yield PageImage(number, self._png(page, number), tuple(_boxes(page, text)))

    def _png(self, page: pypdfium2.PdfPage, number: int) -> bytes:
        kept = self._folder / f"{self._name}-{number}.png"
        try:
            image = kept.read_bytes()
        except OSError:
            image = b""
        if image.startswith(_PNG):
            return image
        image = _drawn(page)
        _keep(kept, image)
        return image


def _drawn(page: pypdfium2.PdfPage) -> bytes:
    out = BytesIO()
    drawing = page.render(scale=SCALE, grayscale=True).to_pil()
    drawing.point(lambda shade: shade // 16 * 17).save(out, "PNG")  # 16 shades: half the size
    return out.getvalue()


def _keep(path: Path, image: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(image)
        draft.replace(path)
    except OSError:  # a full or read-only disk only makes the next time slower
        draft.unlink(missing_ok=True)


def _boxes(page: pypdfium2.PdfPage, text: str) -> Iterator[Box]:
    """Where the lines of `text` stand on the page; a text that runs over from another page is found in part."""
    width, height = page.get_size()
    words = page.get_textpage()
    letters, places = _letters(words.get_text_range())
    for start, end in find_stretches(letters, text):
        first, last = places[start], places[end - 1]
        pieces = [words.get_rect(place) for place in range(words.count_rects(first, last - first + 1))]
        for left, bottom, right, top in _lines(pieces):
            yield Box(left / width, 1 - top / height, (right - left) / width, (top - bottom) / height)


def _lines(pieces: list[Rectangle]) -> Iterator[Rectangle]:
    """Rectangles (left, bottom, right, top) that stand side by side, joined to one for each line."""
    line: Rectangle | None = None
    for piece in pieces:
        if line is not None and piece[1] < line[3] and line[1] < piece[3]:
            line = (min(line[0], piece[0]), min(line[1], piece[1]), max(line[2], piece[2]), max(line[3], piece[3]))
            continue
        if line is not None:
            yield line
        line = piece
    if line is not None:
        yield line


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters of `text` in lower case, and the place of each in it: figures may be marks of footnotes."""
    kept = [(char.lower(), place) for place, char in enumerate(text) if char.isalpha() and len(char.lower()) == 1]
    return "".join(char for char, _ in kept), [place for _, place in kept]


def find_stretches(letters: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the lines of `text` stand in `letters`, those of one page; a line may break off at either end of it."""
    after = 0
    for line in text.split("\n"):
        found = _find_line(letters, _letters(line)[0], after)
        if found:
            after = found[1]
            yield found


def _find_line(letters: str, wanted: str, after: int) -> tuple[int, int] | None:
    start = letters.find(wanted, after) if wanted else -1
    if start >= 0 and (len(wanted) >= _SHORTEST or after <= start <= after + _NEXT):
        return start, start + len(wanted)
    if after == 0 and (end := _longest(wanted, lambda size: letters.find(wanted[-size:], 0, size + _HEAD))):
        return end
    return _longest(wanted, lambda size: letters.find(wanted[:size], max(after, len(letters) - size - _FOOT)))


def _longest(wanted: str, find: Callable[[int], int]) -> tuple[int, int] | None:
    """The longest stretch, of at least `_SHORTEST` letters, that `find` gives a place for."""
    for size in range(len(wanted) - 1, _SHORTEST - 1, -1):
        if (start := find(size)) >= 0:
            return start, start + size
    return None
