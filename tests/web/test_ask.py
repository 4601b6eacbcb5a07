"""Asking: from the question box to the answer, and what can be done with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from gradio_client import Client
from playwright.sync_api import expect
from visiting import QUESTION, Visitor

from assistant.answer import Answer
from assistant.library import Library
from assistant.phrases import phrase
from assistant.pipeline import answer
from assistant.turn import Turn
from assistant.web import ask_view
from assistant.web.answer_view import Exchange, plain_text, render_conversation
from assistant.web.markup import day

_EXAMPLES_FILE = Path(ask_view.__file__).with_name("examples.yaml")
_EXAMPLES = [text for group in yaml.safe_load(_EXAMPLES_FILE.read_text(encoding="utf-8")).values() for text in group]
_CLIPBOARD = (
    "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text; }}});"
)
_SPEECH = """
window.spoken = [];
const voice = (lang, localService) => ({lang, localService, name: lang + localService});
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => [voice('en-GB', false), voice('en-US', true)],
  cancel() {},
  speak(line) { window.spoken.push(line); },
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def test_an_answer_leads_with_the_short_answer_then_duties_then_quotations(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    article = here.page.locator(".atc-answer")
    expect(article).to_have_attribute("data-status", "answered")
    order = article.evaluate(
        """element => [...element.querySelectorAll('.atc-short, .atc-duties, .atc-quotation, .atc-next')]
           .map(part => part.className).filter((name, place, all) => name !== all[place - 1])"""
    )
    assert order == ["atc-short", "atc-duties", "atc-quotation", "atc-next"]
    assert "6 weeks" in article.locator(".atc-short").inner_text()
    assert here.errors == []
    here.picture("ask-answer-1280")


def test_what_a_person_types_is_never_read_as_html(visit: Visitor) -> None:
    here = visit()
    here.ask('<img src=x onerror="window.hacked=1"> {{value}} ${1+1} can I appeal if they refuse to assess?')
    heading = here.page.locator(".atc-answer h2")
    expect(heading).to_contain_text('<img src=x onerror="window.hacked=1"> {{value}} ${1+1}')
    assert here.page.evaluate("window.hacked") is None
    assert here.page.locator(".atc-answer h2 img").count() == 0


def test_an_example_is_asked_when_it_is_chosen(visit: Visitor) -> None:
    here = visit()
    example = here.page.locator("#atc-examples [data-ask]").first
    words = example.inner_text()
    example.click()
    expect(here.page.locator(".atc-answer h2")).to_contain_text(words)


def test_a_follow_up_is_understood_with_what_was_asked_and_earlier_answers_close(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    here.ask("And what if they refuse?")
    earlier = here.page.locator(".atc-earlier details")
    expect(earlier).to_have_count(1)
    assert earlier.get_attribute("open") is None
    earlier.locator("summary").click()
    expect(earlier.locator(".atc-short")).to_be_visible()
    here.picture("ask-follow-up-1280")


def test_a_suggestion_is_a_button_that_asks_it(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    suggestion = here.page.locator(".atc-next button").first
    words = suggestion.inner_text()
    suggestion.click()
    expect(here.page.locator("#t2")).to_contain_text(words)


def test_start_again_forgets_the_conversation(visit: Visitor) -> None:
    here = visit()
    here.ask(QUESTION)
    here.page.click("[data-restart]")
    expect(here.page.locator(".atc-answer")).to_have_count(0)
    expect(here.page.locator("#atc-examples")).to_be_visible()
    here.ask("What if they refuse?")
    expect(here.page.locator(".atc-earlier")).to_have_count(0)


def test_a_question_without_words_keeps_the_box_and_says_what_to_do(visit: Visitor) -> None:
    here = visit(width=390, height=844)
    here.page.fill("#atc-question", "???")
    here.page.click("#atc-form [type=submit]")
    expect(here.page.locator("#atc-error")).to_contain_text("Please write a question")
    expect(here.page.locator("#atc-question")).to_have_attribute("aria-invalid", "true")
    assert here.page.input_value("#atc-question") == "???"
    assert here.focused("id") == "atc-question"
    here.picture("ask-problem-390")


def test_a_very_long_question_is_kept_in_the_box(visit: Visitor) -> None:
    here = visit()
    long = "Can the school refuse? " * 300
    here.page.fill("#atc-question", long)
    here.page.click("#atc-form [type=submit]")
    expect(here.page.locator("#atc-error")).to_contain_text("4000")
    assert here.page.input_value("#atc-question") == long


def test_urgent_help_stands_alone_and_only_999_can_be_called(visit: Visitor) -> None:
    here = visit(width=390, height=844)
    here.ask(QUESTION)
    here.ask("my daughter says she wants to kill herself because of school")
    urgent = here.page.locator(".atc-urgent")
    expect(urgent).to_be_visible()
    links = urgent.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert set(links) == {"tel:999"}
    assert here.page.locator("#atc-conversation-box button").count() == 0
    assert here.page.locator(".atc-earlier").count() == 0
    here.picture("ask-urgent-390")


def test_a_refusal_looks_different_and_calls_the_nearest_passages_nearest(visit: Visitor) -> None:
    here = visit()
    here.ask("how much DLA can i get for adhd")
    expect(here.page.locator(".atc-refusal h3")).to_have_text("These sources don’t answer that")
    expect(here.page.locator(".atc-short")).to_have_count(0)
    here.picture("ask-refusal-1280")


def test_the_nearest_passages_of_a_refusal_are_labelled(library: Library) -> None:
    found = answer(Turn("section 36"), library)
    refusal = Answer(ask_view.Status.NOT_COVERED, short="Not here.", citations=found.citations)
    html = render_conversation([Exchange("Anything?", refusal)], library)
    assert "The nearest passages, for what they are" in html
    assert html.index("Not here.") < html.index("The nearest passages")
    assert "What the Code says" not in html


def test_the_audience_is_remembered_and_chooses_the_examples(visit: Visitor) -> None:
    here = visit()
    here.page.select_option("#atc-audience", "teacher")
    here.page.reload()
    here.page.wait_for_selector("html.atc-ready")
    expect(here.page.locator("#atc-audience")).to_have_value("teacher")
    expect(here.page.locator("#atc-examples section:visible")).to_have_count(1)
    expect(here.page.locator("#atc-examples section:visible h3")).to_have_text("For schools")


def test_copy_puts_plain_text_with_its_sources_on_the_clipboard(visit: Visitor) -> None:
    here = visit(script=_CLIPBOARD)
    here.ask("What does section 42 of the Children and Families Act say?")
    here.page.click("[data-copy]")
    here.page.wait_for_function("window.copied")
    copied = here.page.evaluate("window.copied")
    assert "Children and Families Act 2014, section 42" in copied
    assert "https://www.legislation.gov.uk/ukpga/2014/6/section/42" in copied
    assert "**" not in copied and "<" not in copied


def test_reading_aloud_uses_a_voice_of_the_device_only(visit: Visitor) -> None:
    here = visit(script=_SPEECH)
    here.ask(QUESTION)
    here.page.click("[data-read]")
    voices = here.page.evaluate("window.spoken.map(line => line.voice.localService)")
    spoken = here.page.evaluate("window.spoken.map(line => line.text).join(' ')")
    assert voices and all(voices)
    assert "6 weeks" in spoken
    assert "See it in its place" not in spoken
    expect(here.page.locator("[data-read]")).to_have_attribute("aria-pressed", "true")


def test_stop_leaves_the_question_in_the_box(visit: Visitor, monkeypatch) -> None:
    monkeypatch.setattr(ask_view, "answer_versions", _slow)
    here = visit()
    here.page.fill("#atc-question", QUESTION)
    here.page.click("#atc-form [type=submit]")
    expect(here.page.locator(".atc-partial")).to_be_visible()
    expect(here.page.locator("#atc-status")).to_have_text("Looking in the Code and the law.")
    here.picture("ask-working-1280")
    here.page.click("[data-stop]")
    expect(here.page.locator(".atc-partial")).to_have_count(0)
    expect(here.page.locator("#atc-status")).to_contain_text("Stopped")
    assert here.page.input_value("#atc-question") == QUESTION
    expect(here.page.locator("#atc-form [type=submit]")).to_be_enabled()


def test_an_error_gives_words_and_keeps_the_question(visit: Visitor, monkeypatch) -> None:
    def broken(turn: Turn, library: Library) -> Iterator[Answer]:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(ask_view, "answer_versions", broken)
    here = visit()
    here.page.fill("#atc-question", QUESTION)
    here.page.click("#atc-form [type=submit]")
    expect(here.page.locator("#atc-error")).to_contain_text("Something went wrong")
    assert "secret" not in here.page.content()
    assert here.page.input_value("#atc-question") == QUESTION


def test_a_slow_answer_shows_what_was_found_then_grows_then_stands(library: Library, monkeypatch) -> None:
    monkeypatch.setattr(ask_view, "SLOW", 0.05)

    def growing(turn: Turn, library: Library) -> Iterator[Answer]:
        found = answer(turn, library)
        time.sleep(0.3)
        yield found
        time.sleep(0.3)
        yield found

    shown = list(ask_view.respond(library, (), QUESTION, None, growing))
    assert "Found so far" in shown[0][0]
    assert 'data-status="working"' in shown[1][0] and "6 weeks" in shown[1][0]
    assert 'data-status="answered"' in shown[-1][0]
    assert [len(exchanges) for *_, exchanges in shown] == [0] * (len(shown) - 1) + [1]


def test_connection_lost_has_words_and_goes_away_when_it_is_back(visit: Visitor) -> None:
    here = visit()
    here.page.context.set_offline(True)
    here.page.fill("#atc-question", QUESTION)
    here.page.click("#atc-form [type=submit]")
    expect(here.page.locator("#atc-lost")).to_be_visible()
    assert here.page.input_value("#atc-question") == QUESTION
    here.picture("lost-1280")
    here.page.context.set_offline(False)
    expect(here.page.locator("#atc-lost")).to_be_hidden(timeout=20_000)


def test_plain_text_has_every_quotation_whole(library: Library) -> None:
    found = answer(Turn("section 36"), library)
    text = plain_text(Exchange("section 36", found))
    for citation in found.citations:
        assert citation.quote in text
        assert citation.url in text


def test_programs_get_the_whole_answer(site: str) -> None:
    client = Client(site, verbose=False)
    found = client.predict(
        "What does section 42 say?", "advocate", ["Who must arrange what is in a plan?"], api_name="/ask"
    )
    assert found["status"] == "answered"
    assert found["citations"][0]["id"].startswith("cfa2014:s42")
    assert {"short", "duties", "deadlines", "notes", "suggestions", "retrieved"} <= found.keys()


def test_programs_are_told_which_audiences_there_are(site: str) -> None:
    client = Client(site, verbose=False)
    found = client.predict("What does section 42 say?", "judge", [], api_name="/ask")["error"]
    assert found["code"] == "unknown_audience"
    assert "parent" in found["message"]


def _slow(turn: Turn, library: Library) -> Iterator[Answer]:
    found = answer(turn, library)
    time.sleep(8)
    yield found


@pytest.mark.parametrize("question", _EXAMPLES)
def test_every_example_gets_an_answer_that_quotes_a_source(question: str, library: Library) -> None:
    found = answer(Turn(question), library)
    assert found.status == "answered"
    assert any(citation.quote for citation in found.citations)


def test_copied_text_says_the_next_step_and_the_dates_with_their_caution(library: Library) -> None:
    found = answer(Turn("The council refused to assess on 3 March 2026. How long do I have to appeal?"), library)
    assert found.deadlines
    text = plain_text(Exchange("When?", found))
    for row in found.deadlines:
        assert f"{day(row.by)}" in text and row.what in text
    assert phrase("deadline_caution") in text
    if found.next_step:
        assert found.next_step.text in text


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_question_leaves_room_for_its_answer(visit: Visitor, width: int) -> None:
    here = visit(width)
    here.page.fill(
        "#atc-question",
        "he cried again after school and I don't know what to do, " * 6
        + "how long does the council have to decide on an assessment?",
    )
    here.page.click("#atc-form [type=submit]")
    expect(here.page.locator(".atc-short")).to_be_visible()
    heading = here.page.locator(".atc-answer h2 .atc-long")
    size = heading.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size <= 18
    here.picture(f"ask-long-question-{width}")
