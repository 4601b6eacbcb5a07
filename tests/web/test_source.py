"""The source: a passage in its surroundings, and the page as it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from visiting import Visitor

from assistant.library import Library
from assistant.web.page_image import PageImages, find_pdf, find_stretches
from assistant.web.source_view import render_source
from corpus.passage import PassageId
from corpus.settings import Settings, settings
from corpus.sources import load_sources


@pytest.fixture(scope="module")
def pages() -> PageImages:
    return PageImages(settings())


def test_a_citation_number_jumps_to_its_quotation_and_back(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    first = here.page.locator(".atc-short .atc-cite").first
    name = first.get_attribute("id")
    first.click()
    assert here.focused("id") == "t1-c1"
    here.page.locator("#t1-c1 .atc-return").click()
    assert here.focused("id") == name


def test_choosing_a_source_opens_the_passage_with_its_neighbours_and_page(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    here.open_source()
    source = here.page.locator(".atc-source")
    expect(source.locator("h2")).to_have_text("SEND Code of Practice, paragraph 9.14")
    assert here.focused("id") == "atc-source-title"
    for label in ("9.13", "9.15"):
        expect(source.get_by_text(f"SEND Code of Practice, paragraph {label}", exact=True).first).to_be_attached()
    expect(source.locator("img").first).to_have_attribute(
        "alt",
        "Page 145 of the SEND Code of Practice as printed, with paragraph 9.14 highlighted. "
        "Its words are in the text above.",
    )
    assert source.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 900
    assert source.locator(".atc-box").count() > 5
    expect(source.get_by_role("link", name="Official page of")).to_have_attribute("href", _official_page())
    expect(source).to_contain_text("Open Government Licence v3.0")
    here.picture("source-1280")


def _official_page() -> str:
    return load_sources()["cop"].documents[0].url + "#page=145"


def test_going_back_returns_to_the_button_that_opened_the_source(visit: Visitor) -> None:
    here = visit(width=390, height=844)
    here.ask("para 9.14")
    here.open_source()
    expect(here.page.locator("#atc-talk")).to_be_hidden()
    here.picture("source-390")
    here.page.keyboard.press("Escape")
    expect(here.page.locator("#atc-talk")).to_be_visible()
    assert here.focused("dataset.open") == "cop:9.14"


def test_one_can_walk_on_to_the_next_passage(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    here.open_source()
    here.page.get_by_role("button", name="After: SEND Code of Practice, paragraph 9.15").click()
    expect(here.page.locator("#atc-source-title")).to_have_text("SEND Code of Practice, paragraph 9.15")


def test_the_quotation_is_marked_where_it_stands(library: Library, pages: PageImages) -> None:
    passage = library.passages[PassageId("cfa2014:s36")]
    quote = passage.part("(8)")
    assert quote
    html = render_source(library, pages, "cfa2014:s36(8)")
    marked = "".join(part.split("</mark>")[0] for part in html.split("<mark>")[1:])
    assert "must" in marked and "36" not in marked
    assert html.count("<mark>") == quote.count("\n") + 1


def test_a_passage_that_does_not_exist_gets_a_sentence(library: Library, pages: PageImages) -> None:
    html = render_source(library, pages, "<b>\u202ecop:99.99")
    assert "isn’t among the sources" in html
    assert "\u202e" not in html
    assert "<b>" not in html


def test_a_passage_without_official_text_shows_our_summary(library: Library, pages: PageImages, monkeypatch) -> None:
    from corpus.catalogue import bare_passage

    name = PassageId("cop:9.14")
    monkeypatch.setitem(library.passages, name, bare_passage(name))
    html = render_source(library, pages, name)
    assert "The official words aren’t on this computer" in html
    assert library.annotations[name].gist.split()[0] in html


@pytest.mark.parametrize("name", ["cop:1.1", "cop:5.12", "cop:9.8", "cop:9.14", "cop:10.5", "cop:intro.iv"])
def test_every_page_of_a_passage_shows_where_it_stands(name: str, library: Library, pages: PageImages) -> None:
    passage = library.passages[PassageId(name)]
    assert passage.page and passage.text
    images = list(pages.images(passage.page, passage.last_page or passage.page, passage.text))
    assert [image.page for image in images] == list(range(passage.page, (passage.last_page or passage.page) + 1))
    for image in images:
        assert image.boxes
        assert all(0 <= box.left < 1 and 0 <= box.top < 1 and 0 < box.height < 0.1 for box in image.boxes)


def test_a_page_is_drawn_once_and_then_kept(tmp_path: Path, mirror: Path) -> None:
    config = Settings(home=tmp_path, sources=mirror)
    [first] = PageImages(config).images(145, 145, "")
    [kept] = (tmp_path / "pages").iterdir()
    written = kept.stat().st_mtime_ns
    [second] = PageImages(config).images(145, 145, "")
    assert first.png == second.png == kept.read_bytes()
    assert kept.stat().st_mtime_ns == written


def test_a_damaged_picture_is_drawn_anew(tmp_path: Path, mirror: Path) -> None:
    config = Settings(home=tmp_path, sources=mirror)
    [first] = PageImages(config).images(145, 145, "")
    [kept] = (tmp_path / "pages").iterdir()
    kept.write_bytes(b"half a pict")
    [second] = PageImages(config).images(145, 145, "")
    assert second.png == first.png == kept.read_bytes()


def test_without_the_pdf_there_are_words_and_the_link_stays(tmp_path: Path, library: Library) -> None:
    pages = PageImages(Settings(home=tmp_path, sources=None))
    html = render_source(library, pages, "cop:9.14")
    assert "The Code’s PDF isn’t on this computer" in html
    assert library.passages[PassageId("cop:9.14")].url in html
    assert "<img" not in html


def test_another_document_under_the_name_of_the_code_is_not_shown(tmp_path: Path) -> None:
    source = load_sources()["cop"]
    (tmp_path / source.mirror[0]).write_bytes(b"%PDF-1.4 another edition\n%%EOF\n")
    assert find_pdf(source, Settings(home=tmp_path / "home", sources=tmp_path)) is None


def test_a_text_is_found_across_line_breaks_and_marks_of_footnotes() -> None:
    letters = "introductionthecouncilmustlookattheevidenceandwritebacktotheparent"
    [found] = find_stretches(letters, "The council must look at the evidence12 and write back to the parent")
    assert letters[slice(*found)] == letters.removeprefix("introduction")


def test_a_text_that_runs_over_the_page_is_found_in_part() -> None:
    text = "The council must look at the evidence and then write back to the parent with its reasons"
    letters = "".join(char for char in text.lower() if char.isalpha())
    first, second = letters[:40], letters[40:]
    assert list(find_stretches("someotherparagraph" + first, text)) == [(18, 58)]
    assert list(find_stretches(second + "thenextparagraph", text)) == [(0, len(second))]


def test_a_passage_can_be_kept_for_a_meeting_and_opened_in_browse(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    here.open_source()
    here.page.click(".atc-source [data-keep]")
    here.page.wait_for_function("(localStorage.getItem('ask-the-code-pack') || '').includes('cop:9.14')")
    here.page.click(".atc-source [data-browse]")
    expect(here.page.locator("#view-browse")).to_be_visible()
    expect(here.page.locator("#atc-b-shown")).to_contain_text("9.14")


def test_an_answer_can_be_kept_for_a_meeting(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    here.page.click("[data-pin]")
    here.page.wait_for_function("(localStorage.getItem('ask-the-code-pack') || '').includes('para 9.14')")
    here.show("pack")
    expect(here.page.locator("#atc-m-items")).to_contain_text("para 9.14")
