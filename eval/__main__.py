"""`python -m eval`: how good are the answers? Scores against baselines, and a check that nothing fell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.library import Library
from corpus.annotation import load_annotations
from corpus.settings import LanguageModel, Settings, settings
from eval import ablation, growth, results
from eval.agreement import agreement, load_judgements
from eval.agreement import table as agreement_table
from eval.duplicates import near_duplicates, taught_questions
from eval.feedback import FEEDBACK_FILE, FeedbackError, read_candidates
from eval.figures import summarise
from eval.questions import Question, QuestionError, Split, load_questions
from eval.results import ResultsError
from eval.speed import cold_start, machine
from eval.stock import StockError, StockPipeline, is_built, open_stock
from eval.tables import failures_table, split_table
from ingest.embedder import ADAPTED, PACKAGED
from ingest.errors import EmbedderError, IndexMissing

_COLD_QUESTIONS = 20
_GROWTH_QUESTIONS = 100
_FREE = "It costs nothing to run: no language model is used and nothing is sent anywhere."
_WITH_MODEL = "A language model words the short answer; what it costs depends on who runs it."


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 where a headline figure fell below its interval."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "feedback":
            return _feedback()
        if options.command == "agreement":
            questions = [question for split in Split for question in load_questions(split)]
            print(agreement_table(agreement(questions, load_judgements())))
            return 0
        library = Library.open()
        if options.command == "growth":
            return _growth(library, options)
        if options.command == "ablation":
            return _ablation(library, options)
        return _scores(library, options)
    except (IndexMissing, EmbedderError, QuestionError, ResultsError, FeedbackError, RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--split", choices=[split.value for split in Split], help="only this split")
    parser.add_argument("--report", metavar="FILE", type=Path, help="write the report as one HTML file")
    parser.add_argument(
        "--save",
        metavar="NAME",
        nargs="?",
        const="",
        help="keep the figures as eval/results/NAME.json; without NAME, under the commit",
    )
    parser.add_argument("--failures", action="store_true", help="list the questions that went wrong")
    commands = parser.add_subparsers(dest="command", title="studies, made rarely")
    parts = commands.add_parser("ablation", help="what each part of the search is worth")
    parts.add_argument("--split", choices=[split.value for split in Split], default=Split.DEV.value)
    parts.add_argument("--save", action="store_true", help="keep the figures for the report")
    grown = commands.add_parser("growth", help="the vector store with several times as much in it")
    grown.add_argument("--times", type=int, nargs="+", default=list(growth.FACTORS), metavar="N")
    grown.add_argument("--save", action="store_true", help="keep the figures for the report")
    commands.add_parser("agreement", help="how far a second judge agrees with the gold passages")
    commands.add_parser("feedback", help="questions that users judged, as candidates for the question set")
    return parser


def _scores(library: Library, options: argparse.Namespace) -> int:
    config = settings()
    splits = [Split(options.split)] if options.split else list(Split)
    questions = {split: load_questions(split) for split in splits}
    whole = options.report is not None or options.save is not None
    if options.report is not None and not options.report.absolute().parent.is_dir():
        raise ResultsError(f"There is no folder {options.report.absolute().parent} to write the report to.")
    found = measure(questions, library, config, whole=whole)
    for split, figures in found["splits"].items():
        print(split_table(split, figures))
        if options.failures:
            print(failures_table(figures, questions[split]))
    if options.report is not None:
        _write_report(options.report, found, questions, library)
    if options.save is not None:
        path = results.save(found, options.save or found["commit"] or found["date"][:10])
        print(f"Kept as {path.name} in eval/results.")
        return 0
    return _compare(found)


def measure(
    questions: Mapping[Split, Sequence[Question]], library: Library, config: Settings, *, whole: bool
) -> dict[str, Any]:
    """All figures of `questions`; `whole` adds what takes minutes: the stock baseline and a start from nothing."""
    start = None
    if whole:
        first = next(iter(questions.values()))
        start = cold_start([question.question for question in first[:_COLD_QUESTIONS]])
    stock, about = _stock(config, library, build=whole)
    near = _too_like(questions.get(Split.TEST, ()))
    found: dict[str, Any] = {
        "kind": "scores",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": results.commit(),
        "config": results.configuration(config, library.stamp),
        "machine": machine(),
        "cold_start": start,
        "cost": _FREE if config.llm is LanguageModel.NONE else _WITH_MODEL,
        **about,
        "near_duplicates": sorted(near) if Split.TEST in questions else None,
        "splits": {split: summarise(asked, library, stock, near) for split, asked in questions.items()},
    }
    return found


def _too_like(questions: Sequence[Question]) -> frozenset[str]:
    """The ids of the test questions that nearly stand in the annotations or among those that may be looked at."""
    tuned_on = taught_questions(load_annotations())
    tuned_on += [(question.id, question.question) for question in load_questions(Split.DEV)]
    return frozenset(pair.question for pair in near_duplicates(questions, tuned_on))


def _stock(config: Settings, library: Library, *, build: bool) -> tuple[list[StockPipeline], dict[str, Any]]:
    """The stock baselines and what there is to say of them; only those at hand unless `build`."""
    folder, home = config.sources or config.downloads, config.home / "eval"
    # our additions to the packaged model are no part of what a developer would write first
    embedder = PACKAGED if config.embedder == ADAPTED else config.embedder
    try:
        if not build and not is_built(folder, embedder, home):
            return [], {}
        if not is_built(folder, embedder, home):
            print("Building the stock baseline: some minutes, once.", file=sys.stderr)
        pipelines, built = open_stock(folder, embedder, home, library.passages)
    except StockError as error:
        print(error, file=sys.stderr)
        return [], {"stock_missing": str(error)}
    about = {
        "version": f"llama-index-core {version('llama-index-core')}",
        "build_s": built["seconds"],
        "chunks": len(pipelines[0].chunks),
        "creditable": pipelines[0].creditable(),
    }
    return pipelines, {"stock": about}


def _write_report(
    path: Path, found: dict[str, Any], questions: Mapping[Split, Sequence[Question]], library: Library
) -> None:
    from eval.report import Studies, render

    studies = Studies(results.read_one("ablation"), results.read_one("growth"))
    path.write_text(render(results.tidy(found), questions, library, studies), encoding="utf-8")
    print(f"The report is in {path}.")


def _compare(found: dict[str, Any]) -> int:
    """Hold the figures against the last ones kept: 1 where one got worse by more than its interval."""
    kept = results.read_kept()
    if not kept:
        print("No figures are kept yet to compare with: `python -m eval --save` keeps these.")
        return 0
    if kept[-1]["config"]["questions"] != found["config"]["questions"]:
        print("The questions have changed since figures were last kept; the comparison is a rough one.")
    worse = list(results.fallen(found, kept[-1]))
    for line in worse:
        print(line, file=sys.stderr)
    return 1 if worse else 0


def _growth(library: Library, options: argparse.Namespace) -> int:
    asked = [question.question for question in load_questions(Split.DEV)][:_GROWTH_QUESTIONS]
    if any(times < 1 for times in options.times):
        raise ResultsError("--times takes whole numbers from 1.")
    study = growth.grow(library, asked, options.times)
    print(growth.table(study))
    return _keep_study("growth", study, options)


def _ablation(library: Library, options: argparse.Namespace) -> int:
    study = {"split": options.split, **ablation.ablate(load_questions(Split(options.split)), library)}
    print(ablation.table(study))
    return _keep_study("ablation", study, options)


def _keep_study(kind: str, study: dict[str, Any], options: argparse.Namespace) -> int:
    if options.save:
        date = datetime.now(UTC).isoformat(timespec="seconds")
        results.save({"kind": kind, "date": date, "commit": results.commit(), **study}, kind)
        print(f"Kept as {kind}.json in eval/results.")
    return 0


def _feedback() -> int:
    candidates = list(read_candidates(settings().home / FEEDBACK_FILE))
    for candidate in candidates:
        print(candidate.line())
    if not candidates:
        print("There is feedback, but nobody chose to share their question with it.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
