"""Access: what WCAG 2.2 AA asks for, as far as a program can see it, and the use by keyboard alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from visiting import QUESTION, VIEWS, Visit, Visitor

_WINDOWS = ((320, "light"), (390, "dark"), (1280, "light"), (1280, "dark"), (1920, "light"))
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _faults(here: Visit) -> list[str]:
    # a picture of the end state: no rule is judged in the middle of a fade
    here.page.add_style_tag(
        content="*, *::before, *::after { transition: none !important; animation: none !important }"
    )
    found = Axe().run(here.page, options=_RULES).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def _sideways(here: Visit) -> int:
    return here.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "scheme"), _WINDOWS)
def test_no_view_has_a_fault_that_axe_finds(visit: Visitor, width: int, scheme: str) -> None:
    here = visit(width=width, color_scheme=scheme)
    faults = {}
    for view in VIEWS:
        if view != "ask":
            here.show(view)
        faults[view] = _faults(here)
        assert _sideways(here) <= 0, f"{view} scrolls sideways"
        here.picture(f"{view}-{width}-{scheme}")
    assert faults == {view: [] for view in VIEWS}


@pytest.mark.parametrize(("width", "scheme"), _WINDOWS)
def test_no_state_of_asking_has_a_fault_that_axe_finds(visit: Visitor, width: int, scheme: str) -> None:
    here = visit(width=width, color_scheme=scheme)
    faults = {}
    for name, question in {
        "answer": QUESTION,
        "follow-up": "What does para 9.14 say?",
        "refusal": "how much DLA can i get for adhd",
        "urgent": "my daughter says she wants to kill herself",
    }.items():
        here.ask(question)
        faults[name] = _faults(here)
        assert _sideways(here) <= 0, f"{name} scrolls sideways"
        here.picture(f"ask-{name}-{width}-{scheme}")
        if name == "follow-up":
            here.open_source()
            faults["source"] = _faults(here)
            assert _sideways(here) <= 0, "the source scrolls sideways"
            here.picture(f"source-{width}-{scheme}")
            here.page.keyboard.press("Escape")
    assert faults == {name: [] for name in faults}


def test_the_page_has_its_landmarks_and_one_first_heading(visit: Visitor) -> None:
    here = visit()
    for role in ("banner", "navigation", "main", "contentinfo"):
        expect(here.page.get_by_role(role)).to_have_count(1)
    for view in VIEWS:
        here.show(view)
        expect(here.page.locator("h1:visible")).to_have_count(1)
        assert here.page.title().endswith("- Ask the Code")


def test_headings_of_an_answer_follow_each_other_in_order(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    here.open_source()
    levels = here.page.locator("h1:visible, h2:visible, h3:visible, h4:visible, h5:visible").evaluate_all(
        "headings => headings.map(heading => Number(heading.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_everything_can_be_done_with_the_keyboard_alone(visit: Visitor) -> None:
    here = visit()
    press = here.page.keyboard.press
    press("Tab")
    assert here.focused("textContent") == "Skip to the main content"
    press("Enter")
    assert here.focused("tagName") == "H1"
    press("Tab")
    assert here.focused("id") == "atc-question"
    here.page.keyboard.type("para 9.14")
    press("Enter")
    here.page.wait_for_function("document.activeElement.id === 't1'")
    for _ in range(30):
        press("Tab")
        if here.focused("dataset.open"):
            break
    press("Enter")
    here.page.wait_for_function("document.activeElement.id === 'atc-source-title'")
    press("Escape")
    assert here.focused("dataset.open") == "cop:9.14"


def test_the_focus_can_be_seen(visit: Visitor) -> None:
    here = visit()
    for _ in range(12):
        here.page.keyboard.press("Tab")
        style = here.page.evaluate(
            "(s => [s.outlineStyle, s.outlineWidth, s.boxShadow])(getComputedStyle(document.activeElement))"
        )
        assert style[0] == "solid" and style[1] == "3px" and style[2] != "none", here.focused("outerHTML")


def test_one_live_region_speaks_and_says_little(visit: Visitor) -> None:
    here = visit(
        script="""
        window.said = [];
        addEventListener('DOMContentLoaded', () => new MutationObserver(changes => {
          for (const change of changes) {
            const node = change.target.nodeType === 1 ? change.target : change.target.parentElement;
            const region = node?.closest('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]');
            if (region && region.textContent.trim()) window.said.push(region.textContent.trim());
          }
        }).observe(document.documentElement, {childList: true, characterData: true, subtree: true}));
        """
    )
    here.page.evaluate("window.said.length = 0")
    here.ask(QUESTION)
    said = [line for line in here.page.evaluate("window.said") if not line.startswith("Still looking")]
    assert said == ["Looking in the Code and the law.", "The answer is ready."]
    regions = here.page.locator("[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]")
    expect(regions).to_have_count(1)


def test_strength_is_told_by_words_and_shape_and_explained(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    marks = (
        here.page.locator(".atc-legend")
        .first.locator("strong")
        .evaluate_all(
            """marks => marks.map(mark => {
            const style = getComputedStyle(mark);
            return [mark.textContent, style.textDecorationStyle + style.textDecorationThickness];
            })"""
        )
    )
    assert [word for word, _ in marks] == ["must", "should", "may"]
    assert len({shape for _, shape in marks}) == 3


def test_on_a_phone_the_duties_are_cards_and_still_a_table_to_screen_readers(visit: Visitor) -> None:
    here = visit(width=390, height=844)
    here.ask(QUESTION)
    duties = here.page.locator(".atc-duties")
    assert duties.locator("tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"
    expect(duties.get_by_role("columnheader")).to_have_count(4)
    expect(duties.get_by_role("rowheader").first).to_be_visible()


def test_larger_text_and_wider_spacing_are_kept(visit: Visitor) -> None:
    here = visit()

    def size() -> float:
        return float(
            here.page.evaluate("parseFloat(getComputedStyle(document.querySelector('#atc-question')).fontSize)")
        )

    before = size()
    here.page.click(".atc-reading summary")
    here.page.click("[data-prefer=large]")
    here.page.click("[data-prefer=spaced]")
    assert size() > before * 1.2
    here.page.reload()
    here.page.wait_for_selector("html.atc-ready #atc-question")
    assert size() > before * 1.2
    assert here.page.evaluate("getComputedStyle(document.querySelector('h1')).wordSpacing") != "0px"
    here.ask(QUESTION)
    assert _faults(here) == []
    assert _sideways(here) <= 0
    here.picture("ask-large-spaced-1280")


def test_a_zoom_of_400_percent_needs_no_sideways_scrolling(visit: Visitor) -> None:
    here = visit(width=320, height=256)
    here.ask(QUESTION)
    assert _sideways(here) <= 0


def test_nothing_moves_where_less_motion_is_wanted(visit: Visitor) -> None:
    here = visit(reduced_motion="reduce")
    here.ask(QUESTION)
    moving = here.page.evaluate(
        "document.getAnimations().filter(animation => animation.playState === 'running').length"
    )
    assert moving == 0


def test_print_has_the_answer_and_its_addresses_without_the_controls(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    here.page.emulate_media(media="print")
    expect(here.page.locator(".atc-short")).to_be_visible()
    for control in (".atc-nav", "#atc-form", ".atc-tools", ".atc-next"):
        expect(here.page.locator(control).first).to_be_hidden()
    address = here.page.locator(".atc-actions a[target]").first.evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert "https://" in address or "attr(href)" in address
    here.picture("print")


def test_targets_are_large_enough_to_touch(visit: Visitor) -> None:
    here = visit(width=390, height=844)
    here.ask(QUESTION)
    small = here.page.locator("button:visible, select:visible, textarea:visible, summary:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 24).map(one => one.outerHTML.slice(0, 100))"
    )
    assert small == []


def test_a_notice_is_told_once_and_can_be_closed_with_the_keyboard(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    here.page.click("[data-pin]")
    told = here.page.locator("#atc-told")
    expect(told).to_contain_text("Kept for a meeting")
    expect(here.page.locator("#atc-status")).to_contain_text("Kept for a meeting")
    assert _faults(here) == []
    told.locator("button").focus()
    here.page.keyboard.press("Enter")
    expect(told).to_be_hidden()


def test_words_in_another_language_say_which(visit: Visitor) -> None:
    here = visit()
    here.ask("czy mogę poprosić o ocenę potrzeb EHC dla mojego syna?")
    own = here.page.locator(".atc-refusal div[lang=pl]")
    expect(own).to_contain_text("po angielsku")
    expect(here.page.locator(".atc-answer h2 [lang=pl]")).to_be_visible()
    assert _faults(here) == []
