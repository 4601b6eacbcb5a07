"""The figures in Markdown, for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.questions import Question

_COLUMNS = ("hit@1", "hit@3", "hit@5", "hit@10", "recall@10", "MRR@10", "nDCG@10")


def split_table(split: str, figures: Mapping[str, Any]) -> str:
    """The figures of one split."""
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
    risk = figures["risk"]
    point = risk["operating point"]
    lines.append(f"- answered where it had to decide: {point['coverage']:.3f}, of these wrong: {point['risk']:.3f}")
    latency = figures["latency"]
    lines.append(
        f"- latency: p50 {latency['p50_ms']:.0f} ms, p95 {latency['p95_ms']:.0f} ms; "
        f"{latency['p50_over_embedding']:.1f} and {latency['p95_over_embedding']:.1f} times embedding a question alone"
    )
    for expected, got, count in figures["decisions"]["confusion"]:
        if expected != got:
            lines.append(f"- expected {expected}, got {got}: {count}")
    return "\n".join(lines)


def failures_table(figures: Mapping[str, Any], questions: Sequence[Question]) -> str:
    """The questions that went wrong, with what they should have found and what they did."""
    by_id = {question.id: question for question in questions}
    lines = []
    for row in figures["missed"]:
        question = by_id[row["id"]]
        lines.append(f"{question.id}: {', '.join(row['why'])}: {question.question[:110]}")
        lines.append(f"    wanted {question.status} {', '.join(question.gold)}")
        lines.append(f"    got    {row['got']} {', '.join(row['found'])}")
    return "\n".join(lines)
