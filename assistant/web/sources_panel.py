"""Which official sources are loaded, and as at which date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.library import Library
from assistant.web.markup import day
from corpus.settings import Settings
from corpus.sources import load_sources
from ingest.check_record import age_of


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """One official source as it stands on this machine."""

    title: str
    page: str
    """Where it is published."""
    as_at: str
    """The date of its text, in words; empty where only our summaries are here."""


def loaded_sources(library: Library) -> list[LoadedSource]:
    """The sources of the index, in the order of the list of sources."""
    known = load_sources()
    return [
        LoadedSource(known[state.id].title, known[state.id].page, "" if state.origin == "missing" else day(state.as_at))
        for state in library.stamp.sources
    ]


@dataclass(frozen=True, slots=True)
class OldSources:
    """The notice that the sources may be old: always on the page, and hidden until it is due."""

    due: str
    """The moment from which it is shown, ISO."""
    is_due: bool
    changed: tuple[str, ...]
    """Titles of the sources of which a check has found another version."""
    last: str
    """The date in words on which the oldest was last fetched or checked; empty where that isn't known."""


def old_sources(library: Library, config: Settings, now: datetime) -> OldSources | None:
    """When the sources of the index count as old; None where no official text is loaded."""
    if all(state.origin == "missing" for state in library.stamp.sources):
        return None
    age = age_of(library.stamp, config.home, now)
    due = now if age.changed or age.oldest is None else age.oldest + timedelta(days=config.old_after_days)
    return OldSources(
        due.isoformat(),
        due <= now,
        tuple(load_sources()[name].title for name in age.changed),
        day(age.oldest.date().isoformat()) if age.oldest else "",
    )


def summary_line(library: Library) -> str:
    """How many sources are loaded, and the dates of the Code and of the Act; says so where some are missing."""
    states = {state.id: state for state in library.stamp.sources}
    present = [state for state in states.values() if state.origin != "missing"]
    if not present:
        return "No official text is on this computer: answers are our summaries only"
    shorts = [
        f"{short} as at {day(states[name].as_at)}"
        for name, short in (("cop", "the Code"), ("cfa2014", "the Act"))
        if name in states and states[name].origin != "missing"
    ]
    line = "; ".join([f"{len(present)} of {len(states)} official sources loaded", *shorts])
    return line if len(present) == len(states) else f"{line}. The others are summaries only"
