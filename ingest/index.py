"""Building the index: only what changed is embedded, and the old index serves until the new one is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from tqdm import tqdm

from corpus.annotation import Annotation, write_annotations
from corpus.figures import FIGURES_FILE
from corpus.passage import Passage, PassageId, write_passages
from corpus.scope import SCOPE, Scope, load_scope_questions
from corpus.settings import Settings
from corpus.sources import SOURCES_FILE
from ingest.embedder import Embedder
from ingest.errors import IndexMissing
from ingest.faults import BuildFailed, told_in_words
from ingest.fields import Field, Texts, count_words, make_fields
from ingest.kept_vectors import KeptVectors, open_kept_vectors
from ingest.scope import Example, ScopeModel
from ingest.units import Unit, UnitKind, kind_of, make_units, passage_of
from ingest.vectors import VectorsAway, drop_collection, lack_of_vectors, open_collection, reaching
from ingest.whole import damage, fingerprints, is_writable
from ingest.words import LetterIndex, WordIndex

_READERS = frozenset(
    {
        "adaptation",
        "blocks",
        "clml",
        "clml_text",
        "code_of_practice",
        "embedder",
        "fields",
        "pdf_lines",
        "scope",
        "units",
        "words",
    }
)
_STAMP = "stamp.json"
_BATCH = 256  # units embedded between two saves: an interrupted run loses no more
_STORED = 2000  # units sent to the store at once: a Chroma server takes 40 MB


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it stands in an index."""

    id: str
    as_at: str
    """The date or version of its text; empty where the official text is missing."""
    origin: str
    """`folder`, `cache`, `site` or `missing`."""
    passages: int
    sha256: str = ""
    """What stands for the files that it was read from."""
    had: str = ""
    """UTC time at which these files came from the official site or, in a folder, were first read, ISO."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index was built from; two equal digests mean that nothing needs to be built."""

    digest: str
    built: str
    """UTC time at which it was finished, ISO."""
    embedder: str
    units: int
    sources: tuple[SourceState, ...]
    files: dict[str, str] = field(default_factory=dict)
    """The sha256 of each file that stays as it was built; none in an index of an earlier version."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did."""

    folder: Path
    embedded: int
    removed: int
    units: int


def read_stamp(folder: Path) -> Stamp:
    """The stamp of the index in `folder`, which is shown to be whole; raises IndexMissing where it isn't.

    The message says what is wrong, and what to run.
    """
    stamp = _stamp(folder)
    if problem := damage(folder, stamp.files, stamp.units):
        raise IndexMissing(f"The index in {folder} is damaged: {problem}. Run `python -m ingest`: it builds it again.")
    if not is_writable(folder):
        raise IndexMissing(
            f"The index in {folder} can't be written by this user, which its store of vectors needs even to be read. "
            "Give this user the right to write there, or name another folder in ASK_THE_CODE_HOME "
            "and run `python -m ingest`."
        )
    return stamp


def _stamp(folder: Path) -> Stamp:
    try:
        row = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
        row["sources"] = tuple(SourceState(**state) for state in row["sources"])
        return Stamp(**row)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexMissing(
            f"The index in {folder} has no readable stamp. Run `python -m ingest`, or `python -m ingest --rebuild` "
            "to embed everything anew."
        ) from error


def build_index(
    digest: str,
    read: Callable[[], tuple[list[Passage], tuple[SourceState, ...]]],
    annotations: Mapping[PassageId, Annotation],
    settings: Settings,
    *,
    rebuild: bool = False,
    progress: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Bring the index up to date, and make it the one that serves.

    `digest` stands for all that the index is made from; where the current index has the same and is whole,
    nothing is done. Else `read` gives the passages, a new index is written beside the old one, and only the
    units that are new or changed are embedded: the vectors of the others are kept, also those of a run that
    was interrupted. With `rebuild` everything is embedded anew. What the person should know goes to `say`.
    Raises BuildFailed where the disk or the stores refuse; the index that serves is then as before.
    """
    with told_in_words(settings.home):
        settings.indexes.mkdir(parents=True, exist_ok=True)
        if not rebuild and (done := _up_to_date(settings, digest)):
            return done
        with _locked(settings.indexes / ".lock", say):
            if not rebuild and (done := _up_to_date(settings, digest, say)):
                return done
            return _build(digest, read, annotations, settings, rebuild, progress)


def _build(
    digest: str,
    read: Callable[[], tuple[list[Passage], tuple[SourceState, ...]]],
    annotations: Mapping[PassageId, Annotation],
    settings: Settings,
    rebuild: bool,
    progress: bool,
) -> Outcome:
    embedder = Embedder(settings.embedder)
    before = settings.current_index
    # what ended runs left and, where one serves, all that is older: before this build, so that it can't be cut short
    _sweep(settings, lambda other: other != before and (before is not None or not (other / _STAMP).exists()))
    passages, sources = read()
    units = list(make_units(passages, annotations, embedder.split, embedder.count_tokens, embedder.limit))
    lines = {_as_unit(text): kind for kind, texts in load_scope_questions().items() for text in texts}
    folder = settings.indexes / uuid4().hex[:12]
    with open_kept_vectors(settings.indexes / "vectors.sqlite", embedder.identity, anew=rebuild) as kept:
        embedded = _embed(kept, units, embedder, "Embedding", progress)
        _embed(kept, list(lines), embedder, "Embedding sample questions", progress)
        vectors, line_vectors = kept.of(units), kept.of(lines)
        try:
            folder.mkdir()
            _store(folder, units, vectors, settings.chroma_url)
            _index_words(folder, make_fields(passages, annotations))
            _learn_scope(folder, annotations, vectors, lines, line_vectors)
            write_passages(folder / "passages.jsonl", passages)
            write_annotations(folder / "annotations.jsonl", annotations.values())
            built = datetime.now(UTC).isoformat(timespec="seconds")
            stamp = Stamp(digest, built, embedder.identity, len(units), sources, fingerprints(folder))
            _write(folder / _STAMP, json.dumps(asdict(stamp), indent=1))
            _write(settings.indexes / "current", folder.name)
        except BaseException:
            if settings.current_index != folder:
                _discard(folder, settings)  # where the disk is full, this makes room
            raise
        removed = kept.ids() - {unit.id for unit in (*units, *lines)}
        kept.forget(removed)
    # the index before this one stays until the next build: it may still be open in a running app
    return Outcome(folder, embedded, len(removed), len(units))


def index_digest(files: Iterable[str], annotations: Mapping[PassageId, Annotation], embedder: str) -> str:
    """What stands for an index: the hashes of the official files, the annotations, the model, the readers."""
    digest = hashlib.sha256(embedder.encode())
    for name in files:
        digest.update(name.encode())
    for annotation in annotations.values():
        digest.update(annotation.model_dump_json().encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        if module.stem in _READERS:  # so a change to how sources are read or cut needs no version number
            digest.update(module.read_bytes())
    digest.update(SOURCES_FILE.read_bytes() + FIGURES_FILE.read_bytes())
    for path in sorted(SCOPE.glob("*.txt")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _up_to_date(settings: Settings, digest: str, say: Callable[[str], None] = lambda _: None) -> Outcome | None:
    """The outcome of a run that finds nothing to do; None where the current index is another or damaged."""
    if not (folder := settings.current_index):
        return None
    try:
        stamp = read_stamp(folder)
    except IndexMissing as error:
        say(f"Building the index again. {error}")
        return None
    if stamp.digest != digest:
        return None
    if lack := lack_of_vectors(folder, stamp.units, settings.chroma_url):
        say(f"Building the index again: {lack}.")
        return None
    return Outcome(folder, 0, 0, stamp.units)


@contextmanager
def _locked(path: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of all builds in this home; says so where another process has it."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say("Another process is building the index. Waiting until it is done.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _embed(kept: KeptVectors, units: list[Unit], embedder: Embedder, what: str, progress: bool) -> int:
    """Embed the units that are new or changed, and keep their vectors; gives their number."""
    known = kept.of(units)
    todo = [unit for unit in units if unit.id not in known]
    todo.sort(key=lambda unit: len(unit.text), reverse=True)  # texts embedded together are padded to the longest
    with tqdm(total=len(todo), unit="unit", desc=what, disable=not progress or not todo) as bar:
        for start in range(0, len(todo), _BATCH):
            batch = todo[start : start + _BATCH]
            kept.add(batch, embedder.embed_many([unit.text for unit in batch]))
            bar.update(len(batch))
    return len(todo)


def _store(folder: Path, units: list[Unit], vectors: Mapping[str, NDArray[np.float32]], url: str) -> None:
    """Write the units and their vectors into a new Chroma collection."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore

    nodes = [
        TextNode(
            id_=unit.id,
            text=unit.text,
            metadata={"unit": unit.id},
            embedding=vectors[unit.id].tolist(),
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=unit.id)},
        )
        for unit in units
    ]
    with reaching(url):
        collection = open_collection(folder, url)
        store = ChromaVectorStore(chroma_collection=collection)
        for start in range(0, len(nodes), _STORED):
            store.add(list(nodes[start : start + _STORED]))
        stored = collection.count()
    if stored != len(units):
        raise BuildFailed(f"The store in {url or folder} took {stored} of {len(units)} units. Run this again.")


def _index_words(folder: Path, fields: Mapping[Field, Texts]) -> None:
    for name, texts in fields.items():
        WordIndex.build(texts).save(folder / "words" / name)
    for name in (Field.QUESTION, Field.ALL):
        LetterIndex.build(fields[name]).save(folder / "letters" / name)
    counts = count_words(fields[Field.ALL])
    (folder / "words.json").write_text(json.dumps(counts), encoding="utf-8")


def _as_unit(text: str) -> Unit:
    """A question of `corpus/scope` as what is embedded; named by its text, for such lines have no other name."""
    return Unit(f"scope#{hashlib.sha256(text.encode()).hexdigest()}", text)


def _learn_scope(
    folder: Path,
    annotations: Mapping[PassageId, Annotation],
    units: Mapping[str, NDArray[np.float32]],
    lines: Mapping[Unit, Scope],
    line_vectors: Mapping[str, NDArray[np.float32]],
) -> None:
    """Train what tells questions that belong here from others: on our own, and on those of `corpus/scope`."""
    asked = {
        f"{note.id}#{UnitKind.QUESTION}.{number}": Example(qa.q, Scope.ANSWERABLE, note.id)
        for note in annotations.values()
        for number, qa in enumerate(note.qa)
    }
    vectors = np.stack([*(line_vectors[line.id] for line in lines), *(units[unit] for unit in asked)])
    owners = [(passage_of(unit), kind_of(unit)) for unit in units]
    examples = [*(Example(line.text, kind) for line, kind in lines.items()), *asked.values()]
    ScopeModel.train(examples, vectors, np.stack(list(units.values())), owners).save(folder)


def _write(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old or the new one, never half of it."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _sweep(settings: Settings, unwanted: Callable[[Path], bool]) -> None:
    """Remove the index folders that are `unwanted`."""
    for folder in settings.indexes.iterdir():
        if folder.is_dir() and unwanted(folder):
            _discard(folder, settings)


def _discard(folder: Path, settings: Settings) -> None:
    """Remove an index folder and, on the Chroma server, its collection."""
    if settings.chroma_url:
        try:
            drop_collection(folder, settings.chroma_url)
        except VectorsAway:
            return  # the folder stays, so that the next run knows of the collection
    shutil.rmtree(folder, ignore_errors=True)
