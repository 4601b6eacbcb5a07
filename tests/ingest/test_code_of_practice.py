"""Reading the real Code: every paragraph, no text lost, nothing of one paragraph in another."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from pypdf import PdfReader

from corpus.catalogue import load_catalogue
from corpus.passage import Passage
from corpus.sources import load_sources
from ingest.code_of_practice import HIGHEST_PARAGRAPH, CodeDocument, read_code
from ingest.errors import SourceError

PDF = "SEND_Code_of_Practice_January_2015.pdf"


@pytest.fixture(scope="module")
def code(mirror: Path) -> CodeDocument:
    return read_code(mirror / PDF, load_sources()["cop"])


@pytest.fixture(scope="module")
def passages(code: CodeDocument) -> dict[str, Passage]:
    return {passage.id: passage for passage in code.passages}


def test_all_950_numbered_paragraphs_are_read_in_order(passages: dict[str, Passage]) -> None:
    numbers = [name.removeprefix("cop:") for name in passages if name[4].isdigit()]
    assert len(numbers) == 950
    for chapter, last in HIGHEST_PARAGRAPH.items():
        expected = [n for n in range(1, last + 1) if (chapter, n) != (7, 36)]
        assert [int(n.split(".")[1]) for n in numbers if n.startswith(f"{chapter}.")] == expected


def test_introduction_annexes_glossary_and_figures_are_read(passages: dict[str, Passage]) -> None:
    numerals = [name.removeprefix("cop:intro.") for name in passages if name.startswith("cop:intro.")]
    assert numerals[0] == "i" and numerals[-1] == "xxv" and len(numerals) == 25
    assert {"cop:annex1", "cop:annex2", "cop:figure.timescales"} <= passages.keys()
    glossary = [name for name in passages if name.startswith("cop:glossary.")]
    assert len(glossary) == 60 and "cop:glossary.young-person" in glossary


def test_the_catalogue_lists_just_these_passages_and_their_pages(passages: dict[str, Passage]) -> None:
    listed = {name: page for name, page in load_catalogue().items() if name.startswith("cop:")}
    assert listed == {name: passage.page for name, passage in passages.items()}


def test_no_text_is_lost(mirror: Path, code: CodeDocument) -> None:
    """Character by character: what the PDF holds is in a passage, a heading, a chapter's head or the furniture."""
    pages = PdfReader(mirror / PDF).pages[11:286]
    raw = Counter(_letters("".join(page.extract_text() for page in pages)))
    kept = Counter[str]()
    for passage in code.passages:
        if passage.transcribed:
            continue
        kept += Counter(_letters(passage.text or ""))
        local = passage.id.removeprefix("cop:")
        if local[0].isdigit() or local.startswith("intro."):
            kept += Counter(_letters(local.removeprefix("intro.")))
    custody = [box for box in code.boxes if box[0].startswith("Sections 70-75")]
    assert len(custody) == 1  # its title is a heading; the others' title stands in the box
    for box in code.boxes:
        kept += Counter(_letters("".join(box) + ("" if box in custody else "Relevant legislation")))
    for chapter in code.chapters:
        kept += Counter(_letters(chapter.overview + "".join(chapter.legislation) + "".join(chapter.asides)))
    kept += Counter(_letters("".join(code.headings) + "".join(code.furniture)))
    lost, invented = raw - kept, kept - raw
    assert sum(lost.values()) == 0, lost
    assert sum(invented.values()) == 0, invented


def _letters(text: str) -> str:
    """Letters and digits; the Code prints its nested bullets, ours are "◦", as the letter o."""
    return re.sub(r"[\W_]", "", text.replace("\uf0fc", "").replace("◦", "o")).lower()


def test_no_paragraph_holds_the_number_of_another_at_a_line_start(passages: dict[str, Passage]) -> None:
    for passage in passages.values():
        assert not re.search(r"(?m)^\d{1,2}\.\d{1,3}\s+[A-Z]", passage.text or ""), passage.id


def test_page_numbers_do_not_leak_into_the_text(passages: dict[str, Passage]) -> None:
    for passage in passages.values():
        for page in range(passage.page or 0, (passage.last_page or 0) + 1):
            assert not re.search(rf"(?m)^{page}$", passage.text or ""), passage.id


def test_a_paragraph_that_spans_two_pages_is_joined(passages: dict[str, Passage]) -> None:
    spanning = passages["cop:9.12"]
    assert (spanning.page, spanning.last_page) == (144, 145)
    assert "parent or the young person as soon as practicable" in (spanning.text or "")


def test_a_bullet_that_spans_two_pages_is_joined_and_bullets_stay_bullets(passages: dict[str, Passage]) -> None:
    lines = (passages["cop:9.14"].text or "").split("\n")
    assert lines[0].endswith("pay particular attention to:")
    assert all(line.startswith("• ") for line in lines[1:]) and len(lines) == 7


def test_nested_bullets_are_told_apart(passages: dict[str, Passage]) -> None:
    assert "\n◦ direct payments" in (passages["cop:3.38"].text or "")


def test_the_table_of_plan_sections_stands_under_9_69(passages: dict[str, Passage]) -> None:
    text = passages["cop:9.69"].text or ""
    letters = re.findall(r"(?m)^\(([A-K][12]?)\) ", text)
    assert letters == ["A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"]
    assert text.count("Section Information to include") == 1


def test_cross_references_at_a_line_start_stay_in_their_paragraph(passages: dict[str, Passage]) -> None:
    assert passages["cop:9.64"].page == 162 and passages["cop:8.61"].page == 137


def test_paragraphs_7_37_and_7_38_stand_at_the_head_of_chapter_8(passages: dict[str, Passage]) -> None:
    assert passages["cop:7.38"].page == 122
    assert passages["cop:7.38"].headings[0].startswith("Chapter 8")
    assert "cop:7.36" not in passages


def test_bold_must_is_marked_and_plain_must_is_not(passages: dict[str, Passage]) -> None:
    passage = passages["cop:9.13"]
    marked = [(passage.text or "")[span.start : span.end] for span in passage.legal_musts]
    assert marked == ["must", "must"]
    assert "‘must’" in (passages["cop:intro.i"].text or "") and passages["cop:9.10"].legal_musts == ()


def test_every_mark_of_a_must_covers_the_word(passages: dict[str, Passage]) -> None:
    marks = [(p.text or "")[s.start : s.end].lower() for p in passages.values() for s in p.legal_musts]
    assert len(marks) > 500
    assert all("must" in mark for mark in marks)


def test_headings_and_the_legislation_box_are_attached(passages: dict[str, Passage]) -> None:
    passage = passages["cop:9.14"]
    assert passage.headings == (
        "Chapter 9: Education, Health and Care needs assessments and plans",
        "Considering whether an EHC needs assessment is necessary",
    )
    assert passage.relevant_legislation[0].startswith("Section 36 of the Children and Families Act 2014")
    assert passages["cop:10.80"].relevant_legislation[0].startswith("Sections 70-75")
    assert passages["cop:9.1"].relevant_legislation == ()


def test_a_passage_links_to_its_page(passages: dict[str, Passage]) -> None:
    assert passages["cop:9.14"].url.endswith("SEND_Code_of_Practice_January_2015.pdf#page=145")
    assert passages["cop:9.14"].label == "SEND Code of Practice, paragraph 9.14"


def test_the_timescales_are_a_transcription_and_say_so(passages: dict[str, Passage]) -> None:
    figure = passages["cop:figure.timescales"]
    assert figure.transcribed and figure.page == 154
    assert all(f"{weeks} weeks" in (figure.text or "") for weeks in (6, 16, 20))


def test_a_file_that_is_no_pdf_is_refused_with_words(tmp_path: Path) -> None:
    fake = tmp_path / "code.pdf"
    fake.write_bytes(b"<html>not a pdf</html>")
    with pytest.raises(SourceError, match="can't be read as a PDF"):
        read_code(fake, load_sources()["cop"])


def test_another_pdf_is_refused(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    other = tmp_path / "other.pdf"
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(other)
    with pytest.raises(SourceError, match="January 2015 edition"):
        read_code(other, load_sources()["cop"])
