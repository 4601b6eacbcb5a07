"""Beyond its capacity the app queues, says who is where, and then refuses."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from calling import Serve, gauge, message, post
from playwright.sync_api import expect
from visiting import QUESTION, Visitor

from assistant.library import Library
from assistant.web.api import AT_ONCE


@pytest.fixture
def held_up(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Questions wait until the event is set."""
    library.warm_up()
    go_on = threading.Event()
    embed = library.embed

    def slow(question: str) -> Any:
        assert go_on.wait(120)
        return embed(question)

    monkeypatch.setattr(library, "embed", slow)
    yield go_on
    go_on.set()


@pytest.mark.parametrize("width", [390, 1280])
def test_who_waits_sees_their_place_and_who_finds_no_place_is_told(
    serve: Serve, visit: Visitor, held_up: threading.Event, width: int
) -> None:
    address = serve(queue_size=3)
    pages = [visit(width, address=address) for _ in range(7)]
    last = visit(width, address=address)
    for number, here in enumerate(pages, 1):  # four are being answered, three wait
        here.page.fill("#atc-question", f"Can a school refuse a place, person {number}?")
        here.page.click("#atc-form [type=submit]")
        here.page.wait_for_function("document.documentElement.classList.contains('atc-asking')")
        _wait_until(address, number)
    expect(pages[5].page.locator("#atc-progress")).to_have_text("You are number 2 in the queue.")
    expect(pages[6].page.locator("#atc-progress")).to_have_text("You are number 3 in the queue.")
    expect(pages[6].page.locator("#atc-status")).to_have_text("You are number 3 in the queue.")
    expect(pages[0].page.locator("#atc-progress")).not_to_contain_text("number")
    pages[6].picture(f"server-queue-place-{width}")

    last.page.fill("#atc-question", QUESTION)
    last.page.click("#atc-form [type=submit]")
    expect(last.page.locator("#atc-told")).to_contain_text("Many people are asking just now and the queue is full")
    assert last.page.input_value("#atc-question") == QUESTION
    expect(last.page.locator("#atc-form [type=submit]")).to_be_enabled()
    last.picture(f"server-queue-full-{width}")

    held_up.set()
    for here in pages:
        answered = here.page.locator(".atc-answer")
        expect(answered).to_have_attribute("data-status", re.compile("answered|covered"))
        assert here.errors == []


def _wait_until(address: str, calls: int) -> None:
    """Wait until that many calls are being answered or wait; reading the figures gives the server time."""
    for _ in range(2000):
        if gauge(address, "queue_waiting") + gauge(address, "queue_running") >= calls:
            return
    raise AssertionError("the calls did not come")


def test_a_program_that_finds_the_queue_full_gets_the_words(serve: Serve, held_up: threading.Event) -> None:
    address = serve(queue_size=1)
    body = {"data": ["Can a school refuse a place?", None, None]}
    taken = []
    for number in range(1, AT_ONCE + 3):  # so many are being answered, one waits, one finds no place
        taken.append(post(f"{address}/gradio_api/call/ask", json=body))
        _wait_until(address, min(number, AT_ONCE + 1))
    assert [response.status_code for response in taken] == [200] * (AT_ONCE + 1) + [503]
    assert taken[-1].headers["Retry-After"] == "10"
    assert "queue is full" in message(taken[-1])
