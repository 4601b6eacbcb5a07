"""Browsing: everything is there, a chapter at a time; searching as one types; from a passage to its law and back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from playwright.sync_api import expect
from visiting import Visitor

from assistant.chapters import chapter_of, chapters
from assistant.library import Library
from assistant.web.browse_html import chapter_html, found_html, one_html
from assistant.word_search import WordSearch
from corpus.passage import PassageId

LONGEST_CHAPTER = 1_500_000
"""Characters of HTML that one chapter may send."""


@pytest.fixture(scope="module")
def search(library: Library) -> WordSearch:
    return WordSearch(library)


def test_every_passage_is_in_exactly_one_chapter(library: Library) -> None:
    books = chapters(library)
    listed = [name for book in books.values() for chapter in book for name in chapter.passages]
    assert listed == library.order
    assert len({chapter.key for book in books.values() for chapter in book}) == sum(map(len, books.values()))


def test_no_chapter_sends_too_much_at_once(library: Library) -> None:
    sizes = {
        chapter.title: len(chapter_html(chapter, library)) for book in chapters(library).values() for chapter in book
    }
    assert max(sizes.values()) < LONGEST_CHAPTER < sum(sizes.values())


def test_a_chapter_shows_summary_and_official_text_of_each_passage_under_its_headings(library: Library) -> None:
    chapter = chapter_of(PassageId("cop:9.14"), chapters(library))
    html = unescape(chapter_html(chapter, library))
    assert html.count('class="atc-b-item"') == len(chapter.passages)
    assert library.annotations[PassageId("cop:9.14")].gist.split(".")[0] in html
    assert "despite the early years provider, school or post-16 institution" in html
    headings = re.findall(r"<h([1-6])", html)
    assert headings[0] == "2" and set(headings[1:]) == {"3"}


def test_text_of_the_sources_is_escaped(library: Library) -> None:
    html = one_html(PassageId("cop:9.14"), library, PassageId("<script>"))
    assert "<script>" not in html
    found = found_html("<b>9.14 & certificate", WordSearch(library).find("<b>9.14 & certificate"), library)
    assert "<b>" not in found and "&lt;b&gt;9.14 &amp; certificate" in found


def test_a_passage_shows_its_law_what_cites_it_and_the_official_page(library: Library) -> None:
    html = one_html(PassageId("cfa2014:s36"), library)
    assert "Cite this section as the law behind them" in html
    assert 'data-do="open" data-id="cop:9.14"' in html
    assert 'href="https://www.legislation.gov.uk/ukpga/2014/6/section/36"' in html
    assert "Open Government Licence v3.0" in html
    assert 'data-id="cfa2014:s36"' in one_html(PassageId("cop:9.14"), library)
    assert "#page=145" in one_html(PassageId("cop:9.14"), library)


def test_a_passage_that_the_law_has_overtaken_says_what_changed(library: Library) -> None:
    changed = next(a for a in library.annotations.values() if a.note and a.status.value == "changed")
    html = one_html(changed.id, library)
    assert "Changed since 2015" in html
    assert "What has changed:" in html


@pytest.mark.parametrize(
    ("query", "named"),
    [("9.14", "cop:9.14"), ("s.36", "cfa2014:s36"), ("reg 5", "sendregs2014:r5"), ("para 9.14", "cop:9.14")],
)
def test_a_number_jumps_to_its_passage(search: WordSearch, query: str, named: str) -> None:
    assert search.find(query).named == (named,)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mediation certificate", "cop:11.23"),
        ("personal budg", "cop:9.95"),
        ("transport", "ea1996:s508F"),
        ("ehcp refuse", "cop:11.45"),
        ("blanket policy", "cop:9.16"),
    ],
)
def test_words_are_found_while_they_are_typed(search: WordSearch, query: str, expected: str) -> None:
    assert expected in search.find(query).matching


def test_all_words_count_and_common_ones_do_not(search: WordSearch) -> None:
    assert search.find("the blanket policy").matching == search.find("blanket policy").matching
    assert search.find("blanket policy").total < search.find("policy").total


def test_what_is_not_there_says_what_to_try(search: WordSearch, library: Library) -> None:
    assert "Try fewer or other words" in found_html("zzzz", search.find("zzzz"), library)
    assert "Chapter 9 ends at 9.217" in found_html("9.300", search.find("9.300"), library)
    assert search.find("").total == search.find("?!").total == 0
    assert search.find("x" * 100_000).total == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_person_finds_a_section_reads_what_cites_it_and_comes_back(
    visit: Visitor, library: Library, width: int
) -> None:
    citing = next(name for name in library.explained_by[PassageId("cfa2014:s36")] if name.startswith("cop:"))
    here = visit(width=width)
    page = here.page
    here.show("browse")
    shown = page.locator("#atc-b-shown")
    expect(shown.locator("h2")).to_have_text("Introduction")
    page.fill("#atc-b-query", "s.36")
    expect(shown.get_by_role("status")).to_contain_text("You named Children and Families Act 2014, section 36.")
    here.picture(f"browse-found-{width}")
    shown.locator(f"[data-do=open][data-id='{citing}']").first.click()
    title = shown.locator("h2")
    expect(title).to_have_text(library.passages[citing].label)
    expect(title).to_be_focused()
    expect(page.get_by_label("Chapter or Part")).to_have_value(library.passages[citing].headings[0])
    here.picture(f"browse-one-{width}")
    shown.get_by_role("button", name="Back to Children and Families Act 2014, section 36").click()
    expect(title).to_have_text("Children and Families Act 2014, section 36")
    shown.get_by_role("button", name="Show in its chapter").click()
    expect(title).to_have_text(re.compile("^Part 3"))
    expect(shown.locator("details[data-id='cfa2014:s36']")).to_have_attribute("open", "")
    assert not here.errors
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_chapter_is_chosen_and_opened_by_keyboard(visit: Visitor) -> None:
    here = visit()
    page = here.page
    here.show("browse")
    page.get_by_label("Source").click()
    page.get_by_role("option", name="SEND Regulations 2014").click()
    shown = page.locator("#atc-b-shown")
    expect(shown.locator("h2")).to_have_text("Part 1: Introduction")
    summary = shown.locator("summary", has_text="regulation 2")
    summary.focus()
    page.keyboard.press("Enter")
    expect(shown.locator("details[data-id='sendregs2014:r2'] blockquote")).to_be_visible()


def test_words_that_are_pasted_are_searched_too(visit: Visitor) -> None:
    here = visit()
    here.show("browse")
    here.page.click("#atc-b-query")
    here.page.keyboard.insert_text("blanket policy")
    expect(here.page.locator("#atc-b-shown [role=status]")).to_contain_text("blanket policy")
