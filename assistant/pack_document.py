"""A pack as a document: what is pinned in order, what to ask for in writing, the sources and their dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from assistant.deadlines import DeadlineError, caution, deadlines, events
from assistant.document import Block, Checklist, Document, Heading, PageBreak, Paragraph, Run, Runs, Table
from assistant.library import Library
from assistant.meeting_pack import (
    Item,
    Pack,
    PinnedAnswer,
    PinnedDate,
    PinnedDates,
    PinnedPassage,
    PinnedQuote,
    pack_words,
)
from assistant.quote import MODALS, quote_part, quote_whole
from assistant.writing_points import Point, points
from corpus.catalogue import bare_passage, load_catalogue
from corpus.check import base_id
from corpus.passage import Force, Passage
from corpus.sources import load_sources


def document(pack: Pack, library: Library, today: date) -> Document:
    """The document of `pack`: quotations are checked against the library, dates worked out for `today`."""
    return Document(
        title=" ".join(pack.name.split()) or str(pack_words()["untitled"]),
        made=today,
        blocks=tuple(_blocks(pack, library, today)),
    )


def spoken_date(day: date) -> str:
    """`day` as it is said: "1 September 2026"."""
    return f"{day.day} {day:%B %Y}"


def _blocks(pack: Pack, library: Library, today: date) -> Iterator[Block]:
    words = pack_words()
    yield _plain(words["made"].format(date=spoken_date(today)))
    yield _plain(words["notice"])
    yield _plain(words["how_to_read"])
    for number, item in enumerate(pack.items, 1):
        yield from _item(item, number, library, today)
    asked = points(pack, library)
    if asked:
        yield PageBreak()
        yield _heading("writing")
        yield _plain(words["writing"]["lead"])
        for who, lines in asked.items():
            yield Heading(words["writing"]["to"].format(who=who), 3)
            yield Checklist(tuple(_point(line) for line in lines))
    yield PageBreak()
    yield _heading("sources")
    yield _sources(library)
    yield _heading("licence")
    yield _plain(words["notice"])
    yield _plain(words["attribution"])


def _item(item: Item, number: int, library: Library, today: date) -> Iterator[Block]:
    if isinstance(item, PinnedAnswer):
        yield from _answer(item, number, library)
    elif isinstance(item, PinnedPassage):
        yield from _passage(item, number, library)
    else:
        yield from _dates(item, number, today)
    if item.note.strip():
        yield _heading("note", 3)
        yield _plain(item.note.strip())


def _answer(item: PinnedAnswer, number: int, library: Library) -> Iterator[Block]:
    words = pack_words()
    yield Heading(f"{number}. {item.question or words['headings']['short']}", 2)
    yield _heading("short", 3)
    for paragraph in item.short.split("\n\n"):
        yield Paragraph(_bold_runs(paragraph))
    if item.duties:
        yield _heading("duties", 3)
        rows = ((row.who, str(row.force), row.what, row.when or "", f"[{row.citation}]") for row in item.duties)
        yield _table("duties", rows)
    yield _heading("quotes", 3)
    for quote in item.quotes:
        yield from _quotation(quote, library)
    if item.dates:
        yield _heading("dates", 3)
        yield _table("answer_dates", (_date_row(row) for row in item.dates))
    if item.changes:
        yield _heading("changes", 3)
        yield from (_plain(change) for change in item.changes)


def _date_row(row: PinnedDate) -> tuple[str | Run, ...]:
    return _spoken(row.by), row.who, row.what, row.counted, Run(_label(row.ref), link=_url(row.ref))


def _quotation(quote: PinnedQuote, library: Library) -> Iterator[Block]:
    words = pack_words()
    passage = _passage_of(quote.id, library)
    if passage is None:
        yield _plain(f"[{quote.number}] {words['gone'].format(id=quote.id)}")
        return
    yield _source_line(passage, quote.id[len(passage.id) :], f"[{quote.number}] ")
    if passage.text is None or passage.transcribed:
        annotation = library.annotations.get(passage.id)
        yield _plain(
            f"{annotation.gist if annotation else ''} {words['not_here'] if passage.text is None else ''}".strip()
        )
    elif quote.quote and _folded(quote.quote) in _folded(passage.text):
        yield Paragraph(_official_runs(quote.quote), quoted=True)
    else:
        yield _plain(words["reworded"])


def _passage(item: PinnedPassage, number: int, library: Library) -> Iterator[Block]:
    words = pack_words()
    passage = _passage_of(item.id, library)
    if passage is None:
        yield Heading(f"{number}. {words['gone'].format(id=item.id)}", 2)
        return
    part = item.id[len(passage.id) :]
    yield Heading(f"{number}. {passage.label}{part}", 2)
    yield _source_line(passage, part, "")
    annotation = library.annotations.get(passage.id)
    if annotation:
        yield _heading("summary", 3)
        yield _plain(annotation.gist)
    quotation = (quote_part(passage, part) if part else None) or quote_whole(passage)
    if passage.transcribed:
        quotation = None  # a figure has no official wording to quote
    elif quotation is None:
        yield _plain(words["not_here"])
    if quotation:
        yield _heading("quotes", 3)
        yield Paragraph(_official_runs(quotation.text), quoted=True)
    if annotation and annotation.law:
        yield _heading("law", 3)
        yield Paragraph(tuple(_joined(Run(_label(ref), link=_url(ref)) for ref in annotation.law)))
    if annotation and annotation.note:
        yield _heading("changes", 3)
        yield _plain(annotation.note)


def _dates(item: PinnedDates, number: int, today: date) -> Iterator[Block]:
    words = pack_words()
    event = next((event for event in events() if event.id == item.event), None)
    title = words["dates_title"].format(event=event.name if event else item.event, on=spoken_date(item.on))
    yield Heading(f"{number}. {title}", 2)
    try:
        found = deadlines(item.event, item.on, today)
    except DeadlineError as error:
        yield _plain(str(error))
        return
    rows = (
        (
            spoken_date(row.by) + (f"\n{words['passed']}" if row.past else ""),
            row.who,
            str(row.force),
            row.what,
            row.counted,
            Run(row.label, link=row.url),
        )
        for row in found
    )
    yield _table("dates", rows)
    qualified = [*(e for row in found for e in row.exceptions), *(event.notes if event else ())]
    if qualified:
        yield _heading("exceptions", 3)
    for text in dict.fromkeys(exception.text for exception in qualified):
        labels = dict.fromkeys(exception.label for exception in qualified if exception.text == text)
        yield _plain(words["exception"].format(text=text, ref="; ".join(labels)))
    yield _plain(caution())


def _point(point: Point) -> Runs:
    when = str(pack_words()["writing"]["when"]).format(when=point.when) if point.when else ""
    strength = Run(point.force.capitalize(), bold=point.force in (Force.MUST, Force.MUST_NOT))
    return Run(f"{point.ask} "), strength, Run(f"{when}. "), Run(point.label, link=point.url)


def _sources(library: Library) -> Table:
    words, sources = pack_words(), load_sources()
    rows = (
        (
            sources[state.id].title,
            words["summaries_only"]
            if state.origin == "missing"
            else words["version"].format(date=_spoken(state.as_at)),
            Run(sources[state.id].page, link=sources[state.id].page),
        )
        for state in library.stamp.sources
    )
    return _table("sources", rows)


def _spoken(day: str) -> str:
    """An ISO date as it is said; other dates, such as "January 2015", stay as they are."""
    try:
        return spoken_date(date.fromisoformat(day))
    except ValueError:
        return day


def _source_line(passage: Passage, part: str, number: str) -> Paragraph:
    page = f", {pack_words()['page'].format(page=passage.page)}" if passage.page else ""
    return Paragraph((Run(number), Run(passage.label + part, link=passage.url), Run(page)))


def _passage_of(ref: str, library: Library) -> Passage | None:
    """The passage of `ref`; without its text where the official source isn't here; None where there is none."""
    name = base_id(ref)
    if name in library.passages:
        return library.passages[name]
    return bare_passage(name) if name in load_catalogue() else None


def _label(ref: str) -> str:
    name = base_id(ref)
    return bare_passage(name).label + ref[len(name) :] if name in load_catalogue() else ref


def _url(ref: str) -> str:
    name = base_id(ref)
    return bare_passage(name).url if name in load_catalogue() else ""


def _heading(name: str, level: int = 2) -> Heading:
    return Heading(str(pack_words()["headings"][name]), level)


def _plain(text: str) -> Paragraph:
    return Paragraph((Run(text),))


def _table(name: str, rows: Iterable[tuple[str | Run, ...]]) -> Table:
    """A table of the columns called `name`; Force words that bind are set bold."""
    header = tuple(str(column) for column in pack_words()["columns"][name])
    strong = {Force.MUST.value, Force.MUST_NOT.value}
    cells = tuple(
        tuple((cell,) if isinstance(cell, Run) else (Run(cell, bold=cell in strong),) for cell in row) for row in rows
    )
    return Table(header, cells)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    for position, run in enumerate(runs):
        if position:
            yield Run("; ")
        yield run


def _bold_runs(markdown: str) -> Runs:
    """The runs of an answer's Markdown, which has bold and nothing else."""
    parts = markdown.split("**")
    if len(parts) % 2 == 0:  # a stray mark: nothing is bold
        return (Run(markdown),)
    return tuple(Run(text, bold=bool(position % 2)) for position, text in enumerate(parts) if text)


def _official_runs(text: str) -> Runs:
    """The official wording with must, should and may set bold; the runs joined are `text` in quotation marks."""
    parts = MODALS.split(text)
    marked = tuple(Run(part, bold=bool(position % 2)) for position, part in enumerate(parts) if part)
    return (Run("“"), *marked, Run("”"))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
