"""`python -m ingest`: official sources to a searchable index."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from corpus.annotation import AnnotationError, load_annotations
from corpus.settings import Settings, SettingsError, settings
from corpus.sources import Source, load_sources
from ingest.check_record import record_check
from ingest.errors import EmbedderError, IndexMissing, SourceError
from ingest.faults import BuildFailed, in_words
from ingest.fetch import Located, fetch, locate
from ingest.freshness import Finding, check_sources
from ingest.index import build_index, index_digest, read_stamp
from ingest.reading import MISSING, Serving, read_all

CHANGED = 4
"""Exit status of --check where an official source has changed."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 all read, 3 some source missing, 1 failed.

    With --check: 0 nothing has changed, 4 something has, 1 something could not be checked.
    """
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="folder that holds the documents")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rebuild", action="store_true", help="embed everything anew")
    what.add_argument("--fresh", action="store_true", help="download again what came from the official sites")
    what.add_argument("--check", action="store_true", help="only say whether the official sites have other versions")
    options = parser.parse_args(arguments)
    if options.folder is not None and not options.folder.is_dir():
        print(f"{options.folder} is not a folder. Name the folder that holds the documents.", file=sys.stderr)
        return 1
    try:
        config = settings()
        if options.check:
            return check(options.folder, config)
        return ingest(options.folder, config, rebuild=options.rebuild, fresh=options.fresh)
    except (SettingsError, EmbedderError, AnnotationError, BuildFailed, IndexMissing) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(in_words(error, settings().home), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept: run `python -m ingest` again to go on.", file=sys.stderr)
        return 130


def ingest(folder: Path | None, config: Settings, *, rebuild: bool = False, fresh: bool = False) -> int:
    """Read every source that can be had, and bring the index up to date; returns the exit status."""
    started = time.perf_counter()
    located = {source.id: _locate(source, folder, config, fresh) for source in load_sources().values()}
    annotations = load_annotations()
    files = [f"{name}:{place.sha256 if place else MISSING}" for name, place in located.items()]
    outcome = build_index(
        index_digest(files, annotations, config.embedder),
        lambda: read_all(located, Serving.of(config), _say),
        annotations,
        config,
        rebuild=rebuild,
        say=_say,
    )
    states = read_stamp(outcome.folder).sources
    print(
        f"{sum(state.passages for state in states)} passages, {outcome.units} units: "
        f"{outcome.embedded} embedded, "
        f"{outcome.removed} removed, {time.perf_counter() - started:.0f} s. Index: {outcome.folder}"
    )
    missing = [state.id for state in states if state.origin == MISSING]
    if missing:
        titles = "; ".join(load_sources()[name].title for name in missing)
        print(f"Without official text (answers come from our summaries and link to the official page): {titles}")
    kept = [name for name, place in located.items() if place is None and name not in missing]
    if kept:
        titles = "; ".join(load_sources()[name].title for name in kept)
        print(f"Not to be had now, so their text is that of the index before: {titles}")
    return 3 if missing or kept else 0


def check(folder: Path | None, config: Settings) -> int:
    """Say for each source whether its official site has another version; returns the exit status."""
    findings = set()
    checked = []
    for one in check_sources(load_sources().values(), folder, config, _say):
        print(one, flush=True)
        findings.add(one.finding)
        checked.append(one)
    try:
        record_check(config.home, checked)
    except OSError as error:
        print(
            f"This check could not be recorded ({error}), so the page goes on counting from the last.", file=sys.stderr
        )
    if Finding.CHANGED in findings:
        return CHANGED
    return 1 if Finding.NOT_CHECKED in findings else 0


def _locate(source: Source, folder: Path | None, config: Settings, fresh: bool) -> Located | None:
    try:
        if fresh and not (folder or config.sources):
            return fetch(source, config, _say, fresh=True)
    except (SourceError, OSError) as error:
        _say(f"{source.title}: not downloaded again: {error}")
    try:
        return locate(source, folder, config, _say)
    except SourceError as error:
        _say(f"{source.title}: {error}")
        return None


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
