"""`python -m corpus check`: prove the annotations against the official text."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus.annotation import ANNOTATIONS, AnnotationError, load_annotations
from corpus.catalogue import load_catalogue
from corpus.check import Problem, check_averages, check_entry, check_questions
from corpus.passage import Passage, PassageId, read_passages
from corpus.settings import settings

QUESTIONS = Path(__file__).parent.parent / "eval" / "questions"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the annotations against the official text")
    check.add_argument("--passages", type=Path, help="passages.jsonl to check against (default: the built index's)")
    check.add_argument("--only", help="report only ids that start with this, and no missing ones elsewhere")
    check.add_argument("--folder", type=Path, default=ANNOTATIONS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        return _check(options)
    except AnnotationError as error:
        print(error, file=sys.stderr)
        return 1


def _check(options: argparse.Namespace) -> int:
    known = frozenset(load_catalogue())
    entries = load_annotations(options.folder)
    passages = _official(options.passages)
    problems = [
        problem for entry in entries.values() for problem in check_entry(entry, passages.get(entry.id), passages, known)
    ]
    problems += check_averages(entries.values())
    problems += check_questions(entries.values(), _held_out())
    missing = sorted(known - entries.keys())
    problems += [Problem(name, "has no annotation") for name in missing]
    if passages:
        problems += [
            Problem(name, "is in the sources but not in corpus/catalogue.tsv") for name in passages if name not in known
        ]
    if options.only:
        problems = [problem for problem in problems if problem.id.startswith(options.only)]
    for problem in problems:
        print(problem)
    return _summary(len(entries), known, passages, problems)


def _summary(
    entries: int, known: frozenset[PassageId], passages: dict[PassageId, Passage], problems: list[Problem]
) -> int:
    print(f"{entries} annotations, {len(known)} passages, {len(problems)} problems")
    without = Counter(name.split(":")[0] for name in known if name not in passages)
    if without:
        print("Not checked against the official text, which isn't on this machine:", end=" ")
        print(", ".join(f"{source} ({count})" for source, count in sorted(without.items())), end=". ")
        print("Run `python -m ingest` first, or `python -m ingest --from FOLDER`.")
    return 1 if problems else 0


def _official(path: Path | None) -> dict[PassageId, Passage]:
    index = settings().current_index
    path = path or (index / "passages.jsonl" if index else None)
    if path is None:
        return {}
    return {passage.id: passage for passage in read_passages(path) if passage.text is not None}


def _held_out() -> Iterator[str]:
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["question"]


if __name__ == "__main__":
    sys.exit(main())
