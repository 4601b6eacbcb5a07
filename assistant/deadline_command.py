"""`python -m assistant deadlines`: the time limits that follow from an event and its date."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from assistant.deadlines import (
    Deadline,
    DeadlineError,
    Event,
    LimitException,
    caution,
    cite,
    deadlines,
    events,
    find_event,
    nearest_events,
    parse_date,
)
from assistant.visible import clean
from corpus.deadline_rules import load_deadline_rules

_WIDTH = 100
_SHOWN = 100
"""Characters of what was typed that a message repeats."""


def add_deadlines(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand to the command line."""
    parser = commands.add_parser(
        "deadlines", help="the dates by which something must be done, from an event and its date"
    )
    parser.add_argument("event", nargs="?", help='what happened: "request for assessment", or the id of an event')
    parser.add_argument("date", nargs="*", help="the day it happened: 2026-03-03, or 3 March 2026")
    parser.add_argument("--list", action="store_true", help="all events")
    parser.add_argument("--json", action="store_true", help="the deadlines as JSON")
    parser.add_argument("--ics", metavar="FILE", type=Path, help="write them to a calendar file as well")


def run_deadlines(options: argparse.Namespace) -> int:
    """Print what `options` ask for; returns the exit status. Raises DeadlineError with what to do."""
    if options.list:
        print(json.dumps(_listing(), ensure_ascii=False, indent=1) if options.json else _list_of_events())
        return 0
    today = date.today()
    event = _named_event(options.event)
    on = _named_date(" ".join(options.date), event, today)
    found = deadlines(event.id, on, today)
    print(_as_json(event, on, found) if options.json else _as_text(event, on, found, today))
    if options.ics:
        _write_calendar(options.ics, found)
    return 0


def _named_event(text: str | None) -> Event:
    if text is None:
        raise DeadlineError(_say("which_event"))
    event = find_event(text)
    if event is None:
        near = "\n".join(f"  {other.id:<28}{other.name}" for other in nearest_events(text))
        unknown = _say("unknown_event", event=_clip(text))
        raise DeadlineError("\n".join([unknown, _say("nearest"), near, _say("how_to_list")]))
    return event


def _named_date(text: str, event: Event, today: date) -> date:
    if not text:
        raise DeadlineError(_say("which_date", name=event.name, date_label=event.date_label))
    on = parse_date(text, today, ahead=event.ahead)
    if on is None:
        raise DeadlineError(_say("bad_date", text=_clip(text)))
    return on


def _clip(text: str) -> str:
    """What was typed, as it may be shown in a message."""
    shown = clean(text[:_SHOWN])
    return shown if len(text) <= _SHOWN else f"{shown}…"


def _write_calendar(path: Path, found: Sequence[Deadline]) -> None:
    from assistant.calendar_file import to_ics

    try:
        path.write_text(to_ics(found, datetime.now(UTC)), encoding="utf-8", newline="")
    except (OSError, ValueError) as error:  # a name with a null character, too
        reason = getattr(error, "strerror", None) or error
        raise DeadlineError(_say("cannot_write", path=clean(str(path)), reason=reason)) from error
    print(_say("written", path=path, count=len(found)), file=sys.stderr)


def _as_json(event: Event, on: date, found: Sequence[Deadline]) -> str:
    row = {
        "event": event.id,
        "name": event.name,
        "on": on,
        "deadlines": [asdict(deadline) for deadline in found],
        "notes": [asdict(note) for note in event.notes],
        "caution": caution(),
    }
    return json.dumps(row, ensure_ascii=False, indent=1, default=date.isoformat)


def _listing() -> list[dict[str, str]]:
    return [
        {"id": event.id, "group": event.group, "name": event.name, "date_label": event.date_label} for event in events()
    ]


def _list_of_events() -> str:
    blocks = [
        "\n".join([group, *(f"  {event.id:<28}{event.name}" for event in members)])
        for group, members in groupby(events(), key=lambda event: event.group)
    ]
    return "\n\n".join(blocks)


def _as_text(event: Event, on: date, found: Sequence[Deadline], today: date) -> str:
    blocks = [f"{event.name}: {spoken(on)}"]
    blocks += ["\n".join(_block(deadline, today)) for deadline in found]
    if event.notes:
        blocks.append("\n".join([_say("also"), *_exceptions(event.notes)]))
    blocks.append(textwrap.fill(caution(), _WIDTH))
    return "\n\n".join(blocks)


def _block(deadline: Deadline, today: date) -> Iterator[str]:
    yield f"{spoken(deadline.by)}  ({_standing(deadline.by, today)})"
    yield _wrapped(f"{deadline.who} {deadline.force.upper()} {deadline.what}.")
    yield _wrapped(_say("counted", counted=deadline.counted))
    yield _wrapped(_say("source", label=deadline.label) + f"  {deadline.url}")
    if deadline.exceptions:
        yield _wrapped(_say("exceptions"))
        yield from _exceptions(deadline.exceptions)


def _exceptions(rows: Sequence[LimitException]) -> Iterator[str]:
    for row in rows:
        yield textwrap.fill(
            f"{row.text} [{cite(row.ref)}]", _WIDTH, initial_indent="    - ", subsequent_indent="      "
        )


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _standing(by: date, today: date) -> str:
    """Whether the day is past, or how many days are left."""
    left = (by - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if left in near:
        return _say(near[left])
    return _say("days_left", days=left) if left > 0 else _say("past", days=-left)


def spoken(day: date) -> str:
    """A day as people read it: "Tuesday 3 March 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _say(key: str, **values: object) -> str:
    return load_deadline_rules().say(key, **values)
