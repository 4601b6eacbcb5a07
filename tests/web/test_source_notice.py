"""The notice that the sources are old: when it is due, what it says, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from visiting import Visitor

from assistant.library import Library
from assistant.web.sources_panel import old_sources
from corpus.settings import settings
from corpus.sources import load_sources
from ingest.check_record import record_check
from ingest.freshness import Checked, Finding

FETCHED = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def fetched_in_march(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    states = tuple(replace(state, had=FETCHED.isoformat()) for state in library.stamp.sources)
    monkeypatch.setattr(library, "stamp", replace(library.stamp, sources=states, built=FETCHED.isoformat()))
    yield library


def test_sources_are_old_from_the_end_of_the_period_on(fetched_in_march: Library, tmp_path: Path) -> None:
    config = settings().model_copy(update={"home": tmp_path})
    for days, is_due in ((0, False), (179, False), (180, True), (4000, True)):
        found = old_sources(fetched_in_march, config, FETCHED + timedelta(days=days))
        assert found is not None
        assert found.is_due is is_due
        assert found.last == "3 March 2026"
        assert datetime.fromisoformat(found.due) == FETCHED + timedelta(days=180)


def test_the_period_is_a_setting(fetched_in_march: Library, tmp_path: Path) -> None:
    config = settings().model_copy(update={"home": tmp_path, "old_after_days": 30})
    found = old_sources(fetched_in_march, config, FETCHED + timedelta(days=31))
    assert found is not None and found.is_due


def test_a_change_that_a_check_found_is_told_at_once(fetched_in_march: Library, tmp_path: Path) -> None:
    config = settings().model_copy(update={"home": tmp_path})
    source = load_sources()["cfa2014"]
    record_check(tmp_path, [Checked(source, Finding.CHANGED, "")], FETCHED + timedelta(days=1))
    found = old_sources(fetched_in_march, config, FETCHED + timedelta(days=2))
    assert found is not None and found.is_due
    assert found.changed == (source.title,)


def test_without_official_text_there_is_no_such_notice(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    states = tuple(replace(state, origin="missing") for state in library.stamp.sources)
    monkeypatch.setattr(library, "stamp", replace(library.stamp, sources=states))
    assert old_sources(library, settings(), FETCHED) is None


@pytest.mark.parametrize("width", [390, 1280])
def test_the_notice_is_shown_when_its_day_comes_though_the_app_runs_on(
    fetched_in_march: Library, serve: Callable[..., str], visit: Visitor, tmp_path: Path, width: int
) -> None:
    record_check(tmp_path, [Checked(one, Finding.UNCHANGED, "") for one in load_sources().values()])
    address = serve(home=tmp_path)
    due = datetime.now(UTC) + timedelta(days=181)
    window = visit(width, 900, address=address).page
    notice = window.locator(".atc-old")
    expect(notice).to_be_hidden()
    window.clock.set_fixed_time(due)
    window.reload()
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("The law on this page may be out of date.")
    expect(notice).to_contain_text("python -m ingest --check")
    box = notice.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    window.screenshot(path=Path(__file__).parents[2] / "artifacts" / f"old-sources-{width}.png")
