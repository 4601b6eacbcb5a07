"""Deadlines as a calendar file (.ics, RFC 5545) that telephones and office calendars read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from assistant.deadlines import Deadline, caution

_PRODUCT = "-//Ask the Code//SEND deadlines//EN"


def to_ics(deadlines: Sequence[Deadline], now: datetime) -> str:
    """The deadlines as one calendar: an event of a whole day for each, with its provision and exceptions.

    `now` is the time of writing; one without a time zone is taken as local time. The same deadline
    always has the same UID, so that a calendar which reads the file again replaces it.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for deadline in deadlines:
        calendar.add_component(_event(deadline, now))
    written: bytes = calendar.to_ical()
    return written.decode("utf-8")


def _event(deadline: Deadline, now: datetime) -> CalendarEvent:
    event = CalendarEvent()
    event.add("uid", f"{uuid5(NAMESPACE_URL, _identity(deadline))}@ask-the-code")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", deadline.by)
    event.add("dtend", deadline.by + timedelta(days=1))
    event.add("summary", f"{deadline.who} {deadline.force} {deadline.what}")
    event.add("description", _description(deadline))
    event.add("url", deadline.url)
    event.add("transp", "TRANSPARENT")
    return event


def _identity(deadline: Deadline) -> str:
    """What makes it this deadline and no other: the wording of our sentences doesn't."""
    return "|".join((deadline.event, deadline.ref, deadline.counted, deadline.by.isoformat()))


def _description(deadline: Deadline) -> str:
    exceptions = [f"- {exception.text} ({exception.label})" for exception in deadline.exceptions]
    return "\n".join([f"{deadline.counted}.", deadline.label, deadline.url, *exceptions, "", caution()])
