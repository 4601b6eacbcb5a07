"""`python -m assistant`: ask one question, or a batch of them; work out deadlines."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from typing import Any, TextIO

from assistant.answer import Answer, Audience
from assistant.batch import BatchError, Row, chunks, read_rows
from assistant.check import LONGEST_QUESTION
from assistant.deadline_command import add_deadlines, run_deadlines
from assistant.deadlines import DeadlineError
from assistant.library import Library
from assistant.pipeline import answer
from assistant.retrieve import search_text
from assistant.turn import Turn
from assistant.version import describe
from assistant.visible import clean
from corpus.settings import SettingsError, settings
from ingest.errors import EmbedderError, IndexMissing

_BATCH = 64  # questions embedded at once


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        options = _parser().parse_args(arguments)
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
    parser.add_argument("--version", action=_Version, help="the program, its sources and when its index was built")
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


class _Version(argparse.Action):
    """Prints what `describe` says, and ends."""

    def __init__(self, option_strings: list[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> None:
        print(describe(settings()))
        parser.exit()


def _ask(options: argparse.Namespace) -> int:
    audience = Audience(options.audience) if options.audience else None
    found = answer(Turn(options.question, audience=audience), Library.open())
    print(json.dumps(asdict(found), ensure_ascii=False, indent=1) if options.json else found.text)
    return 0


def _batch(lines: TextIO, out: TextIO) -> int:
    """Answer every line; an empty line is passed over."""
    library = Library.open()
    library.warm_up()
    for rows in chunks(read_rows(lines), _BATCH):
        turns = [row.turn() for row in rows]
        open_turns = [turn for turn in turns if _stands_alone(turn)]
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


def _stands_alone(turn: Turn) -> bool:
    """Whether it is a question that can be embedded before its turn has begun."""
    return len(turn.question) <= LONGEST_QUESTION and bool(clean(turn.question)) and not turn.history


def _line(row: Row, found: Answer, started: float) -> dict[str, Any]:
    keys = ("id", "label", "quote", "force", "page", "url")
    return {
        "id": row.id,
        "status": found.status,
        "text": found.text,
        "citations": [{key: asdict(citation)[key] for key in keys} for citation in found.citations],
        "retrieved": list(found.retrieved),
        "latency_ms": round(1000 * (time.perf_counter() - started), 2),
    }


if __name__ == "__main__":
    sys.exit(main())
