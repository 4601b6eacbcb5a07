"""`python -m eval`: how good are the answers? Scores against baselines, and a check that nothing fell."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.library import Library
from eval.questions import QuestionError, Split, load_questions
from eval.run import summarise
from ingest.errors import EmbedderError, IndexMissing

RESULTS = Path(__file__).with_name("results")
_COLUMNS = ("hit@1", "hit@3", "hit@5", "hit@10", "recall@10", "MRR@10", "nDCG@10")
OURS = "Ask the Code"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 where a headline figure fell below its interval."""
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--split", choices=[split.value for split in Split], help="only this split")
    parser.add_argument("--save", metavar="NAME", help="keep the figures as eval/results/NAME.json")
    parser.add_argument("--failures", action="store_true", help="list the questions whose passages were missed")
    options = parser.parse_args(arguments)
    splits = [Split(options.split)] if options.split else list(Split)
    try:
        library = Library.open()
        results: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="seconds")}
        for split in splits:
            figures, answered, scores = summarise(load_questions(split), library)
            results[split] = figures
            print(table(split, figures))
            if options.failures:
                _print_failures(answered, scores[OURS]["hit@5"])
    except (IndexMissing, EmbedderError, QuestionError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.save:
        path = RESULTS / f"{options.save}.json"
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        print(f"Saved to {path.name}")
        return 0
    return _compare(results)


def table(split: Split, figures: dict[str, Any]) -> str:
    """The figures of one split in Markdown."""
    lines = [
        f"\n## {split}: {figures['questions']} questions, {figures['judged']} with gold passages\n",
        "| system | " + " | ".join(_COLUMNS) + " |",
        "|---" * (len(_COLUMNS) + 1) + "|",
    ]
    for system, measures in figures["retrieval"].items():
        cells = (f"{measures[name]['mean']:.3f}" for name in _COLUMNS)
        lines.append(f"| {system} | " + " | ".join(cells) + " |")
    lines.append("")
    for group in ("answers", "decisions"):
        for name, value in figures[group].items():
            if isinstance(value, dict):
                lines.append(f"- {name}: {value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f})")
    latency = figures["latency"]
    lines.append(
        f"- latency: p50 {latency['p50_ms']:.0f} ms, p95 {latency['p95_ms']:.0f} ms; "
        f"{latency['p50_over_embedding']:.1f} and {latency['p95_over_embedding']:.1f} times embedding a question alone"
    )
    for expected, got, count in figures["decisions"]["confusion"]:
        if expected != got:
            lines.append(f"- expected {expected}, got {got}: {count}")
    return "\n".join(lines)


def _print_failures(answered: Any, hits: dict[str, float]) -> None:
    for item in answered:
        question = item.question
        if question.status is not item.answer.status:
            print(f"STATUS {question.id} {question.status} -> {item.answer.status}: {question.question[:110]}")
        elif hits.get(question.id, 1.0) == 0.0:
            print(f"MISSED {question.id} {', '.join(question.gold)} <- {question.question[:110]}")
            print(f"       {', '.join(item.answer.retrieved[:6])}")


def _compare(results: dict[str, Any]) -> int:
    """Hold the figures against the last ones kept: 1 where one fell below its confidence interval."""
    kept = sorted(
        (json.loads(path.read_text(encoding="utf-8")) for path in RESULTS.glob("*.json")), key=lambda row: row["date"]
    )
    if not kept:
        print("No figures are kept yet to compare with: `python -m eval --save NAME` keeps these.")
        return 0
    fallen = 0
    for split in Split:
        if split in results and split in kept[-1]:
            for name, now, before in _headlines(results[split], kept[-1][split]):
                if now["mean"] < before["low"]:
                    fallen = 1
                    print(f"{split}: {name} fell to {now['mean']:.3f}; it was {before['mean']:.3f}", file=sys.stderr)
    return fallen


def _headlines(now: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    pairs = [
        (name, now["retrieval"][OURS][name], before["retrieval"][OURS][name]) for name in ("hit@5", "MRR@10", "nDCG@10")
    ]
    for group, name in (
        ("answers", "right passage cited"),
        ("answers", "quotes verbatim"),
        ("decisions", "right refusals"),
        ("decisions", "right status"),
    ):
        pairs.append((name, now[group][name], before[group][name]))
    return pairs


if __name__ == "__main__":
    sys.exit(main())
