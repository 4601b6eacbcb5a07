"""Whatever is typed as an event or a date: no limit before its event, no date that isn't written, and no traceback."""

from __future__ import annotations

import contextlib
import io
import random
import re
from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hostile import count, hostile_text, mutants, thorough, unseen_in
from hypothesis import given
from hypothesis import strategies as st

from assistant import deadlines
from assistant.calendar_file import to_ics
from assistant.deadline_command import run_deadlines
from assistant.deadlines import EARLIEST, DeadlineError, events, find_event, nearest_events, parse_date, spot
from assistant.spoken_dates import find_dates
from assistant.visible import clean
from corpus.deadline_rules import Count

TODAY = date(2026, 11, 25)
DATES = (
    "3 March", "3rd march 2026", "03/03/2026", "2026-03-03", "last Monday", "the 5th of May next year", "March 3rd, 26",
    "two weeks ago", "yesterday", "29 february", "1.2.24", "Sept. the 2nd", "on tuesday", "3 months ago", "31-12-1999",
)  # fmt: skip
EVENTS = tuple(event.id for event in events()) + tuple(event.name for event in events())
SAYING = (
    "they refused to assess", "I asked for an assessment", "the draft plan came", "we got the final plan",
    "no school named in the plan", "permanently excluded", "the annual review was held", "mediation certificate issued",
)  # fmt: skip
PIECED = st.lists(st.sampled_from((*DATES, "/", "-", " ", "1", "99", "may", "of")), max_size=8).map("".join)
_RELATIVE = re.compile(r"yesterday|today|tomorrow|day\b|ago\b|last|next|this|coming", re.IGNORECASE)


def _check_dates(text: str, today: date, ahead: bool) -> None:
    found = find_dates(text, today, ahead=ahead)
    end = 0
    for spoken in found:
        written = text[spoken.start : spoken.end]
        assert spoken.start >= end, "dates overlap"
        end = spoken.end
        numbers = [int(number) for number in re.findall(r"[0-9]+", written)]
        if _RELATIVE.search(written) and spoken.date.day not in numbers:
            assert abs((spoken.date - today).days) <= 999 * 31
            continue
        assert spoken.date.day in numbers, (written, spoken)
        assert all(number == 0 or number <= 31 or 1900 <= number <= 2199 or number < 100 for number in numbers), written
        assert 1900 <= spoken.date.year <= 2199 or abs(spoken.date.year - today.year) <= 8
    one = parse_date(text, today, ahead=ahead)
    assert one is None or one in {spoken.date for spoken in found}


def test_every_date_read_is_one_that_is_written() -> None:
    dice = random.Random("ahead")
    for text in mutants("dates", 14_000, DATES, longest=1000):
        _check_dates(text, TODAY, dice.random() < 0.5)


@thorough(300)
@given(st.one_of(hostile_text, PIECED), st.dates(), st.booleans())
def test_dates_are_read_on_any_day_of_any_year(text: str, today: date, ahead: bool) -> None:
    count("dates (hypothesis)")
    _check_dates(text, today, ahead)


@thorough(200)
@given(st.sampled_from(events()), st.dates(EARLIEST, TODAY + timedelta(days=1820)), st.dates(TODAY, TODAY))
def test_a_limit_never_precedes_its_event_unless_the_law_counts_back(
    event: deadlines.Event, on: date, today: date
) -> None:
    found = deadlines.deadlines(event.id, on, today)
    count("deadlines of events", max(1, len(found)))
    assert len(found) == len(event.limits)
    assert [limit.by for limit in found] == sorted(limit.by for limit in found)
    rules = {limit.ref + limit.what: limit.runs for limit in event.limits}
    for limit in found:
        runs = rules[limit.ref + limit.what]
        if all(run.count is not Count.BEFORE and run.day is None for run in runs):
            assert limit.by >= on, limit
        elif all(run.count is Count.BEFORE for run in runs):
            assert limit.by <= on, limit
        assert limit.past == (limit.by < today)
        assert abs((limit.by - on).days) <= 3 * 366
    text = to_ics(found, datetime(2026, 11, 25, tzinfo=UTC))
    assert text.count("BEGIN:VEVENT") == len(found)


@thorough(200)
@given(st.one_of(st.sampled_from(EVENTS), hostile_text), st.dates())
def test_an_event_or_a_day_that_cannot_be_counted_from_is_said(event: str, on: date) -> None:
    count("deadlines of any event and day")
    try:
        found = deadlines.deadlines(event, on, TODAY)
    except DeadlineError as error:
        assert str(error)
    else:
        assert event in EVENTS and on >= EARLIEST and found is not None


def test_events_are_found_only_where_one_is_spoken_of() -> None:
    known = {event.id for event in events()}
    dice = random.Random("spot")
    for text in mutants("events", 2_500, (*EVENTS, *SAYING), longest=400):
        found = find_event(text)
        assert found is None or found.id in known
        if dice.random() < 0.01:
            near = nearest_events(text)
            assert len({event.id for event in near}) == 5
        told = spot(clean(f"{text} on {dice.choice(DATES)}"), TODAY)
        if told:
            assert told[0].id in known and EARLIEST <= told[1] <= TODAY + timedelta(days=5 * 366)


def _command(event: str | None, words: list[str], *, json: bool, ics: Path | None) -> str | None:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            assert run_deadlines(Namespace(event=event, date=words, list=False, json=json, ics=ics)) == 0
    except DeadlineError as error:
        assert not unseen_in(str(error)), str(error)
        assert len(str(error)) < 2000
        return None
    return said.getvalue()


def test_the_command_says_what_is_wrong_with_any_event_date_or_file(tmp_path: Path) -> None:
    dice = random.Random("command")
    strange = ("", "a\x00b", "../" * 300, "x" * 300, "\ud800.ics", "no/such/folder/x.ics", "ok.ics")
    for text in mutants("deadline command", 250, (*EVENTS, *SAYING, *DATES)):
        event = dice.choice((text, dice.choice(EVENTS), None))
        day = dice.choice((text, dice.choice(DATES), ""))
        ics = tmp_path / dice.choice(strange) if dice.random() < 0.3 else None
        _command(event, day.split(" ") if day else [], json=dice.random() < 0.5, ics=ics)


@pytest.mark.parametrize("event", ["request " * 20_000, "x" * 200_000])
def test_a_huge_event_is_answered_at_once_and_briefly(event: str) -> None:
    assert _command(event, ["3", "March"], json=False, ics=None) is None
