"""The meeting pack and its documents: verbatim, complete, in every format, whatever is pinned."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, DatedDeadline, DutyRow, Status
from assistant.deadlines import deadlines
from assistant.document import Document, Heading, Paragraph, Run
from assistant.export_docx import to_docx
from assistant.export_markdown import to_markdown
from assistant.export_pdf import to_pdf
from assistant.library import Library
from assistant.meeting_pack import (
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_ITEMS,
    Pack,
    PackError,
    annotate,
    move,
    pin_answer,
    pin_dates,
    pin_passage,
    read_pack,
    remove,
    rename,
    write_pack,
)
from assistant.pack_document import document
from assistant.writing_points import points
from corpus.passage import Force, PassageId

TODAY = date(2026, 11, 25)
QUESTION = "Does the council have to provide what is in section F?"


@pytest.fixture(scope="module")
def answer(library: Library) -> Answer:
    section = library.passages[PassageId("cfa2014:s42")]
    quote = section.part("(2)") or ""
    first = deadlines("assessment-requested", date(2026, 9, 1), TODAY)[0]
    return Answer(
        Status.ANSWERED,
        short="**Yes.** The council must make sure of it. [1]",
        citations=(Citation("cfa2014:s42(2)", "", quote, Force.MUST, None, "javascript:alert(1)", number=1),),
        duties=(
            DutyRow("parent or young person", Force.MUST, "say what they want", None, 1),
            DutyRow("local authority", Force.SHOULD, "explain its reasons", None, 1),
            DutyRow("local authority", Force.MUST, "secure the provision", "while it maintains the plan", 1),
            DutyRow("local authority", Force.MUST, "assess", "if it thinks that a plan may be needed", 1),
            DutyRow("local authority", Force.MUST_NOT, "wait for a diagnosis", None, 1),
            DutyRow("local authority", Force.MAY, "pay for a taxi", None, 1),
        ),
        deadlines=(DatedDeadline.of(first),),
        notes=("Clinical commissioning groups have gone. [1]",),
    )


@pytest.fixture(scope="module")
def pack(answer: Answer) -> Pack:
    pack = pin_answer(answer, Pack(name="Annual review – Łukasz’s plan, £ & §"), QUESTION)
    pack = pin_passage("cop:9.14", pack)
    pack = pin_dates("assessment-requested", date(2026, 9, 1), pack)
    return annotate(pack, {"passage-cop:9.14": "Ask Ms Szczęsny:\n# who <b>writes</b> it down?"})


@pytest.fixture(scope="module")
def made(pack: Pack, library: Library) -> Document:
    return document(pack, library, TODAY)


def in_word(file: bytes) -> str:
    word = docx.Document(io.BytesIO(file))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def in_pdf(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)


def in_markdown(file: bytes) -> str:
    """The words of the Markdown as they show: no marks, no link targets."""
    text = re.sub(r"(?<!\\)\]\([^)]*\)", "", file.decode())
    text = re.sub(r"(?<!\\)(\*\*|\[(?! \])|^> ?|^#+ |<br>)", " ", text, flags=re.MULTILINE)
    return re.sub(r"\\(.)", r"\1", text)


def squeezed(text: str) -> str:
    """Without white space and page footers: formats break lines where they like."""
    return re.sub(r"\s+", "", re.sub(r"[^\n]* · page \d+ of \d+", "", text))


FORMATS = {"Word": (to_docx, in_word), "PDF": (to_pdf, in_pdf), "Markdown": (to_markdown, in_markdown)}


@pytest.fixture(scope="module", params=FORMATS)
def shown(request: pytest.FixtureRequest, made: Document) -> str:
    """What each format shows of the same document."""
    write, read = FORMATS[request.param]
    return squeezed(read(write(made)))


def test_every_format_shows_questions_answers_duties_notes_and_dates(shown: str) -> None:
    for words in (
        "Annual review – Łukasz’s plan, £ & §",
        QUESTION,
        "Yes. The council must make sure of it. [1]",
        "secure the provision",
        "Children and Families Act 2014, section 42(2)",
        "SEND Code of Practice, paragraph 9.14",
        "page 145",
        "# who <b>writes</b> it down?",
        "Ask Ms Szczęsny:",
        "13 October 2026",
        "This date has passed.",
        "20 weeks from the day the council received the request",
        "Clinical commissioning groups have gone. [1]",
    ):
        assert squeezed(words) in shown


def test_every_format_quotes_word_for_word(shown: str, library: Library) -> None:
    whole = library.passages[PassageId("cop:9.14")].text or ""
    part = library.passages[PassageId("cfa2014:s42")].part("(2)") or ""
    assert f"“{squeezed(whole)}”" in shown
    assert f"“{squeezed(part)}”" in shown


def test_every_format_ends_with_sources_their_dates_the_notice_and_the_licence(shown: str, library: Library) -> None:
    assert library.stamp.sources
    for words in (
        "Special educational needs and disability code of practice: 0 to 25 years",
        "as at January 2015",
        "https://www.legislation.gov.uk/uksi/2014/1530",
        "This is information, not legal advice.",
        "Open Government Licence v3.0",
    ):
        assert squeezed(words) in shown


def test_what_to_ask_for_in_writing_puts_legal_duties_first(pack: Pack, library: Library) -> None:
    asked = points(pack, library)["local authority"]
    forces = [point.force for point in asked]
    order = [Force.MUST, Force.MUST_NOT, Force.SHOULD, Force.SHOULD_NOT]
    assert forces == sorted(forces, key=order.index)
    assert asked[0].ask == "Please confirm in writing by when you will secure the provision."
    assert (asked[0].when, asked[0].label) == (
        "while it maintains the plan",
        "Children and Families Act 2014, section 42(2)",
    )
    assert any(point.ask == "Please confirm in writing that you will not wait for a diagnosis." for point in asked)
    assert any(point.ask.endswith("If you will not, please give your reasons.") for point in asked)


def test_a_duty_on_a_condition_is_asked_for_as_one(pack: Pack, library: Library) -> None:
    asked = [point.ask for point in points(pack, library)["local authority"]]
    assert "Please confirm in writing whether this duty applies here and, if it does, by when you will assess." in asked


def test_families_and_powers_make_no_requests(pack: Pack, library: Library) -> None:
    asked = points(pack, library)
    assert not [who for who in asked if "parent" in who]
    assert "taxi" not in str(asked)


def test_a_council_and_a_local_authority_are_one_addressee(answer: Answer, library: Library) -> None:
    council = replace(answer, duties=tuple(replace(row, who="council") for row in answer.duties))
    assert list(points(pin_answer(council, pin_passage("cfa2014:s42", Pack())), library)) == [
        "local authority",
        "responsible commissioning body",
    ]


def test_a_passage_that_is_pinned_brings_its_duties(library: Library) -> None:
    asked = points(pin_passage("cfa2014:s36", Pack()), library)
    annotated = [duty for duty in library.annotations[PassageId("cfa2014:s36")].duties if duty.force is Force.MUST]
    assert annotated
    assert sum(point.force is Force.MUST for point in asked["local authority"]) == len({d.what for d in annotated})


def test_a_quotation_that_the_source_no_longer_has_is_not_printed(answer: Answer, library: Library) -> None:
    altered = replace(answer, citations=(replace(answer.citations[0], quote="The council may do as it likes."),))
    text = to_markdown(document(pin_answer(altered, Pack()), library, TODAY)).decode()
    assert "as it likes" not in text
    assert "The wording has changed since this was kept." in text


def test_addresses_come_from_our_sources_never_from_what_was_stored(made: Document) -> None:
    assert "javascript:" not in to_markdown(made).decode()
    word = docx.Document(io.BytesIO(to_docx(made)))
    targets = {link.target_ref for link in word.part.rels.values() if link.is_external}
    assert "https://www.legislation.gov.uk/ukpga/2014/6/section/42" in targets
    assert all(target.startswith("https://") for target in targets)


def test_a_passage_that_is_gone_is_named_as_gone(library: Library) -> None:
    stored = write_pack(Pack()).replace('"items":[]', '"items":[{"kind":"passage","id":"cop:99.99"}]')
    text = to_markdown(document(read_pack(stored), library, TODAY)).decode()
    assert "“cop:99.99” is no longer among the sources." in text


def test_without_the_official_text_the_pack_says_so_and_links_to_it(pack: Pack, library: Library) -> None:
    bare = SimpleNamespace(passages={}, annotations=library.annotations, stamp=library.stamp)
    text = in_markdown(to_markdown(document(pack, bare, TODAY)))  # type: ignore[arg-type]
    assert text.count("The official text isn't on this machine") == 2
    assert "In considering whether an EHC needs assessment is necessary" not in text


def test_a_figure_is_not_quoted_as_official_wording(library: Library) -> None:
    blocks = document(pin_passage("cop:figure.timescales", Pack()), library, TODAY).blocks
    assert not [block for block in blocks if getattr(block, "quoted", False)]


def test_word_has_real_headings_repeated_table_headers_and_a_language(made: Document) -> None:
    word = docx.Document(io.BytesIO(to_docx(made)))
    styles = [p.style.name for p in word.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    levels = [0 if name == "Title" else int(name.split()[-1]) for name in styles]
    assert levels[0] == 0
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in word.tables)
    assert word.core_properties.language == "en-GB"
    assert word.core_properties.title == made.title


def test_pdf_has_bookmarks_links_a_title_and_its_font_inside(made: Document) -> None:
    reader = pypdf.PdfReader(io.BytesIO(to_pdf(made)))
    titles = [entry.title for entry in _entries(reader.outline)]
    assert made.title in titles
    assert [block.text for block in made.blocks if isinstance(block, Heading)] == titles[1:]
    links = {str(a["/A"]["/URI"]) for page in reader.pages for a in page.get("/Annots", []) if "/A" in a.get_object()}
    assert "https://www.legislation.gov.uk/ukpga/2014/6/section/42" in links
    assert reader.metadata is not None and reader.metadata.title == made.title
    fonts = reader.pages[0]["/Resources"]["/Font"]
    assert all("DejaVu" in str(font.get_object()["/BaseFont"]) for font in fonts.values())


def _entries(outline: list[object]) -> list[object]:
    return [e for item in outline for e in (_entries(item) if isinstance(item, list) else [item])]


def test_heading_levels_never_jump(made: Document) -> None:
    levels = [1, *(block.level for block in made.blocks if isinstance(block, Heading))]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("note", ["\x00\x07\ud800 bell", "🙂 বাংলা العربية", "a" * 4000, "]]> & <w:p> \\ {x}", " \n\n "])
def test_no_note_breaks_a_document(kind: str, note: str, library: Library) -> None:
    pack = annotate(pin_passage("cfa2014:s42", Pack()), {"passage-cfa2014:s42": note})
    assert FORMATS[kind][0](document(pack, library, TODAY))


def test_a_note_is_printed_as_it_was_written(library: Library) -> None:
    pack = annotate(pin_passage("cfa2014:s42", Pack()), {"passage-cfa2014:s42": "Ask about {nb} hours"})
    pages = pypdf.PdfReader(io.BytesIO(to_pdf(document(pack, library, TODAY)))).pages
    text = " ".join(page.extract_text() for page in pages)
    assert "Ask about {nb} hours" in text
    assert f"page {len(pages)} of {len(pages)}" in text


@given(st.text(max_size=LONGEST_NAME))
@settings(max_examples=200, deadline=None)
def test_file_names_are_safe_whatever_the_meeting_is_called(name: str) -> None:
    stem = Document(title=name, made=TODAY, blocks=()).file_stem
    assert re.fullmatch(r"meeting-pack(-[a-z0-9-]+)?-2026-11-25", stem)
    assert len(stem) < 100


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_a_note_never_becomes_markdown_or_html(note: str) -> None:
    text = to_markdown(Document("x", TODAY, (Paragraph((Run(note),)),))).decode()
    body = text.removeprefix("# x\n\n")
    assert not re.search(r"(?<!\\)(?:\\\\)*[<`*_\[]", body)
    assert not re.search(r"^\s*(?:[-+#=>]|\d+[.)])(?=\s|=|-)", body, re.MULTILINE)


def test_what_is_stored_is_read_back_as_it_was(pack: Pack) -> None:
    assert read_pack(write_pack(pack)) == pack
    assert read_pack("") == read_pack(None) == Pack()


@pytest.mark.parametrize("stored", ["nonsense", "[]", '{"items": [{"kind": "virus"}]}', '{"name": "x", "more": 1}'])
def test_a_pack_that_cannot_be_read_says_what_to_do(stored: str) -> None:
    with pytest.raises(PackError, match="Start a new pack"):
        read_pack(stored)


def test_nothing_is_pinned_twice(answer: Answer, pack: Pack) -> None:
    assert pin_answer(answer, pack, QUESTION) == pack
    assert pin_passage("cop:9.14", pack) == pack
    assert pin_dates("assessment-requested", date(2026, 9, 1), pack) == pack


def test_items_move_and_go_as_the_person_wants(pack: Pack) -> None:
    first, second, third = pack.items
    assert move(pack, second.key, -1).items == (second, first, third)
    assert move(pack, second.key, 1).items == (first, third, second)
    assert move(pack, first.key, -1).items == move(pack, third.key, 1).items == pack.items
    assert remove(pack, second.key).items == (first, third)
    assert remove(pack, "no-such-item") == move(pack, "no-such-item", 1) == pack


def test_what_does_not_fit_is_refused_in_words(pack: Pack, library: Library) -> None:
    full = Pack()
    for name in library.order[:MOST_ITEMS]:
        full = pin_passage(name, full)
    with pytest.raises(PackError, match=f"holds {MOST_ITEMS} items and is full"):
        pin_passage("cop:9.14", full)
    with pytest.raises(PackError, match="shorten"):
        annotate(pack, {"passage-cop:9.14": "x" * (LONGEST_NOTE + 1)})
    with pytest.raises(PackError, match="shorten"):
        rename(pack, "x" * (LONGEST_NAME + 1))


def test_a_refusal_and_an_unknown_passage_are_not_pinned() -> None:
    with pytest.raises(PackError, match="Only answers that quote"):
        pin_answer(Answer(Status.OUT_OF_SCOPE, text="No.", short="No."), Pack())
    with pytest.raises(PackError, match=r"There is no passage called “cop:99\.1”"):
        pin_passage("cop:99.1", Pack())
