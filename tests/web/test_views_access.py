"""Access: what axe finds in the views once a person has used them, in both colour schemes and at two widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from visiting import Visit, Visitor

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"


def _faults(here: Visit) -> list[str]:
    here.page.add_style_tag(content=_STILL)
    # gradio's own message, gone in seconds, has its close button inside another button
    found = Axe().run(here.page, context={"exclude": [[".toast-wrap"]]}, options=_RULES).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_used_view_has_a_fault_that_axe_finds(visit: Visitor, width: int, scheme: str) -> None:
    here = visit(width=width, color_scheme=scheme)
    page = here.page
    faults = {}
    here.show("browse")
    page.fill("#atc-b-query", "9.173 review")
    page.locator("#atc-b-shown [data-do=pin][data-id='cop:9.173']").click()
    faults["found"] = _faults(here)
    page.locator("#atc-b-shown [data-do=open][data-from='cop:9.173']").first.click()
    expect(page.locator("#atc-b-shown h2")).to_be_focused()
    faults["one"] = _faults(here)
    here.show("deadlines")
    page.click("#atc-d-work")
    expect(page.locator("#atc-d-error")).to_be_visible()
    faults["error"] = _faults(here)
    page.locator("#atc-d-day :is(input, textarea)").fill("12 October 2026")
    page.click("#atc-d-work")
    expect(page.locator("#atc-d-shown h2")).to_be_focused()
    page.click("#atc-d-keep")
    faults["dates"] = _faults(here)
    here.picture(f"deadlines-{width}-used-{scheme}")
    here.show("pack")
    expect(page.locator("#atc-m-items h3")).to_have_count(2)
    faults["pack"] = _faults(here)
    here.picture(f"pack-{width}-used-{scheme}")
    assert faults == {view: [] for view in faults}
