"""The figures of a run under load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from eval.load.people import Asked, Ending
from eval.load.server import Watch
from eval.speed import percentiles

_FEW = 5


def summarise(
    asked: Sequence[Asked], seconds: float, ceiling: Mapping[str, float], watches: Sequence[Watch]
) -> dict[str, Any]:
    """Counts by ending, waiting times of the answers, and how far it is to what the embedder could do."""
    answered = [item for item in asked if item.ending in (Ending.RIGHT, Ending.MIXED_UP, Ending.CHANGED)]
    p50, p95 = percentiles([item.seconds for item in answered]) if answered else (float("nan"), float("nan"))
    endings = Counter(item.ending for item in asked)
    rate = len(answered) / seconds
    return {
        "requests": len(asked),
        "endings": {str(ending): endings[ending] for ending in Ending},
        "failures": [why for why, _ in Counter(item.why for item in asked if item.why).most_common(_FEW)],
        "different_questions": len({item.question for item in asked}),
        "seconds": seconds,
        "per_second": rate,
        "p50_ms": p50,
        "p95_ms": p95,
        "longest_ms": max((1000 * item.seconds for item in answered), default=float("nan")),
        "embedder": ceiling,
        "share_of_embedder": rate / ceiling["together_per_second"],
        **_by_processor(len(answered), ceiling, watches),
        "servers": [_server(watch) for watch in watches],
    }


def _by_processor(answered: int, ceiling: Mapping[str, float], watches: Sequence[Watch]) -> dict[str, float | None]:
    """The same by processor time, which tells more where other programs use the processors too."""
    used = sum(watch.processor[-1] - watch.processor[0] for watch in watches if watch.processor)
    rate = answered / used if used else None
    return {
        "per_processor_second": rate,
        "share_of_embedder_by_processor": rate / ceiling["together_per_processor_second"] if rate else None,
    }


def _server(watch: Watch) -> dict[str, float | None]:
    memory = watch.memory or [None]  # type: ignore[list-item]
    return {
        "memory_start_mb": memory[0],
        "memory_end_mb": memory[-1],
        "memory_most_mb": max(watch.memory, default=None),
        "waiting_most": max(watch.waiting, default=None),
    }


def table(found: dict[str, Any]) -> str:
    """The figures for people to read."""
    lines = [
        f"{found['people']} people, {found['seconds']:.0f} s: {found['requests']} questions asked, "
        f"{found['different_questions']} different",
        ", ".join(f"{count} {ending}" for ending, count in found["endings"].items()),
        *(f"  {why}" for why in found["failures"]),
        f"{found['per_second']:.1f} answers a second; half within {found['p50_ms']:.0f} ms, "
        f"95% within {found['p95_ms']:.0f} ms, all within {found['longest_ms']:.0f} ms",
        f"the embedder alone: {found['embedder']['alone_per_second']:.1f} questions a second one by one, "
        f"{found['embedder']['together_per_second']:.1f} together; "
        f"answers are {found['share_of_embedder']:.0%} of that",
    ]
    if found["per_processor_second"]:
        lines.append(
            f"for each second of processor time: {found['per_processor_second']:.1f} answers, and "
            f"{found['embedder']['together_per_processor_second']:.1f} questions of the embedder alone: "
            f"{found['share_of_embedder_by_processor']:.0%}"
        )
    for server in found["servers"]:
        if server["memory_most_mb"] is not None:
            lines.append(
                f"memory of the server: {server['memory_start_mb']:.0f} MB at the start, "
                f"{server['memory_end_mb']:.0f} at the end, {server['memory_most_mb']:.0f} at most; "
                f"at most {server['waiting_most'] or 0:.0f} calls waited"
            )
    return "\n".join(lines)
