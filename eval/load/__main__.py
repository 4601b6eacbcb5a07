"""`python -m eval.load`: many people ask a running server at once, and every answer is checked."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import httpx
from tqdm import tqdm

from assistant.library import Library
from assistant.pipeline import answer
from corpus.settings import SettingsError, settings
from eval import results
from eval.load.figures import summarise, table
from eval.load.people import Answers, Asked, Crowd, Ending
from eval.load.server import Watch
from eval.questions import Question, QuestionError, Split, load_questions
from eval.results import ResultsError
from eval.run import new_turn
from eval.speed import machine
from ingest.embedder import Embedder
from ingest.errors import EmbedderError, IndexMissing

_TOGETHER = 16
_SAMPLE = 160  # questions by which the embedder's own speed is told


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 where an answer was wrong or missing."""
    options = _parser().parse_args(arguments)
    try:
        found = measure(options)
        print(table(found))
        if options.save is not None:
            path = results.save(found, options.save or "load")
            print(f"Kept as {path.name} in eval/results.")
    except (SettingsError, IndexMissing, EmbedderError, QuestionError, ResultsError, httpx.HTTPError) as error:
        print(error, file=sys.stderr)
        return 1
    wrong = (Ending.MIXED_UP, Ending.CHANGED, Ending.FAILED)
    return 1 if any(found["endings"][ending] for ending in wrong) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.load", description=__doc__)
    parser.add_argument("--people", type=_above_0, default=50, help="how many ask at once (50)")
    parser.add_argument("--minutes", type=float, default=5.0, help="for how long (5)")
    parser.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="how long each reads an answer (0)")
    parser.add_argument("--url", default="http://127.0.0.1:7860", help="where the page is")
    parser.add_argument(
        "--metrics", nargs="+", metavar="URL", help="the app processes whose memory is watched; else that of --url"
    )
    parser.add_argument(
        "--annotated",
        type=_above_0,
        metavar="N",
        help="ask N questions of our annotations, not the dev questions: enough of them, and none comes twice",
    )
    parser.add_argument("--save", metavar="NAME", nargs="?", const="", help="keep the figures in eval/results (load)")
    return parser


def _above_0(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a whole number from 1")
    return number


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Answer the questions here, quietly; then let people ask the server, and hold its answers against ours."""
    config = settings()
    httpx.get(f"{options.url}/health", trust_env=False).raise_for_status()
    library = Library.open(config)
    questions = _annotated(library, options.annotated) if options.annotated else load_questions(Split.DEV)
    random.Random(0).shuffle(questions)  # noqa: S311  # the same order in every run
    answers = {question.id: as_told(question, library) for question in tqdm(questions, desc="In quiet", leave=False)}
    ceiling = embedder_ceiling(library.embedder, [question.question for question in questions[:_SAMPLE]])
    password = config.login_password.get_secret_value() if config.login_password else ""
    auth = (config.login_user, password) if config.login_user else None
    crowd = Crowd(options.url, options.people, 60 * options.minutes, options.pause, auth)
    watches = [Watch(url) for url in options.metrics or [options.url]]
    started = time.monotonic()
    asked = asyncio.run(_under_watch(crowd, questions, answers, watches))
    return {
        "kind": "load",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": results.commit(),
        "config": results.configuration(config, library.stamp),
        "machine": machine(),
        "people": options.people,
        "pause_s": options.pause,
        "processes": len(watches),
        "questions": "annotated" if options.annotated else "dev",
        **summarise(asked, time.monotonic() - started, ceiling, watches),
    }


async def _under_watch(
    crowd: Crowd, questions: Sequence[Question], answers: Answers, watches: Sequence[Watch]
) -> list[Asked]:
    watching = [asyncio.create_task(watch.until_cancelled()) for watch in watches]
    try:
        return await crowd.ask(questions, answers)
    finally:
        for task in watching:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def as_told(question: Question, library: Library) -> Any:
    """The answer to one question as the interface tells it."""
    return json.loads(json.dumps(asdict(answer(new_turn(question), library))))


def embedder_ceiling(embedder: Embedder, questions: Sequence[str]) -> dict[str, float]:
    """How many questions a second the embedder alone can take, one by one and several together."""
    texts = list(questions)
    embedder.embed(texts[0])
    found = {}
    for name, size in (("alone", 1), ("together", _TOGETHER)):
        started, used = time.perf_counter(), time.process_time()
        for start in range(0, len(texts), size):
            embedder.embed_many(texts[start : start + size])
        found[f"{name}_per_second"] = len(texts) / (time.perf_counter() - started)
        found[f"{name}_per_processor_second"] = len(texts) / (time.process_time() - used)
    return found


def _annotated(library: Library, most: int) -> list[Question]:
    pairs = [(name, pair.q) for name, note in library.annotations.items() for pair in note.qa]
    chosen = random.Random(0).sample(pairs, min(most, len(pairs)))  # noqa: S311
    return [
        Question(id=f"{number}", type="annotated", question=q, gold=(name,)) for number, (name, q) in enumerate(chosen)
    ]


if __name__ == "__main__":
    sys.exit(main())
