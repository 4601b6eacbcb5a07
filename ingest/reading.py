"""From located sources to passages: what can't be had now is kept from the index that serves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.catalogue import bare_passage, load_catalogue
from corpus.passage import Passage, read_passages
from corpus.settings import Settings
from corpus.sources import Source, load_sources
from ingest.download import read_record
from ingest.errors import IndexMissing, SourceError
from ingest.faults import BuildFailed
from ingest.fetch import Located
from ingest.index import SourceState, read_stamp

Say = Callable[[str], None]
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Serving:
    """What the index that serves holds of the sources: nothing where there is none, or where it is damaged."""

    states: Mapping[str, SourceState]
    passages: tuple[Passage, ...] = ()

    @classmethod
    def of(cls, config: Settings) -> Serving:
        """The sources of the current index of these settings."""
        folder = config.current_index
        if folder is None:
            return cls({})
        try:
            states = {state.id: state for state in read_stamp(folder).sources}
            return cls(states, tuple(read_passages(folder / "passages.jsonl")))
        except (IndexMissing, OSError, ValueError, KeyError, TypeError):
            return cls({})


def read_all(
    located: Mapping[str, Located | None], serving: Serving, say: Say
) -> tuple[list[Passage], tuple[SourceState, ...]]:
    """The passages of all sources, and how each source stands.

    One that can't be had or read is kept as the serving index has it; where that has nothing of it, its
    passages come without text. Raises BuildFailed where a document changes while it is read.
    """
    passages: list[Passage] = []
    states: list[SourceState] = []
    for name, place in located.items():
        found, state = _read(load_sources()[name], place, serving, say)
        passages += found
        states.append(state)
    return passages, tuple(states)


def _read(source: Source, located: Located | None, serving: Serving, say: Say) -> tuple[list[Passage], SourceState]:
    before = serving.states.get(source.id)
    if located is None:
        return _kept(source, serving, say)
    try:
        passages = _parse(source, located)
    except SourceError as error:
        _check_unchanged(source, located)
        say(f"{source.title}: {error}")
        return _kept(source, serving, say)
    _check_unchanged(source, located)
    dates = {passage.valid_from for passage in passages if passage.valid_from}
    state = SourceState(
        source.id,
        source.as_at or max(dates, default=""),
        located.origin,
        len(passages),
        _digest(located),
        _had(located, before),
    )
    return passages, state


def _parse(source: Source, located: Located) -> list[Passage]:
    if source.format == "pdf":
        from ingest.code_of_practice import read_code

        return read_code(located.paths[0], source).passages
    from ingest.clml import read_clml

    return read_clml(located.paths, source)


def _check_unchanged(source: Source, located: Located) -> None:
    for path, digest in zip(located.paths, located.sha256, strict=True):
        if _sha256(path) != digest:
            raise BuildFailed(
                f"{source.title}: {path} changed while it was being read, so nothing was built. "
                "Wait until whatever writes it is done, and run `python -m ingest` again."
            )


def _kept(source: Source, serving: Serving, say: Say) -> tuple[list[Passage], SourceState]:
    state = serving.states.get(source.id)
    if state is not None and state.origin != MISSING:
        say(f"{source.title}: its text is kept as it stands in the index that serves.")
        return [passage for passage in serving.passages if passage.source == source.id], state
    names = [name for name in load_catalogue() if name.startswith(f"{source.id}:")]
    return [bare_passage(name) for name in names], SourceState(source.id, "", MISSING, len(names))


def _digest(located: Located) -> str:
    return hashlib.sha256("".join(located.sha256).encode()).hexdigest()


def _had(located: Located, before: SourceState | None) -> str:
    """When these documents came from their site; for files put there by hand, when they were first read."""
    records = [read_record(path) for path in located.paths]
    known = [
        record.retrieved
        for record, digest in zip(records, located.sha256, strict=True)
        if record is not None and record.sha256 == digest
    ]
    if len(known) == len(records):
        return min(known)
    if before is not None and before.had and before.sha256 == _digest(located):
        return before.had
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
