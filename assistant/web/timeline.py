"""A timeline as a picture: an SVG that code draws, with everything in it said in its text alternative too."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

from assistant.deadlines import Deadline
from assistant.pack_document import spoken_date

_WIDTH, _LINE_X, _TEXT_X, _TOP = 360, 12, 34, 16
_LEADING, _SPACE, _STRETCH = 18, 14, 160  # line height, least space between two days, space shared out by time
_LETTERS = 42  # letters that fit in a line


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the timeline."""

    day: date
    lines: tuple[str, ...]
    kind: str
    """`start`, `today`, `past` or `ahead`."""


def timeline(event: str, on: date, found: Sequence[Deadline], today: date) -> Markup:
    """The picture of the limits `found` that follow from `event` on the day `on`, seen from `today`."""
    marks = _marks(event, on, found, today)
    places = _places(marks)
    height = places[-1] + _LEADING * len(marks[-1].lines) + _LEADING
    spoken = "; ".join(f"{spoken_date(mark.day)}: {' '.join(mark.lines)}" for mark in marks)
    return Markup(
        '<svg class="atc-d-line" viewBox="0 0 {w} {h}" role="img" aria-labelledby="atc-d-title atc-d-desc">'
        '<title id="atc-d-title">Timeline from {on}</title><desc id="atc-d-desc">{spoken}.</desc>'
        '<line x1="{x}" y1="{y1}" x2="{x}" y2="{y2}" class="atc-d-axis"/>{marks}</svg>'
    ).format(
        w=_WIDTH,
        h=height,
        on=spoken_date(on),
        spoken=spoken,
        x=_LINE_X,
        y1=places[0],
        y2=places[-1],
        marks=Markup().join(_drawn(mark, y) for mark, y in zip(marks, places, strict=True)),
    )


def _marks(event: str, on: date, found: Sequence[Deadline], today: date) -> list[Mark]:
    marks = [Mark(on, _wrapped(event), "start"), Mark(today, ("Today",), "today")]
    for deadline in found:
        text = f"{deadline.who} {deadline.force} {deadline.what}"
        marks.append(Mark(deadline.by, _wrapped(text), "past" if deadline.past else "ahead"))
    return sorted(marks, key=lambda mark: (mark.day, mark.kind == "today"))


def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text[:1].upper() + text[1:], _LETTERS))


def _places(marks: Sequence[Mark]) -> list[int]:
    """Where each day stands: room for its words, and more of it where more time passes."""
    span = max((marks[-1].day - marks[0].day).days, 1)
    places = [_TOP]
    for mark, following in pairwise(marks):
        words = _LEADING * (1 + len(mark.lines)) + _SPACE
        places.append(places[-1] + words + round(_STRETCH * (following.day - mark.day).days / span))
    return places


def _drawn(mark: Mark, y: int) -> Markup:
    """A dot for a day that counts (hollow where it has passed), a diamond for today; the day; what happens."""
    dot = Markup('<circle cx="{}" cy="{}" r="6" class="atc-d-dot"/>').format(_LINE_X, y)
    if mark.kind == "today":
        dot = Markup('<path d="M{0} {1}l7 7-7 7-7-7z" class="atc-d-dot"/>').format(_LINE_X, y - 7)
    when = spoken_date(mark.day) + (" (passed)" if mark.kind == "past" else "")
    lines = Markup().join(
        Markup('<tspan x="{}" dy="{}">{}</tspan>').format(_TEXT_X, _LEADING, line) for line in mark.lines
    )
    return Markup('<g class="atc-d-{}">{}<text x="{}" y="{}"><tspan class="atc-d-day">{}</tspan>{}</text></g>').format(
        mark.kind, dot, _TEXT_X, y + 5, when, lines
    )
