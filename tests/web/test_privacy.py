"""Privacy: what the privacy page promises is what the app does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, expect
from visiting import VIEWS, Visitor

from assistant.web.page import launch_options
from corpus.settings import Settings, settings

_ROOT = Path(__file__).parents[2]
_MARKED = "Can zyxomancy school zyxomancy refuse my son a place because of autism?"


def test_nothing_is_asked_of_any_other_place(visit: Visitor, site: str) -> None:
    here = visit()
    for view in VIEWS:
        here.show(view)
    here.show("ask")
    here.ask("para 9.14")
    here.open_source()
    here.page.wait_for_timeout(1500)
    foreign = [address for address in here.requests if not _is_own(address, site)]
    assert len(here.requests) > 20
    assert foreign == []


def _is_own(address: str, site: str) -> bool:
    return address.startswith(("data:", "blob:")) or urlparse(address).netloc == urlparse(site).netloc


def test_there_are_no_cookies_and_only_named_choices_are_stored(visit: Visitor) -> None:
    here = visit()
    here.page.select_option("#atc-audience", "parent")
    here.ask(_MARKED)
    assert here.page.context.cookies() == []
    kept = here.page.evaluate("Object.entries(localStorage).concat(Object.entries(sessionStorage))")
    assert {name for name, _ in kept} <= {"ask-the-code", "ask-the-code-pack"}
    assert "zyxomancy" not in str(kept)


def test_a_question_is_in_no_address(visit: Visitor) -> None:
    here = visit()
    here.ask(_MARKED)
    assert [address for address in here.requests if "zyxomancy" in address] == []


def test_links_to_official_pages_do_not_say_where_one_came_from(visit: Visitor) -> None:
    here = visit()
    here.ask("para 9.14")
    expect(here.page.locator("meta[name=referrer]")).to_have_attribute("content", "no-referrer")
    unsafe = here.page.locator("a[target=_blank]:not([rel~=noopener])")
    expect(unsafe).to_have_count(0)


def test_the_privacy_page_names_all_that_is_stored(visit: Visitor) -> None:
    here = visit()
    here.show("privacy")
    text = here.page.locator("#view-privacy").inner_text()
    assert "ask-the-code" in text and "ask-the-code-pack" in text
    assert "There are no cookies" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Nothing you write leaves this computer."),
        ({"host": "0.0.0.0"}, "What you write goes to the computer that runs this app."),
        (
            {"llm": "openai-like", "llm_model": "m", "llm_url": "https://models.example/v1"},
            "sent to a language model on another computer",
        ),
    ],
)
def test_the_notice_says_truly_where_a_question_goes(library, changed: dict[str, str], said: str) -> None:
    head = launch_options(library, Settings(**changed))["head"]
    assert said in head
    assert (said == "Nothing you write leaves this computer.") == ("Nothing you write leaves this computer." in head)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The app as people start it: its address and its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log.txt"
    environment = os.environ | {
        "ASK_THE_CODE_PORT": str(port),
        "TMPDIR": str(tmp_path),
        "GRADIO_TEMP_DIR": str(tmp_path),
    }
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=_ROOT, env=environment, stdout=out, stderr=out)
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}", log
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert process.poll() is None, "the app has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise AssertionError("the app does not answer")


def test_a_question_is_in_no_log_and_no_file(app: tuple[str, Path], browser: Browser, tmp_path: Path) -> None:
    address, log = app
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("html.atc-ready #atc-question", timeout=60_000)
    page.fill("#atc-question", _MARKED)
    page.click("#atc-form [type=submit]")
    page.wait_for_selector(".atc-answer", timeout=60_000)
    page.close()
    assert "Ask the Code is at" in log.read_text()
    for folder in (tmp_path, settings().home):
        named = [path for path in folder.rglob("*") if path.is_file() and b"zyxomancy" in path.read_bytes()]
        assert named == []


def test_without_an_index_the_app_says_what_to_do_and_ends(tmp_path: Path) -> None:
    environment = os.environ | {"ASK_THE_CODE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "app.py"], cwd=_ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "python -m ingest" in done.stderr
    assert "Traceback" not in done.stderr


def test_where_sources_are_missing_the_header_says_so(library, monkeypatch) -> None:
    from dataclasses import replace

    states = [
        replace(state, origin="missing", as_at="") if state.id == "cop" else state for state in library.stamp.sources
    ]
    monkeypatch.setattr(library, "stamp", replace(library.stamp, sources=tuple(states)))
    head = launch_options(library, settings())["head"]
    assert f"{len(states) - 1} of {len(states)} official sources loaded" in head
    assert "python -m ingest" in head
