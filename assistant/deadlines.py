"""Deadlines: from an event and its date to each statutory time limit that follows.

How it counts. Weeks and days run from the day itself: a week after a Tuesday is a Tuesday. Months and years run
to the day of the same number, or to the last day of a month that has no such day: a month after 31 January is
28 February, or 29 in a leap year. "Within 6 weeks of" a day doesn't count that day; "15 days, beginning with"
a day counts it as the first, and "12 months, beginning with" 1 March end on the last of February. "15 days" are
calendar days. Working days are Monday to Friday; bank holidays are not left out, since no source here says what
a working day is, and the words beside such a date say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.relativedelta import relativedelta

from assistant.event_words import nearest_events as _nearest_events
from assistant.event_words import plain, spot_event, starts_another_clause
from assistant.spoken_dates import SpokenDate, find_dates, parse_date
from corpus.catalogue import bare_passage
from corpus.check import base_id
from corpus.deadline_rules import Count, EventRule, Limit, Qualification, Run, Unit, load_deadline_rules
from corpus.passage import Force

__all__ = [
    "Deadline",
    "DeadlineError",
    "Event",
    "LimitException",
    "caution",
    "cite",
    "deadlines",
    "events",
    "find_event",
    "match_event",
    "nearest_events",
    "parse_date",
    "spot",
]

EARLIEST = date(2014, 9, 1)
"""Part 3 of the Children and Families Act 2014 began to apply on this day."""
_YEARS_AHEAD = 5
_WORKING_WEEK = 5
_LETTER = re.compile(
    r",?\s+(?:(?:the|its|their)\s+)?(?:letter|e-?mail|notice|decision)\s+(?:(?:is|was)\s+)?(?:dated|of|from)\s+$"
)
"""What may stand between an event and its date: "they refused to assess, letter dated"."""
_UP_TO = re.compile(r"\bby\s+$")
"""Before a date, it makes that the end of something, not the day on which it happened."""


class DeadlineError(ValueError):
    """An event or a date that no limit can be worked out from; the message says what to do."""


@dataclass(frozen=True, slots=True)
class LimitException:
    """What lifts, moves or explains a limit, and the provision that says so."""

    text: str
    ref: str

    @property
    def label(self) -> str:
        """How to cite the provision."""
        return cite(self.ref)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit that follows from the law: who must do what by which day."""

    event: str
    """The id of the event it follows from."""
    what: str
    who: str
    force: Force
    by: date
    """The last day; for what must come at least some time before an event, the last day on which it still does."""
    counted: str
    """"6 weeks from the day the council received the request"."""
    ref: str
    """The provision, such as `sendregs2014:r5(1)`."""
    label: str
    """How to cite it."""
    url: str
    exceptions: tuple[LimitException, ...]
    past: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on a day, from which time limits follow."""

    id: str
    name: str
    date_label: str
    """Which date is asked for, in words."""
    group: str
    """The heading under which it is listed."""
    ahead: bool
    """Whether its date mostly lies ahead, as that of a planned meeting does."""
    limits: tuple[Limit, ...]
    notes: tuple[LimitException, ...]
    """What else follows from it that has no date to compute."""


@cache
def events() -> tuple[Event, ...]:
    """All events, in the order in which they are listed."""
    return tuple(_event(rule) for rule in load_deadline_rules().events)


def deadlines(event_id: str, on: date, today: date) -> tuple[Deadline, ...]:
    """The limits that follow from the event `event_id` on the day `on`, in order of date.

    `today` decides which are past. Raises DeadlineError, whose sentence says what to do, for an unknown
    event, and for a date before 1 September 2014 or more than five years after `today`.
    """
    rules = load_deadline_rules()
    event = rules.by_id.get(event_id)
    if event is None:
        raise DeadlineError(f"{rules.say('unknown_event', event=event_id)} {rules.say('how_to_list')}")
    if on < EARLIEST:
        raise DeadlineError(rules.say("too_early", date=on.isoformat()))
    if on > today + relativedelta(years=_YEARS_AHEAD):
        raise DeadlineError(rules.say("too_late", date=on.isoformat(), years=_YEARS_AHEAD))
    found = [_deadline(event, limit, on, today) for limit in event.limits]
    return tuple(sorted(found, key=lambda deadline: deadline.by))


def caution() -> str:
    """The fixed words that belong beside every computed date."""
    return load_deadline_rules().caution.strip()


def cite(ref: str) -> str:
    """How to cite `ref`: `sendregs2014:r5(1)` is "SEND Regulations 2014, regulation 5(1)"."""
    base = base_id(ref)
    return bare_passage(base).label + ref[len(base) :]


def match_event(text: str) -> Event | None:
    """The one event that `text` speaks of: "they said no to assessing"; None rather than a guess between two."""
    spotted = spot_event(plain(text))
    return _by_id(spotted.event.id) if spotted else None


def find_event(text: str) -> Event | None:
    """The event that has `text` for its id or its name, or else the one that `text` speaks of."""
    asked = text.strip().lower()
    named = (event for event in events() if asked in {event.id, event.name.lower()})
    return next(named, None) or match_event(text)


def nearest_events(text: str, limit: int = 5) -> tuple[Event, ...]:
    """The events most like `text`, most like first: what to offer where `find_event` finds none."""
    return tuple(_by_id(rule.id) for rule in _nearest_events(text, limit))


def spot(question: str, today: date) -> tuple[Event, date] | None:
    """The event and its date that a question tells of, as "I asked for an assessment on 3 March and heard nothing".

    None unless it tells of one event and one date that clearly belongs to it: the date follows the event in
    the same clause, or opens the sentence. A date that is out of range counts as none.
    """
    text = plain(question)
    event = spot_event(text)
    if event is None:
        return None
    dates = find_dates(text, today, ahead=event.event.ahead)
    if len(dates) != 1 or not _belongs(text, dates[0], event.start, event.end):
        return None
    if not EARLIEST <= dates[0].date <= today + relativedelta(years=_YEARS_AHEAD):
        return None
    return _by_id(event.event.id), dates[0].date


def _belongs(text: str, spoken: SpokenDate, start: int, end: int) -> bool:
    """Whether the date is that of the event which stands at `start` to `end` of the same text."""
    if spoken.start >= end:
        between = _LETTER.sub("", text[end : spoken.start])
        if _UP_TO.search(between) or any(mark in between for mark in ".!?;:,"):
            return False
        return not starts_another_clause(between)
    opening, between = text[: spoken.start], text[spoken.end : start]
    sentence = max(opening.rfind(mark) for mark in ".!?;") + 1
    opens = opening[sentence:].split() in ([], ["on"])
    return opens and not any(mark in between for mark in ".!?;") and not starts_another_clause(between)


def _by_id(event_id: str) -> Event:
    return next(event for event in events() if event.id == event_id)


def _event(rule: EventRule) -> Event:
    return Event(rule.id, rule.name, rule.date_label, rule.group, rule.ahead, rule.limits, _exceptions(rule.notes))


def _exceptions(rows: Sequence[Qualification]) -> tuple[LimitException, ...]:
    return tuple(LimitException(row.text.strip(), row.ref) for row in rows)


def _deadline(event: EventRule, limit: Limit, on: date, today: date) -> Deadline:
    by = on
    for run in limit.runs:
        by = _end(run, by)
    return Deadline(
        event=event.id,
        what=limit.what,
        who=limit.who,
        force=limit.force,
        by=by,
        counted=_counted(limit.runs),
        ref=limit.ref,
        label=cite(limit.ref),
        url=bare_passage(base_id(limit.ref)).url,
        exceptions=_exceptions(limit.exceptions),
        past=by < today,
    )


def _end(run: Run, day: date) -> date:
    """The last day of `run` when it is counted from `day`."""
    if run.count is Count.SAME_DAY:
        return day
    if run.day is not None:
        return run.day.in_year(day.year)
    assert run.period is not None  # noqa: S101  # the loader lets no other run through
    number = -run.period.number if run.count is Count.BEFORE else run.period.number
    if run.count is not Count.BEGINNING:
        return _add(day, number, run.period.unit)
    if run.period.unit is Unit.WORKING_DAY:
        return _add_working_days(day - timedelta(days=1), number)
    end = _add(day, number, run.period.unit)
    in_months = run.period.unit in {Unit.MONTH, Unit.YEAR}
    return end if in_months and end.day != day.day else end - timedelta(days=1)


def _add(day: date, number: int, unit: Unit) -> date:
    """`number` units after `day`; before it where `number` is negative."""
    if unit is Unit.WORKING_DAY:
        return _add_working_days(day, number)
    if unit in {Unit.MONTH, Unit.YEAR}:
        end: date = day + relativedelta(months=number if unit is Unit.MONTH else 12 * number)
        return end
    return day + timedelta(days=number if unit is Unit.DAY else 7 * number)


def _add_working_days(day: date, number: int) -> date:
    step = timedelta(days=1 if number > 0 else -1)
    left = abs(number)
    while left:
        day += step
        left -= day.weekday() < _WORKING_WEEK
    return day


def _counted(runs: Sequence[Run]) -> str:
    """How the limit is counted, in words."""
    rules = load_deadline_rules()
    parts = [_counted_once(run) for run in runs]
    return parts[0] if len(parts) == 1 else rules.say("chain", first=parts[0], rest=", then ".join(parts[1:]))


def _counted_once(run: Run) -> str:
    rules = load_deadline_rules()
    counted = rules.say(run.count, period=run.period, day=run.day, start=run.start)
    if run.period is None or run.period.unit is not Unit.WORKING_DAY:
        return counted
    way = "before" if run.count is Count.BEFORE else "after"
    return rules.say(f"working_days_{way}", counted=counted)
