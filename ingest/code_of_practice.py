"""The SEND Code of Practice (January 2015): from its PDF to passages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from slugify import slugify

from corpus.figures import Figure, load_figures
from corpus.passage import Passage, PassageId
from corpus.sources import Source
from ingest.blocks import TextBuilder
from ingest.errors import SourceError
from ingest.pdf_lines import Line, bookmarks, read_lines

HIGHEST_PARAGRAPH = {1: 41, 2: 24, 3: 71, 4: 62, 5: 60, 6: 99, 7: 38, 8: 78, 9: 217, 10: 150, 11: 111}
"""The last paragraph of each chapter; the Code's own numbering has no 7.36."""
MISSING_PARAGRAPHS = frozenset({(7, 36)})

_FIRST_PAGE, _GLOSSARY_END = 12, 287  # before: cover, contents, foreword; from 287: references and imprint
_NUMBER_MARGIN = 55.0  # paragraph numbers hang left of this, body text starts at 56.7 points or more
_BODY_TEXT = {page_from: x for page_from, x in ((1, 72.0), (248, 85.1))}
_TEXT_SIZES = frozenset({12.0, 14.0, 16.0, 18.0})
_PAGE_FOOT = 60.0  # points; only the page number stands below
_PARAGRAPH = re.compile(r"(\d{1,2})\.(\d{1,3})(?:\s+|$)")
_ROMAN = re.compile(r"([ivx]+)\.\s+")
_CHAPTER = re.compile(r"(\d{1,2}) (.+)")
_BOX = "Relevant legislation:"
_TABLE_HEADERS = frozenset({"Section Information to include"})
_COLUMN_HEADERS = frozenset({"Agency Key responsibilities for SEN or", "Disability", "Accountability"})


@dataclass(slots=True)
class Chapter:
    """A chapter's heading and the unnumbered matter at its head."""

    title: str
    page: int
    overview: str = ""
    """"What this chapter covers", as printed."""
    legislation: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    """Unnumbered lines between its paragraphs."""


@dataclass(slots=True)
class CodeDocument:
    """All that was read from the Code's PDF."""

    passages: list[Passage] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    boxes: list[list[str]] = field(default_factory=list)
    """The lines of each section's "Relevant legislation" box."""
    furniture: list[str] = field(default_factory=list)
    """Lines of no passage: page numbers, figures' lettering, table headers repeated on a new page."""


def read_code(path: Path, source: Source) -> CodeDocument:
    """Read the Code's PDF; raises SourceError where it isn't a PDF or isn't the January 2015 edition."""
    reader = _CodeReader(source, bookmarks(path), load_figures())
    for line in read_lines(path):
        if _FIRST_PAGE <= line.page < _GLOSSARY_END:
            reader.take(line)
    document = reader.finish()
    _check_numbers(document.passages)
    document.passages += [reader.figure_passage(figure) for figure in load_figures() if figure.lines]
    return document


def _check_numbers(passages: Iterable[Passage]) -> None:
    found = [str(p.id).removeprefix("cop:") for p in passages]
    expected = [
        f"{chapter}.{number}"
        for chapter, last in HIGHEST_PARAGRAPH.items()
        for number in range(1, last + 1)
        if (chapter, number) not in MISSING_PARAGRAPHS
    ]
    numbered = [number for number in found if number[0].isdigit()]
    if numbered != expected:
        missing = sorted(set(expected) - set(numbered))[:5]
        raise SourceError(
            "the Code's PDF doesn't have the numbered paragraphs of the January 2015 edition"
            f" (missing or out of order: {', '.join(missing) or 'the order'}). Use the edition on GOV.UK."
        )


class _CodeReader:
    """Takes the printed lines one by one and files each where it belongs."""

    def __init__(self, source: Source, outline: frozenset[tuple[int, str]], figures: tuple[Figure, ...]) -> None:
        self._source = source
        self._outline = outline
        self._figures = {page: figure for figure in figures for page in figure.pages}
        self._document = CodeDocument()
        self._headings: list[tuple[float, str]] = []
        self._box: list[tuple[float, list[str]]] = []  # (size of the heading it stands under, lines)
        self._last: Line | None = None
        self._heading_open = False
        self._builder: TextBuilder | None = None
        self._draft: dict[str, object] = {}
        self._part = "introduction"
        self._collecting: str | None = None  # "overview", "legislation", "box" or None for a passage
        self._numbered = False
        self._seen_headers: set[str] = set()

    def take(self, line: Line) -> None:
        """File one line."""
        text = " ".join(line.text.split())
        if self._is_furniture(line, text):
            self._document.furniture.append(line.text)
            return
        if self._is_heading(line, text):
            self._take_heading(line, text)
        else:
            self._heading_open = False
            self._take_text(line, text)
        self._last = line

    def finish(self) -> CodeDocument:
        """Close the last passage and hand over the document."""
        self._close()
        for chapter in self._document.chapters:
            chapter.overview = chapter.overview.strip()
        return self._document

    def _is_furniture(self, line: Line, text: str) -> bool:
        if line.y < _PAGE_FOOT and text == str(line.page):
            return True
        figure = self._figures.get(line.page)
        if figure and (figure.whole or text == figure.title or line.runs[-1].size not in _TEXT_SIZES):
            return True
        if text in _TABLE_HEADERS or (line.all_bold and text in _COLUMN_HEADERS and 55 < line.page < 59):
            repeated = text in self._seen_headers
            self._seen_headers.add(text)
            return repeated
        return False

    def _is_heading(self, line: Line, text: str) -> bool:
        if not line.all_bold:
            return False
        return line.size >= 14 or (line.page, text) in self._outline

    def _take_heading(self, line: Line, text: str) -> None:
        if self._heading_open and self._headings and self._headings[-1][0] == line.size:
            size, first = self._headings[-1]
            gap = "" if first.endswith("-") else " "
            self._headings[-1] = (size, f"{first}{gap}{text}")
            self._document.headings[-1] += gap + text
            if size == 18.0:
                self._name_chapter(self._headings[-1][1])
            return
        self._heading_open = True
        self._document.headings.append(text)
        if text in {"What to include in each section of the EHC plan"}:
            return  # the table below it stands under 9.69, which it belongs to
        self._close()
        self._headings = [(size, name) for size, name in self._headings if size > line.size]
        self._headings.append((line.size, text))
        self._box = [(size, lines) for size, lines in self._box if size > line.size]
        if line.size == 18.0:
            self._numbered = False
            self._document.chapters.append(Chapter(text, line.page))
            self._name_chapter(text)
        elif text.startswith("Relevant legislation"):
            self._collecting = "legislation"
            if line.size < 16:  # a section's own list, such as youth custody's in Chapter 10
                self._open_box(16.0, [])
        elif self._collecting == "legislation" and text in {"Primary", "Regulations"}:
            pass
        else:
            self._collecting = "overview"

    def _name_chapter(self, text: str) -> None:
        match = _CHAPTER.match(text)
        title = f"Chapter {match[1]}: {match[2]}" if match else text
        self._document.chapters[-1].title = title
        self._headings = [(18.0, title)]
        self._part = title.split(":")[0].split(" ")[0].lower()
        if self._part in {"annex", "glossary"}:
            self._collecting = None
        if self._part == "annex":
            number, name = (part.strip() for part in title.removeprefix("Annex").partition(":")[::2])
            self._draft = {
                "id": f"cop:annex{number}",
                "label": f"{self._source.short}, Annex {number}: {name}",
            }
        else:
            self._collecting = "overview"

    def _take_text(self, line: Line, text: str) -> None:
        if self._part == "glossary":
            self._take_glossary(line, text)
        elif self._part == "annex":
            self._take_annex(line)
        elif line.x < _NUMBER_MARGIN and (number := _PARAGRAPH.match(text)):
            self._open(f"{number[1]}.{number[2]}", f"paragraph {number[1]}.{number[2]}", line, number[0])
        elif self._part == "introduction" and line.x < _NUMBER_MARGIN and (roman := _ROMAN.match(text)):
            self._open(f"intro.{roman[1]}", f"Introduction, paragraph {roman[1]}", line, roman[0])
        elif text.startswith(_BOX):
            self._collecting = "box"
            self._open_box(self._headings[-1][0] if self._headings else line.size, [text.removeprefix(_BOX).strip()])
        elif self._builder is not None:
            self._builder.add(line)
            self._draft["last_page"] = line.page
        else:
            self._take_unnumbered(text)

    def _open_box(self, size: float, lines: list[str]) -> None:
        self._box.append((size, lines))
        self._document.boxes.append(lines)

    def _take_unnumbered(self, text: str) -> None:
        if not self._document.chapters:  # the Code has nothing here; another PDF may
            self._document.furniture.append(text)
            return
        chapter = self._document.chapters[-1]
        if self._collecting == "box":
            self._box[-1][1].append(text)
        elif self._collecting == "legislation":
            if self._box:
                self._box[-1][1].append(text)
            else:
                chapter.legislation += (text,)
        elif self._numbered:
            chapter.asides += (text,)
        else:
            chapter.overview += text + "\n"

    def _open(self, local: str, name: str, line: Line, number: str) -> None:
        self._close()
        self._collecting, self._numbered = None, True
        self._draft = {
            "id": f"cop:{local}",
            "label": f"{self._source.short}, {name}",
            "page": line.page,
            "last_page": line.page,
        }
        body_x = max((start, x) for start, x in _BODY_TEXT.items() if start <= line.page)[1]
        self._builder = TextBuilder(_without(line, number), body_x)

    def _take_annex(self, line: Line) -> None:
        if self._builder is None:
            self._draft["page"] = line.page
            self._builder = TextBuilder()
        self._builder.add(line)
        self._draft["last_page"] = line.page

    def _take_glossary(self, line: Line, text: str) -> None:
        term_starts = line.runs[0].bold and (
            self._last is None or self._last.page != line.page or self._last.y - line.y > 20
        )
        if term_starts or self._builder is None:
            self._close()
            self._draft = {"term": "", "page": line.page}
            self._builder = TextBuilder()
        self._builder.add(line)
        self._draft["last_page"] = line.page

    def _close(self) -> None:
        """Turn the draft into a passage."""
        if self._builder is None:
            return
        text, musts = self._builder.build()
        self._builder = None
        draft = self._draft
        if "term" in draft:
            term = text.split(":")[0].strip()
            draft["id"] = f"cop:glossary.{slugify(term)}"
            draft["label"] = f"{self._source.short}, Glossary: {term}"
            musts = tuple(span for span in musts if span.start > len(term))
        boxes = self._box[-1][1] if self._box else []
        page = draft["page"]
        self._document.passages.append(
            Passage(
                id=PassageId(str(draft["id"])),
                source=self._source.id,
                label=str(draft["label"]),
                headings=tuple(name for _, name in self._headings),
                text=text,
                url=f"{self._source.documents[0].url}#page={page}",
                page=int(str(page)),
                last_page=int(str(draft["last_page"])),
                legal_musts=tuple(s for s in musts if "must" in text[s.start : s.end].lower()),
                relevant_legislation=(" ".join(boxes),) if boxes else (),
            )
        )

    def figure_passage(self, figure: Figure) -> Passage:
        """The transcription of a figure as a passage."""
        chapter = next(c for c in self._document.chapters if c.title.startswith(f"Chapter {figure.chapter}:"))
        return Passage(
            id=figure.id,
            source=self._source.id,
            label=f"{self._source.short}, figure on page {figure.pages[0]}",
            headings=(chapter.title, figure.title),
            text="\n".join(figure.lines),
            url=f"{self._source.documents[0].url}#page={figure.pages[0]}",
            page=figure.pages[0],
            last_page=figure.pages[-1],
            transcribed=True,
        )


def _without(line: Line, number: str) -> Line:
    """The line less the paragraph number at its start."""
    rest, runs = len("".join(number.split())), []
    for run in line.runs:
        text = run.text
        while rest and text:
            rest -= not text[0].isspace()
            text = text[1:]
        if text:
            runs.append(type(run)(text, run.bold, run.size))
    return Line(line.page, line.x, line.y, runs or [type(line.runs[0])("", False, 12.0)])
