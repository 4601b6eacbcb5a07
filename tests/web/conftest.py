"""The page over the real library, served in this process, and a browser to use it with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from visiting import LONGEST_WAIT, Visit, Visitor

from assistant.library import Library
from assistant.web.page import build_page, launch_options
from corpus.settings import settings

_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def site(library: Library) -> Iterator[str]:
    """The address of the page."""
    library.warm_up()
    page = build_page(library, settings())
    options = launch_options(library, settings()) | {"server_port": None}
    _, address, _ = page.launch(**options)
    yield address
    page.close()


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

    def open_window(width: int = 1280, height: int = 900, script: str = "", **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONGEST_WAIT)
        seen = Visit(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(site)
        page.wait_for_selector("html.atc-ready #atc-question")
        page.wait_for_selector("p.loading", state="hidden")
        return seen

    yield open_window
    for context in contexts:
        context.close()
