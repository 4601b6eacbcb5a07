"""Which official sources are loaded, and as at which date."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.library import Library
from assistant.web.markup import day
from corpus.sources import load_sources


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
