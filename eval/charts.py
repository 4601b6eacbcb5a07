"""Line charts as SVG: text that stays text, in the colours of the page, with words for those who can't see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import count

WIDTH, HEIGHT = 420, 290
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 28, 12, 48
_numbers = count(1)  # ids must differ within one page


def percent(value: float) -> str:
    """0.25 as "25%"."""
    return f"{100 * value:.0f}%"


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or points alone."""

    points: Sequence[tuple[float, float]]
    style: str = "ours"
    """The class by which the page colours it."""
    line: bool = True
    dots: bool = False
    ranges: Sequence[tuple[float, float]] = ()
    """For each point, the interval in which it lies."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its words, its ends, and where it is marked."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    words: Callable[[float], str] = percent


@dataclass(frozen=True, slots=True)
class Label:
    """Words inside the chart, beside a point."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    style: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and what it shows, in words."""

    title: str
    description: str
    x: Axis
    y: Axis
    series: Sequence[Series]
    labels: Sequence[Label] = field(default=())

    def svg(self) -> str:
        """The chart as an SVG element."""
        name = f"chart-{next(_numbers)}"
        parts = [
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-t {name}-d">',
            f'<title id="{name}-t">{escape(self.title)}</title>',
            f'<desc id="{name}-d">{escape(self.description)}</desc>',
            *self._axes(),
        ]
        for series in self.series:
            parts += self._series(series)
        for label in self.labels:
            x, y = self._place(label.x, label.y)
            parts.append(
                f'<text class="{label.style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{label.anchor}">'
                f"{escape(label.text)}</text>"
            )
        return "".join([*parts, "</svg>"])

    def _place(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x.low) / (self.x.high - self.x.low)
        up = (y - self.y.low) / (self.y.high - self.y.low)
        return _LEFT + across * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM)

    def _axes(self) -> list[str]:
        parts = []
        for tick in self.y.ticks:
            x, y = self._place(self.x.low, tick)
            parts.append(f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>')
            parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{escape(self.y.words(tick))}</text>')
        for tick in self.x.ticks:
            x, y = self._place(tick, self.y.low)
            parts.append(f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{y + 5:.1f}"/>')
            parts.append(f'<text x="{x:.1f}" y="{y + 19:.1f}" text-anchor="middle">{escape(self.x.words(tick))}</text>')
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        height = (HEIGHT + _TOP - _BOTTOM) / 2
        parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(self.x.label)}</text>')
        parts.append(
            f'<text transform="translate(13 {height}) rotate(-90)" text-anchor="middle">{escape(self.y.label)}</text>'
        )
        return parts

    def _series(self, series: Series) -> list[str]:
        places = [self._place(x, y) for x, y in series.points]
        parts = []
        if series.line and len(places) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline class="line {series.style}" points="{path}"/>')
        for (x, _), (low, high) in zip(series.points, series.ranges, strict=False):
            (left, bottom), (_, top) = self._place(x, low), self._place(x, high)
            parts.append(
                f'<line class="range {series.style}" x1="{left:.1f}" y1="{bottom:.1f}" x2="{left:.1f}" y2="{top:.1f}"/>'
            )
        if series.dots:
            parts += [f'<circle class="dot {series.style}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>' for x, y in places]
        return parts
