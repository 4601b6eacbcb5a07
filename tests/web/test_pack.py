"""The meeting pack on the page: it survives a reload, keeps its order and notes, and leaves no trace on the server."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import docx
import pypdf
import pytest
from playwright.sync_api import Page, expect
from visiting import Visit, Visitor

from assistant.library import Library
from assistant.meeting_pack import Pack, PackError, pin_passage, write_pack
from assistant.web.pack import FORMATS, export, items_html
from corpus.settings import settings

MARK = "Zuckerwattenmaschine"  # a word that stands nowhere else


def _stored(page: Page) -> dict[str, object]:
    return json.loads(page.evaluate("localStorage.getItem('ask-the-code-pack')"))


def _keep(here: Visit, number: str, name: str) -> None:
    """Find a passage under Browse and keep it."""
    here.show("browse")
    here.page.fill("#atc-b-query", number)
    here.page.locator(f"#atc-b-shown [data-do=pin][data-id='{name}']").click()
    here.page.wait_for_function("name => (localStorage.getItem('ask-the-code-pack') || '').includes(name)", arg=name)


def _two_kept(visit: Visitor, width: int = 1280) -> Visit:
    here = visit(width=width)
    _keep(here, "9.14", "cop:9.14")
    _keep(here, "s.42", "cfa2014:s42")
    here.show("pack")
    expect(here.page.locator("#atc-m-items h3")).to_have_text(
        ["SEND Code of Practice, paragraph 9.14", "Children and Families Act 2014, section 42"]
    )
    return here


def _renew(page: Page, *, sure: bool) -> None:
    """Ask for a new pack and answer the question that the page then puts, which may come after the click is over."""
    page.once("dialog", lambda dialog: dialog.accept() if sure else dialog.dismiss())
    with page.expect_event("dialog"):
        page.click("#atc-m-renew")


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_kept_survives_a_reload_with_its_notes_and_order(visit: Visitor, width: int) -> None:
    here = _two_kept(visit, width)
    page = here.page
    page.locator("#atc-m-items textarea").nth(1).fill("Ask for <b>hours</b>.\nAnd who.")
    page.get_by_role("button", name="Move up Children and Families Act 2014, section 42").click()
    notes = page.locator("#atc-m-items textarea")
    expect(notes.nth(0)).to_have_value("Ask for <b>hours</b>.\nAnd who.")
    expect(page.get_by_role("button", name="Move down SEND Code of Practice, paragraph 9.14")).to_be_disabled()
    page.get_by_label("Name of the meeting").fill("Review, 3 March")
    page.get_by_label("Name of the meeting").blur()
    page.wait_for_function("() => localStorage.getItem('ask-the-code-pack').includes('Review, 3 March')")
    here.picture(f"pack-{width}")
    page.reload()
    here.show("pack")
    expect(page.locator("#atc-m-items h3")).to_have_text(
        ["Children and Families Act 2014, section 42", "SEND Code of Practice, paragraph 9.14"]
    )
    expect(notes.nth(0)).to_have_value("Ask for <b>hours</b>.\nAnd who.")
    expect(notes.nth(1)).to_have_value("")
    expect(page.get_by_label("Name of the meeting")).to_have_value("Review, 3 March")
    assert not here.errors
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_focus_stays_with_the_item_that_is_moved_and_goes_to_the_list_when_it_is_removed(visit: Visitor) -> None:
    page = _two_kept(visit).page
    up = page.get_by_role("button", name="Move up Children and Families Act 2014, section 42")
    page.get_by_role("button", name="Move down SEND Code of Practice, paragraph 9.14").click()
    expect(page.locator("#atc-m-items h3").first).to_have_text("Children and Families Act 2014, section 42")
    expect(up).to_be_disabled()
    page.get_by_role("button", name="Remove Children and Families Act 2014, section 42").click()
    expect(page.locator("#atc-m-items h3")).to_have_text(["SEND Code of Practice, paragraph 9.14"])
    expect(page.locator("#atc-m-items h2")).to_be_focused()


def test_another_window_of_the_browser_sees_the_same_pack(visit: Visitor) -> None:
    here = _two_kept(visit)
    address = here.page.url
    other = here.page.context.new_page()
    other.goto(address)
    other.click(".atc-nav [data-view=pack]")
    expect(other.locator("#atc-m-items h3")).to_have_count(2)
    _keep(here, "9.16", "cop:9.16")
    expect(other.locator("#atc-m-items h3")).to_have_count(3)


def test_a_new_pack_is_begun_only_after_the_person_said_so(visit: Visitor) -> None:
    page = _two_kept(visit).page
    _renew(page, sure=False)
    expect(page.locator("#atc-m-items h3")).to_have_count(2)
    _renew(page, sure=True)
    expect(page.locator("#atc-m-items h3")).to_have_count(0)
    assert _stored(page)["items"] == []


def test_a_pack_that_was_tampered_with_gives_a_sentence_and_a_way_on(visit: Visitor) -> None:
    script = "localStorage.getItem('ask-the-code-pack') || localStorage.setItem('ask-the-code-pack', '<img src=x>')"
    here = visit(script=script)
    here.show("pack")
    expect(here.page.locator("#atc-m-items [role=alert]")).to_contain_text("Start a new pack")
    _renew(here.page, sure=True)
    expect(here.page.locator("#atc-m-items")).to_contain_text("Nothing yet.")
    assert not here.errors


def _read(ending: str, content: bytes) -> str:
    if ending == "docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    if ending == "pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return content.decode()


def test_every_format_is_downloaded_with_notes_that_were_just_written_and_leaves_no_trace(
    visit: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = _two_kept(visit)
    page = here.page
    before = _files()
    page.get_by_label("Name of the meeting").fill("Review: Year 6 / July?")
    for ending, mime, _ in FORMATS.values():
        page.locator("#atc-m-items textarea").first.fill(f"{MARK} {ending}")
        with page.expect_download() as download:
            page.click(f"#atc-m-{ending}")
        assert download.value.suggested_filename.startswith("meeting-pack-review-year-6-july-")
        assert download.value.suggested_filename.endswith(f".{ending}")
        assert f"{MARK} {ending}" in _read(ending, download.value.path().read_bytes())
        assert mime
        download.value.delete()
    assert not [path for path in _files() - before if MARK.encode() in path.read_bytes()]


def _files() -> set[Path]:
    """The files that the server might write: in its home, in gradio's folder, in the folder for temporary files.

    The browser's own profile is left out: there the pack is meant to be.
    """
    places = [settings().home, Path(tempfile.gettempdir()) / "gradio", Path(tempfile.gettempdir())]
    found = {path for place in places[:2] if place.is_dir() for path in place.rglob("*") if path.is_file()}
    return found | {path for path in places[2].iterdir() if path.is_file()}


def test_an_empty_pack_makes_no_document(library: Library) -> None:
    with pytest.raises(PackError, match="There is nothing in the pack yet"):
        export(Pack(), "Word", library)


def test_what_is_stored_is_escaped_when_it_is_shown(library: Library) -> None:
    stored = write_pack(Pack()).replace(
        '"items":[]', '"items":[{"kind":"answer","question":"<script>x</script>","short":"<i>y</i>"}]'
    )
    html = items_html(stored, library)
    assert "<script>" not in html and "<i>" not in html
    assert "&lt;script&gt;" in html


def test_each_item_has_a_labelled_note_and_named_buttons(library: Library) -> None:
    html = items_html(write_pack(pin_passage("cop:9.14", Pack())), library)
    assert '<label for="atc-m-passage-cop:9.14">' in html
    assert 'id="atc-m-passage-cop:9.14"' in html
    assert 'Remove<span class="atc-hidden"> SEND Code of Practice, paragraph 9.14</span>' in html
