"""`python -m ingest`: official sources to a searchable index."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from corpus.annotation import AnnotationError, load_annotations
from corpus.catalogue import bare_passage, load_catalogue
from corpus.passage import Passage
from corpus.settings import Settings, SettingsError, settings
from corpus.sources import Source, load_sources
from ingest.errors import EmbedderError, SourceError
from ingest.fetch import Located, locate
from ingest.index import SourceState, build_index, index_digest, read_stamp


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 all read, 3 some source missing, 1 failed."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="folder that holds the documents")
    parser.add_argument("--rebuild", action="store_true", help="embed everything anew")
    options = parser.parse_args(arguments)
    if options.folder is not None and not options.folder.is_dir():
        print(f"{options.folder} is not a folder. Name the folder that holds the documents.", file=sys.stderr)
        return 1
    try:
        return ingest(options.folder, settings(), rebuild=options.rebuild)
    except (SettingsError, EmbedderError, AnnotationError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept: run `python -m ingest` again to go on.", file=sys.stderr)
        return 130


def ingest(folder: Path | None, config: Settings, *, rebuild: bool = False) -> int:
    """Read every source that can be had, and bring the index up to date; returns the exit status."""
    started = time.perf_counter()
    located = {source.id: _locate(source, folder, config) for source in load_sources().values()}
    annotations = load_annotations()
    files = [f"{name}:{place.sha256 if place else 'missing'}" for name, place in located.items()]
    outcome = build_index(
        index_digest(files, annotations, config.embedder),
        lambda: _read_all(located),
        annotations,
        config,
        rebuild=rebuild,
    )
    states = read_stamp(outcome.folder).sources
    missing = [state.id for state in states if state.origin == "missing"]
    print(
        f"{sum(state.passages for state in states)} passages, {outcome.units} units: "
        f"{outcome.embedded} embedded, "
        f"{outcome.removed} removed, {time.perf_counter() - started:.0f} s. Index: {outcome.folder}"
    )
    if missing:
        titles = "; ".join(load_sources()[name].title for name in missing)
        print(f"Without official text (answers come from our summaries and link to the official page): {titles}")
    return 3 if missing else 0


def _locate(source: Source, folder: Path | None, config: Settings) -> Located | None:
    try:
        return locate(source, folder, config, _say)
    except SourceError as error:
        _say(f"{source.title}: {error}")
        return None


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _read_all(located: Mapping[str, Located | None]) -> tuple[list[Passage], tuple[SourceState, ...]]:
    passages: list[Passage] = []
    states: list[SourceState] = []
    for name, place in located.items():
        found, state = _read(load_sources()[name], place)
        passages += found
        states.append(state)
    return passages, tuple(states)


def _read(source: Source, located: Located | None) -> tuple[list[Passage], SourceState]:
    if located is None:
        return _without_text(source)
    try:
        passages = _parse(source, located)
    except SourceError as error:
        _say(f"{source.title}: {error}")
        return _without_text(source)
    dates = {passage.valid_from for passage in passages if passage.valid_from}
    as_at = source.as_at or max(dates, default="")
    return passages, SourceState(source.id, as_at, located.origin, len(passages))


def _without_text(source: Source) -> tuple[list[Passage], SourceState]:
    names = [name for name in load_catalogue() if name.startswith(f"{source.id}:")]
    return [bare_passage(name) for name in names], SourceState(source.id, "", "missing", len(names))


def _parse(source: Source, located: Located) -> list[Passage]:
    if source.format == "pdf":
        from ingest.code_of_practice import read_code

        return read_code(located.paths[0], source).passages
    from ingest.clml import read_clml

    return read_clml(located.paths, source)


if __name__ == "__main__":
    sys.exit(main())
