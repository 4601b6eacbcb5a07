"""`python -m corpus check`: prove the annotations against the official text."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from corpus.annotation import ANNOTATIONS, AnnotationError, load_annotations
from corpus.catalogue import load_catalogue
from corpus.check import Problem, check_averages, check_entry, check_questions
from corpus.passage import Passage, PassageId, read_passages
from corpus.settings import SettingsError, settings

QUESTIONS = Path(__file__).parent.parent / "eval" / "questions"


class Unreadable(ValueError):
    """A file that the check needs can't be read; the message says which, why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 without problems, 1 with some, 2 if it could not check."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the annotations against the official text")
    check.add_argument("--passages", type=Path, help="passages.jsonl to check against (default: the built index's)")
    check.add_argument("--only", default="", help="report only what concerns ids that start with this, such as cop:9.")
    check.add_argument("--folder", type=Path, default=ANNOTATIONS, help=argparse.SUPPRESS)
    check.add_argument("--questions", type=Path, default=QUESTIONS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        return _check(options)
    except (AnnotationError, SettingsError, Unreadable) as error:
        print(error, file=sys.stderr)
    except ModuleNotFoundError as error:
        print(
            f"The check needs the package {error.name}, which isn't installed. "
            "Install the developers' tools: pip install -e '.[dev]'",
            file=sys.stderr,
        )
    return 2


def _check(options: argparse.Namespace) -> int:
    known = frozenset(load_catalogue())
    if not any(name.startswith(options.only) for name in known):
        raise Unreadable(f"No passage id starts with {options.only!r}; corpus/catalogue.tsv lists them all.")
    entries = load_annotations(options.folder)
    passages = _official(options.passages)
    held_out = _held_out(options.questions)
    problems = [
        problem for entry in entries.values() for problem in check_entry(entry, passages.get(entry.id), passages, known)
    ]
    problems += check_averages(entries.values())
    problems += check_questions(entries.values(), held_out)
    problems += [Problem(name, "has no annotation") for name in sorted(known - entries.keys())]
    problems += [
        Problem(name, "is in the sources but not in corpus/catalogue.tsv") for name in passages if name not in known
    ]
    problems = [problem for problem in problems if problem.id.startswith(options.only)]
    for problem in problems:
        print(problem)
    print(f"{len(entries)} annotations, {len(known)} passages, {len(problems)} problems")
    _say_what_was_not_checked(known, passages, held_out)
    return 1 if problems else 0


def _say_what_was_not_checked(
    known: frozenset[PassageId], passages: Mapping[PassageId, Passage], held_out: list[str]
) -> None:
    without = Counter(name.split(":")[0] for name in known if name not in passages)
    if without:
        print("Not checked against the official text, which isn't on this machine:", end=" ")
        print(", ".join(f"{source} ({count})" for source, count in sorted(without.items())), end=". ")
        print("Run `python -m ingest` first, or `python -m ingest --from FOLDER`.")
    if not held_out:
        print("Not checked against the evaluation's questions: there are none here.")


def _official(path: Path | None) -> dict[PassageId, Passage]:
    """The passages that have their official text: those of the file named, or of the index that serves."""
    index = settings().current_index
    path = path or (index / "passages.jsonl" if index else None)
    if path is None:
        return {}
    try:
        return {passage.id: passage for passage in read_passages(path) if passage.text is not None}
    except OSError as error:
        raise Unreadable(
            f"{path} can't be read ({error.strerror}). Name the passages.jsonl of a built index."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{path} is no file of passages. Build it anew with `python -m ingest`.") from error


def _held_out(folder: Path) -> list[str]:
    """The evaluation's questions, which no annotation may repeat."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                found.append(json.loads(line)["question"])
            except (ValueError, KeyError, TypeError) as error:
                raise Unreadable(f"{path}, line {number}: no JSON object with a question. Mend the line.") from error
    return found


if __name__ == "__main__":
    gc.disable()  # a short run that keeps all it reads: looking for garbage would cost a fifth of the time
    sys.exit(main())
