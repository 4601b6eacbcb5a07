"""How long answers take, step by step; how long the first one takes from nothing; and how much memory it needs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.library import Library
from assistant.pipeline import STEPS
from assistant.turn import Turn
from eval.questions import Question
from eval.run import Answered, new_turn
from ingest.errors import EmbedderError, IndexMissing

_SAMPLE = 60
"""Questions that are timed step by step."""


def latency_figures(answered: Sequence[Answered], library: Library) -> dict[str, Any]:
    """Milliseconds of whole answers, of each step, and of embedding a question alone, in the same run."""
    spread = max(1, len(answered) // _SAMPLE)
    sample = [item.question for item in answered][::spread]
    p50, p95 = percentiles([item.seconds for item in answered])
    alone = percentiles(embedding_seconds(sample, library))[0]
    return {
        "p50_ms": p50,
        "p95_ms": p95,
        "embedding_p50_ms": alone,
        "p50_over_embedding": p50 / alone,
        "p95_over_embedding": p95 / alone,
        "steps": [
            {"step": step, "turns": len(seconds), "p50_ms": times[0], "p95_ms": times[1]}
            for step, seconds in step_seconds(sample, library).items()
            if (times := percentiles(seconds))
        ],
    }


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    p50, p95 = (float(value) * 1000 for value in np.percentile(seconds, [50, 95]))
    return p50, p95


def embedding_seconds(questions: Sequence[Question], library: Library) -> list[float]:
    """How long embedding each question alone takes."""
    library.forget_questions()
    return [_timed(lambda question=question: library.embed(question.question)) for question in questions]


def step_seconds(questions: Sequence[Question], library: Library) -> dict[str, list[float]]:
    """For each step of the pipeline, how long it took in each turn that came to it."""
    seconds: dict[str, list[float]] = defaultdict(list)
    library.forget_questions()
    for question in questions:
        turn = new_turn(question)
        for step in STEPS:
            seconds[step.__name__].append(_timed(lambda step=step, turn=turn: step(turn, library)))
            if turn.answer is not None:
                break
    return dict(seconds)


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {"processors": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}"}


def cold_start(questions: Sequence[str]) -> dict[str, float | None]:
    """A new process that answers `questions`: seconds from its start to its first answer, and its peak memory in MB.

    Memory is None where the system doesn't tell. Raises RuntimeError where the process fails.
    """
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "eval.speed"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("The process for the cold start has no pipes.")
    child.stdin.write(json.dumps(list(questions)) + "\n")
    child.stdin.flush()
    first = child.stdout.readline()
    seconds = time.perf_counter() - started
    rest = child.communicate()[0]
    if child.returncode or not first.strip():
        raise RuntimeError("The process for the cold start ended without an answer.")
    return {"first_answer_s": seconds, **json.loads(rest)}


def _child() -> int:
    """The new process: answer the first question and say so, then the others, then tell the peak memory."""
    from assistant.pipeline import answer

    questions = json.loads(sys.stdin.readline())
    first = None
    try:
        library = Library.open()
        for place, question in enumerate(questions):
            answer(Turn(question), library)
            if not place:
                print("answered", flush=True)
                first = _peak_mb()
    except (IndexMissing, EmbedderError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({"first_answer_mb": first, "peak_mb": _peak_mb()}))
    return 0


def _peak_mb() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(_child())
