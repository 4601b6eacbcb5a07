"""The time limits of SEND law as data: `deadlines.yaml`, typed and checked when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from corpus.catalogue import load_catalogue
from corpus.check import base_id
from corpus.passage import Force

DEADLINES_FILE = Path(__file__).with_name("deadlines.yaml")

_PERIOD = re.compile(r"(?P<number>\d+) (?P<unit>working day|day|week|month|year)s?\Z")
_YEARLY = re.compile(r"(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+)\Z")
_MONTHS = "January February March April May June July August September October November December".split()


class Unit(StrEnum):
    """What a period is counted in."""

    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Count(StrEnum):
    """How a period stands to the day it is counted from."""

    AFTER = "after"
    """"within six weeks of": that day isn't counted."""
    BEGINNING = "beginning"
    """"15 days, beginning with the day": that day is the first."""
    BEFORE = "before"
    """"at least five months before": counted back from that day."""
    YEARLY = "yearly"
    """A fixed day, such as 15 February, in the calendar year of that day."""
    SAME_DAY = "same day"
    """On that day itself."""


class RuleError(ValueError):
    """The file of deadlines can't be used; the message names the entry and what is wrong with it."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Row):
    """A length of time: `6 weeks`."""

    number: int = Field(gt=0)
    unit: Unit

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


class YearDay(_Row):
    """A day of every year: `15 February`."""

    day: int
    month: int

    def in_year(self, year: int) -> date:
        """That day of `year`."""
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.day} {_MONTHS[self.month - 1]}"


def _read_period(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _PERIOD.match(value)
    if match is None:
        raise ValueError(f'{value!r} is no period; write it as "6 weeks" or "15 working days"')
    return Period(number=int(match["number"]), unit=Unit(match["unit"]))


def _read_year_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _YEARLY.match(value)
    if match is None or match["month"] not in _MONTHS:
        raise ValueError(f'{value!r} is no day of the year; write it as "15 February"')
    found = YearDay(day=int(match["day"]), month=_MONTHS.index(match["month"]) + 1)
    found.in_year(2025)  # raises for a day that a year may lack
    return found


class Run(_Row):
    """One stretch of time: how long it is, and from which day it is counted."""

    period: Annotated[Period | None, BeforeValidator(_read_period)] = None
    day: Annotated[YearDay | None, BeforeValidator(_read_year_day)] = None
    count: Count = Count.AFTER
    start: str = Field(alias="from", min_length=3)
    """The day it is counted from, in words: "the day the council received the request"."""
    ref: str = ""
    """The provision that states this stretch, where it isn't the one of the limit."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.day is not None) != (self.count is Count.YEARLY):
            raise ValueError("a fixed day goes with `count: yearly`, and nothing else does")
        if (self.period is not None) != (self.count in {Count.AFTER, Count.BEGINNING, Count.BEFORE}):
            raise ValueError(f"`count: {self.count}` and the period {self.period} don't go together")
        return self


class Qualification(_Row):
    """Something that lifts, moves or explains a limit, and the provision that says so."""

    text: str = Field(min_length=10)
    ref: str


class Limit(_Row):
    """Who must, should or may do what within which time of an event."""

    who: str
    force: Force
    what: str
    ref: str
    """The provision: `sendregs2014:r5(1)`."""
    runs: tuple[Run, ...] = Field(min_length=1)
    """One stretch, or several that follow each other."""
    exceptions: tuple[Qualification, ...] = ()


class EventRule(_Row):
    """Something that happens on a day, from which time limits follow."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    group: str
    name: str
    date_label: str
    """The date that is asked for."""
    ahead: bool = False
    """Whether that date mostly lies ahead, as that of a planned meeting does."""
    phrases: tuple[str, ...] = ()
    """Words by which people speak of it; `*` stands for any ending, `|` for a choice."""
    unless: tuple[str, ...] = ()
    """Words beside a phrase that show that something else is meant."""
    limits: tuple[Limit, ...] = Field(min_length=1)
    notes: tuple[Qualification, ...] = ()
    """What else follows from it that has no date to compute."""


class DeadlineRules(_Row):
    """The whole of `deadlines.yaml`."""

    caution: str
    """The fixed words that stand beside every computed date."""
    wording: dict[str, str]
    """The sentences of the command line and of the counting."""
    negations: tuple[str, ...]
    """Words that turn a phrase into its opposite: "they have not sent the final plan"."""
    fillers: tuple[str, ...]
    """Words that are passed over when an event is looked for in what a person wrote."""
    breaks: tuple[str, ...]
    """Words that begin another clause: what stands beyond them belongs to something else."""
    events: tuple[EventRule, ...]

    @property
    def by_id(self) -> dict[str, EventRule]:
        """The events by id, in the order of the file."""
        return {event.id: event for event in self.events}

    def say(self, key: str, **values: object) -> str:
        """The sentence `key`, with `{...}` filled in from `values`."""
        return self.wording[key].format(**values)


def named_refs(rules: DeadlineRules) -> Iterator[tuple[str, str]]:
    """Every provision that the file names, with the id of the event that names it."""
    for event in rules.events:
        for limit in event.limits:
            yield event.id, limit.ref
            yield from ((event.id, run.ref) for run in limit.runs if run.ref)
            yield from ((event.id, exception.ref) for exception in limit.exceptions)
        yield from ((event.id, note.ref) for note in event.notes)


@cache
def load_deadline_rules(path: Path = DEADLINES_FILE) -> DeadlineRules:
    """The events and their limits.

    Raises RuleError, which names the entry, where the file can't be read, names an event twice,
    or names a provision that `catalogue.tsv` doesn't have.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        rules = DeadlineRules.model_validate(_spelt_out(raw))
    except (yaml.YAMLError, ValidationError) as error:
        raise RuleError(f"{path}: {error}") from error
    ids = [event.id for event in rules.events]
    if repeated := sorted({name for name in ids if ids.count(name) > 1}):
        raise RuleError(f"{path}: these events stand in it twice: {', '.join(repeated)}")
    for event_id, ref in named_refs(rules):
        if base_id(ref) not in load_catalogue():
            raise RuleError(f"{path}: {event_id} names {ref}, which corpus/catalogue.tsv doesn't have")
    return rules


def _spelt_out(raw: dict[str, Any]) -> dict[str, Any]:
    """The file with the name of each shared exception replaced by what it stands for."""
    shared: dict[str, list[dict[str, str]]] = raw.pop("shared_exceptions", {})
    for event in raw["events"]:
        limits = []
        for limit in event.get("limits", ()):
            names = limit.get("exceptions", ())
            if unknown := [name for name in names if isinstance(name, str) and name not in shared]:
                raise RuleError(f"{event.get('id')}: no shared exception is called {', '.join(unknown)}")
            spelt = [row for name in names for row in (shared[name] if isinstance(name, str) else [name])]
            limits.append({**limit, "exceptions": spelt})
        event["limits"] = limits
    return raw
