"""The page over the real library, served in this process, and a browser to use it with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from visiting import LONGEST_WAIT, Visit, Visitor

from assistant.library import Library
from assistant.web.buckets import Buckets
from assistant.web.server import Server, address_of, listen
from corpus.settings import settings

_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

expect.set_options(timeout=LONGEST_WAIT)


@contextmanager
def served(library: Library, **changed: Any) -> Iterator[str]:
    """The address of the page with some settings changed, served as app.py does, for as long as it is wanted."""
    config = settings().model_copy(update={"port": 0, **changed})
    ready = Event()
    with listen(config) as listening:
        server = Server(library, config, ready.set)
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        assert ready.wait(60), "the page is not served"
        yield address_of(listening)
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "the server does not end"


@pytest.fixture(scope="session")
def site(library: Library) -> Iterator[str]:
    """The address of the page."""
    library.warm_up()
    with served(library) as address:
        yield address


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No bucket of a server fills up: on a slow machine calls would else be allowed again in mid-test."""
    for user in ("guard", "login"):
        monkeypatch.setattr(f"assistant.web.{user}.Buckets", lambda most: Buckets(most, clock=lambda: 0.0))


@pytest.fixture
def serve(library: Library) -> Iterator[Callable[..., str]]:
    """Serves the page with some settings changed, until the test ends; returns its address."""
    library.warm_up()
    with ExitStack() as stack:
        yield lambda **changed: stack.enter_context(served(library, **changed))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
    yield started
    started.close()


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Visitor]:
    """Opens a new window of a given width on the page; further options are those of a browser context."""
    contexts = []

    def open_window(
        width: int = 1280, height: int = 900, script: str = "", address: str = site, **options: Any
    ) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONGEST_WAIT)
        seen = Visit(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(address)
        page.wait_for_selector("html.atc-ready #atc-question")
        page.wait_for_selector("p.loading", state="hidden")
        return seen

    yield open_window
    for context in contexts:
        context.close()
