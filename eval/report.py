"""The report: one HTML file with nothing to fetch, for readers who don't program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.answer import Status
from assistant.library import Library
from corpus.catalogue import bare_passage, load_catalogue
from corpus.passage import PassageId
from eval.agreement import agreement, load_judgements
from eval.plots import calibration_plot, growth_plot, risk_plot
from eval.questions import Question, Split
from eval.risk import wilson
from eval.systems import OURS
from eval.wording import report_words, sentence

_FOLDER = Path(__file__).parent
_FEW = 3  # passages that a miss lists on either side
_LONGEST_GIST = 240


@dataclass(frozen=True, slots=True)
class Studies:
    """Figures that are made rarely and kept: what each part is worth, and how the store grows."""

    ablation: Mapping[str, Any] | None = None
    growth: Mapping[str, Any] | None = None


def render(
    results: Mapping[str, Any],
    questions: Mapping[Split, Sequence[Question]],
    library: Library,
    studies: Studies | None = None,
) -> str:
    """The report on `results` as HTML; `questions` are those that the results are of."""
    studies = studies or Studies()
    splits: Mapping[str, Any] = results["splits"]
    main_split = Split.TEST if Split.TEST in splits else next(iter(splits))
    main = splits[main_split]
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            results=results,
            css=Markup((_FOLDER / "report.css").read_text(encoding="utf-8")),  # noqa: S704  # our own file
            words=report_words(),
            ours=OURS,
            date=str(results["date"])[:10],
            main=main,
            main_split=str(main_split),
            other_splits={name: figures for name, figures in splits.items() if name != main_split},
            all_questions=sum(figures["questions"] for figures in splits.values()),
            contents=_contents(studies),
            kinds=_kinds(splits, questions),
            judges=_judges(questions),
            bars=_bars(main),
            ahead=_ahead(main),
            stock=results.get("stock"),
            stock_missing=results.get("stock_missing"),
            confusion=_confusion(main),
            risk=risk_plot(main["risk"]),
            calibration=calibration_plot(main["risk"]),
            speed={"words": _speed(results, main)},
            growth=_growth(studies.growth),
            ablation=studies.ablation,
            fails={name: _fails(figures, questions[Split(name)], library) for name, figures in splits.items()},
            limits=_limits(results, main),
            setup=_setup(results),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    environment.filters |= {
        "pct": lambda value: _share(value["mean"]),
        "between": lambda value: _range(value, _share),
        "share": _share,
        "plain": lambda value: _plain(value["mean"]),
        "plain_between": lambda value: _range(value, _plain),
        "signed": lambda value: _signed(value["mean"]),
        "signed_between": lambda value: f"{_signed(value['low'])} to {_signed(value['high'])}",
        "ms": lambda value: f"{value:.0f}" if value >= 10 else f"{value:.1f}",
    }
    return environment


def _judges(questions: Mapping[Split, Sequence[Question]]) -> str:
    """How far a second judge agrees, in a sentence; nothing where none of these questions was judged twice."""
    asked = {question.id: question for split in questions.values() for question in split}
    second = [judgement for judgement in load_judgements() if judgement.question in asked]
    if not second:
        return ""
    found = agreement(asked.values(), second)
    return sentence(
        "judges",
        questions=found.questions,
        pairs=found.pairs,
        agreed=_share(found.agreed),
        kappa=f"{found.kappa:.2f}",
        confirmed=_share(found.gold_confirmed),
        missed=_share(found.missed),
    )


def _share(value: float | None) -> str:
    """0.254 as "25%"; only what is whole counts as 100%, and only what is nothing as 0%."""
    if _nothing(value):
        return "–"
    per_cent = round(100 * float(value or 0.0), 6)
    if 0 < per_cent < 0.5 or 99.5 <= per_cent < 100:
        return f"{per_cent:.1f}%"
    return f"{per_cent:.0f}%"


def _plain(value: float | None) -> str:
    return "–" if _nothing(value) else f"{value:.2f}"


def _signed(value: float | None) -> str:
    return "–" if _nothing(value) else f"{value:+.3f}".replace("-", "−")


def _nothing(value: float | None) -> bool:
    return value is None or value != value


def _range(value: Mapping[str, Any], words: Callable[[float], str]) -> str:
    """The interval in words; Wilson's where all went the same way, for drawing again what is all alike says nothing."""
    if _nothing(value["mean"]):
        return ""
    low, high = value["low"], value["high"]
    if low == high:
        if value["mean"] not in (0, 1):
            return ""  # one question alone
        low, high = wilson(round(value["mean"] * value["count"]), value["count"])
    return f"{words(low)} to {words(high)}"


def _contents(studies: Studies) -> list[tuple[str, str]]:
    parts = [("parts", "What each part of the search is worth")] if studies.ablation else []
    return [
        ("asked", "What was asked"),
        ("finding", "Does it find the right passage?"),
        ("answers", "Are the answers right?"),
        ("decisions", "Does it say no when it should?"),
        ("who", "By who asks, what, and where"),
        ("speed", "How fast, on what, at what cost"),
        *parts,
        ("fails", "Where it fails"),
        ("method", "How it was measured"),
        ("licence", "Licence"),
    ]


def _kinds(splits: Mapping[str, Any], questions: Mapping[Split, Sequence[Question]]) -> list[dict[str, Any]]:
    """Each kind of question with its number in every split, and an example that may be looked at."""
    counts = {name: dict(figures["types"]) for name, figures in splits.items()}
    names = dict.fromkeys(name for figures in splits.values() for name, _ in figures["types"])
    examples = {question.type: question.question for question in reversed(questions.get(Split.DEV, ()))}
    return [
        {
            "name": name,
            "counts": [found.get(name, 0) for found in counts.values()],
            "example": _clip(examples.get(name, ""), 110),
        }
        for name in names
    ]


def _bars(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    bars = []
    for name, measures in figures["retrieval"].items():
        value = measures["hit@5"]
        low, high = 100 * (value["low"] or 0.0), 100 * (value["high"] or 0.0)
        bars.append(
            {
                "name": name,
                "value": value,
                "width": f"{100 * (value['mean'] or 0.0):.1f}",
                "left": f"{low:.1f}",
                "spread": f"{high - low:.1f}",
            }
        )
    return bars


def _ahead(figures: Mapping[str, Any]) -> list[str]:
    """How far ours is ahead of the best baseline, and whether that could be chance."""
    rivals = {name: measures for name, measures in figures["retrieval"].items() if name != OURS}
    best = max(rivals, key=lambda name: rivals[name]["hit@5"]["mean"] or 0.0)
    ahead = figures["ahead"][best]["hit@5"]
    return [
        sentence(
            "ahead",
            best=report_words()["systems"].get(best, {}).get("name", best),
            mean=f"{100 * ahead['mean']:.0f}",
            low=f"{100 * ahead['low']:.0f}",
            high=f"{100 * ahead['high']:.0f}",
            chance=sentence("more_than_chance" if ahead["low"] > 0 else "maybe_chance"),
        )
    ]


def _confusion(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    counts = {(expected, got): count for expected, got, count in figures["decisions"]["confusion"]}
    names = report_words()["statuses"]

    def cell(expected: Status, got: Status) -> dict[str, Any]:
        count = counts.get((expected, got), 0)
        kind = "none" if not count else "right" if expected is got else "wrong"
        return {"count": count, "kind": kind}

    return [
        {"name": names[row], "cells": [cell(row, column) for column in map(Status, names)]}
        for row in map(Status, names)
    ]


def _speed(results: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    machine, latency, start = results["machine"], figures["latency"], results.get("cold_start")
    said = [
        sentence("machine", **machine),
        sentence("latency", half=f"{latency['p50_ms'] / 1000:.2f}", most=f"{latency['p95_ms'] / 1000:.2f}"),
    ]
    if start:
        said.append(sentence("cold_start", seconds=f"{start['first_answer_s']:.0f}"))
        if start["peak_mb"]:
            said.append(sentence("memory", gigabytes=f"{start['peak_mb'] / 1024:.1f}"))
    return " ".join([*said, str(results["cost"])])


def _growth(study: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {**study, **growth_plot(study)} if study else None


def _fails(figures: Mapping[str, Any], questions: Sequence[Question], library: Library) -> list[dict[str, Any]]:
    by_id = {question.id: question for question in questions}
    words = report_words()
    rows = []
    for row in figures["missed"]:
        question = by_id[row["id"]]
        rows.append(
            {
                "question": question.question or "(empty)",
                "history": question.history,
                "why": [words["why"][why] for why in row["why"]],
                "got": words["statuses"][row["got"]],
                "wanted": words["statuses"][question.status],
                "gold": [_passage(name, library) for name in question.gold[:_FEW]],
                "found": [_passage(name, library) for name in row["found"][:_FEW]],
            }
        )
    return rows


def _passage(name: PassageId, library: Library) -> dict[str, str]:
    """A passage as the report names it: how it is cited, where to read it, and our summary."""
    passage = library.passages.get(name) or (bare_passage(name) if name in load_catalogue() else None)
    annotation = library.annotations.get(name)
    return {
        "label": passage.label if passage else name,
        "url": passage.url if passage else "",
        "gist": _clip(annotation.gist, _LONGEST_GIST) if annotation else "",
    }


def _clip(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


def _limits(results: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """What must be said of these very figures."""
    lines = []
    near, without = results.get("near_duplicates"), figures.get("without near-duplicates")
    if near and without:
        lines.append(
            sentence("near", count=len(near), names=", ".join(sorted(near)), without=_share(without["hit@5"]["mean"]))
        )
    elif near is not None and not near:
        lines.append(sentence("near_none"))
    if results.get("stock"):
        lines += [sentence("stock", version=results["stock"]["version"]), sentence("stock_model")]
    return lines


def _setup(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    config = results["config"]
    return [
        ("Model of meaning", config["embedder"]),
        ("Language model", config["language model"]),
        ("Index", f"{config['index']}, {config['units']:,} stretches of text"),
        ("Questions", config["questions"]),
        ("Sources as at", "; ".join(f"{name} {date or 'missing'}" for name, date in config["sources"].items())),
        ("Packages", "; ".join(f"{name} {version}" for name, version in config["versions"].items() if version)),
    ]
