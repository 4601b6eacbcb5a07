"""`python -m assistant`: ask one question, or a batch of them; work out deadlines."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TextIO

from assistant.answer import Answer, Audience
from assistant.check import clean
from assistant.deadline_command import add_deadlines, run_deadlines
from assistant.deadlines import DeadlineError
from assistant.library import Library
from assistant.pipeline import answer
from assistant.retrieve import search_text
from assistant.turn import Turn
from corpus.settings import SettingsError
from ingest.errors import EmbedderError, IndexMissing

_BATCH = 64  # questions embedded at once


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "ask":
            return _ask(options)
        if options.command == "deadlines":
            return run_deadlines(options)
        return _batch(sys.stdin, sys.stdout)
    except (SettingsError, IndexMissing, EmbedderError, BatchError, DeadlineError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="ask one question")
    ask.add_argument("question")
    ask.add_argument("--audience", choices=[audience.value for audience in Audience], help="who asks")
    ask.add_argument("--json", action="store_true", help="the whole answer as JSON")
    commands.add_parser(
        "batch", help="answer the questions on standard input: a JSON object with id and question a line"
    )
    add_deadlines(commands)
    return parser


def _ask(options: argparse.Namespace) -> int:
    audience = Audience(options.audience) if options.audience else None
    found = answer(Turn(options.question, audience=audience), Library.open())
    print(json.dumps(asdict(found), ensure_ascii=False, indent=1) if options.json else found.text)
    return 0


class BatchError(ValueError):
    """A line of a batch that can't be read; the message names it."""


def _batch(lines: TextIO, out: TextIO) -> int:
    """Answer every line; an empty line is passed over."""
    library = Library.open()
    library.warm_up()
    for rows in _chunks(_rows(lines)):
        turns = [_turn(row) for row in rows]
        open_turns = [turn for turn in turns if turn.question.strip() and not turn.history]
        vectors: Any = (
            library.embed_many(search_text(clean(turn.question), library) for turn in open_turns) if open_turns else []
        )
        for turn, vector in zip(open_turns, vectors, strict=True):
            turn.vector = vector
        for row, turn in zip(rows, turns, strict=True):
            started = time.perf_counter()
            found = answer(turn, library)
            out.write(json.dumps(_line(row, found, started), ensure_ascii=False) + "\n")
        out.flush()
    return 0


def _rows(lines: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BatchError(
                f"Line {number} isn't JSON ({error}). Each line is an object with id and question."
            ) from error
        if not isinstance(row, dict) or not isinstance(row.get("question"), str):
            raise BatchError(f'Line {number} has no "question" text. Each line is an object with id and question.')
        yield row


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _turn(row: dict[str, Any]) -> Turn:
    names = {audience.value for audience in Audience}
    audience = Audience(row["audience"]) if row.get("audience") in names else None
    history = tuple(str(question) for question in row.get("history") or ())
    return Turn(row["question"], history=history, audience=audience)


def _line(row: dict[str, Any], found: Answer, started: float) -> dict[str, Any]:
    keys = ("id", "label", "quote", "force", "page", "url")
    return {
        "id": row.get("id"),
        "status": found.status,
        "text": found.text,
        "citations": [{key: asdict(citation)[key] for key in keys} for citation in found.citations],
        "retrieved": list(found.retrieved),
        "latency_ms": round(1000 * (time.perf_counter() - started), 2),
    }


if __name__ == "__main__":
    sys.exit(main())
