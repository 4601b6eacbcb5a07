"""The charts of the report, each with the sentence that says what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from eval.charts import Axis, Chart, Label, Series, percent
from eval.wording import sentence

_LEAST = 0.1
"""The curve is drawn from this share of questions on: fewer say nothing."""
_COVERAGES = (0.5, 0.7, 0.8, 0.9, 1.0)


def risk_plot(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The coverage and risk curve with the point at which the assistant stands, and a few points as a table."""
    curve: Sequence[Mapping[str, float]] = figures["curve"]
    plain: Sequence[Mapping[str, float]] = figures["by likeness"]["curve"]
    point = figures["operating point"]
    words = sentence(
        "risk",
        questions=figures["questions"],
        coverage=percent(point["coverage"]),
        risk=percent(point["risk"]),
    )
    drawn = [[(row["coverage"], row["risk"]) for row in line if row["coverage"] >= _LEAST] for line in (plain, curve)]
    top = math.ceil(10 * max([0.3, *(risk for line in drawn for _, risk in line)])) / 10
    chart = Chart(
        "Answers that fail against the share of questions answered",
        words,
        Axis("Share of questions answered", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
        Axis("Fail among them", 0, top, _steps(top)),
        (
            Series(drawn[0], style="other"),
            Series(drawn[1]),
            Series([(point["coverage"], point["risk"])], style="point", line=False, dots=True),
        ),
        (Label(point["coverage"] + 0.04, point["risk"] - top * 0.1, "as it is set", "end"),),
    )
    rows = [row for share in _COVERAGES if (row := _nearest(curve, share)) is not None]
    table = [*({**row, "ours": False} for row in rows), {**point, "ours": True}]
    table.sort(key=lambda row: row["coverage"])
    return {"words": words, "chart": _markup(chart), "table": table}


def _steps(top: float) -> list[float]:
    return [step / 10 for step in range(0, round(top * 10) + 1, 1 if top <= 0.6 else 2)]


def _nearest(curve: Sequence[Mapping[str, float]], share: float) -> Mapping[str, float] | None:
    return min(curve, key=lambda row: abs(row["coverage"] - share), default=None)


def calibration_plot(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The share of right answers against the score by which the assistant decides."""
    rows: Sequence[Mapping[str, float]] = figures["calibration"]
    if not rows:
        return {"words": sentence("no_decision"), "chart": ""}
    first, last = rows[0], rows[-1]
    words = sentence(
        "calibration",
        first_score=f"{first['score']:.2f}",
        first=percent(first["right"]),
        last_score=f"{last['score']:.2f}",
        last=percent(last["right"]),
    )
    low = math.floor(min(row["score"] for row in rows) * 10) / 10
    high = max(math.ceil(max(row["score"] for row in rows) * 10) / 10, low + 0.1)
    ticks = [low + step * (high - low) / 4 for step in range(5)]
    ends = max(low, 0.0), min(high, 1.0)
    chart = Chart(
        "Right answers by score",
        words,
        Axis("Score", low, high, ticks, lambda value: f"{value:.2f}"),
        Axis("Right answers", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
        (
            Series([(ends[0], ends[0]), (ends[1], ends[1])], style="other"),
            Series(
                [(row["score"], row["right"]) for row in rows],
                dots=True,
                ranges=[(row["low"], row["high"]) for row in rows],
            ),
        ),
    )
    return {"words": words, "chart": _markup(chart)}


def growth_plot(study: Mapping[str, Any]) -> dict[str, Any]:
    """The time of a search against the number of units, both on scales that grow tenfold."""
    rows: Sequence[Mapping[str, float]] = study["sizes"]
    first, last = rows[0], rows[-1]
    words = sentence(
        "growth",
        times=f"{last['units'] / first['units']:.0f}",
        slower=f"{last['p50_ms'] / first['p50_ms']:.1f}",
        half=f"{last['p50_ms']:.0f}",
        recall=percent(last["recall"]),
    )
    times = [row[key] for row in rows for key in ("p50_ms", "exact_p50_ms")]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    high = max(high, low + 1)
    start, end = math.floor(math.log10(first["units"])), math.ceil(math.log10(last["units"]))
    end = max(end, start + 1)

    def power(value: float) -> str:
        return f"{10**value:,.0f}" if value >= 0 else f"{10**value:g}"

    chart = Chart(
        "Time of a search against the amount of text",
        words,
        Axis("Stretches of text", start, end, range(start, end + 1), power),
        Axis("Milliseconds", low, high, range(low, high + 1), power),
        (
            Series([(math.log10(row["units"]), math.log10(row["p50_ms"])) for row in rows], dots=True),
            Series(
                [(math.log10(row["units"]), math.log10(row["exact_p50_ms"])) for row in rows], style="other", dots=True
            ),
        ),
        _line_names(last),
    )
    return {"words": words, "chart": _markup(chart)}


def _line_names(last: Mapping[str, float]) -> tuple[Label, Label]:
    """The names of the two lines at their ends: above the upper one, below the lower."""
    x, stored, each = (math.log10(last[key]) for key in ("units", "p50_ms", "exact_p50_ms"))
    above, below = 0.1, -0.2
    return (
        Label(x, stored + (above if stored > each else below), "as it searches", "end"),
        Label(x, each + (below if stored > each else above), "comparing with each", "end"),
    )


def _markup(chart: Chart) -> Markup:
    return Markup(chart.svg())  # noqa: S704  # its words are escaped where they are put in
