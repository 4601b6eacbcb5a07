"""Building the index: only what changed is embedded, and the old index serves until the new one is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
from filelock import FileLock
from tqdm import tqdm

from corpus.annotation import Annotation, write_annotations
from corpus.figures import FIGURES_FILE
from corpus.passage import Passage, PassageId, write_passages
from corpus.scope import SCOPE, Scope, load_scope_questions
from corpus.settings import Settings
from corpus.sources import SOURCES_FILE
from ingest.embedder import Embedder
from ingest.errors import IndexMissing
from ingest.fields import Field, Texts, count_words, make_fields
from ingest.scope import Example, ScopeModel
from ingest.units import Unit, kind_of, make_units, passage_of
from ingest.vectors import open_collection
from ingest.words import LetterIndex, WordIndex

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode

_READERS = frozenset(
    {"blocks", "clml", "clml_text", "code_of_practice", "embedder", "fields", "pdf_lines", "scope", "units", "words"}
)
_BATCH = 256  # units embedded between two saves: an interrupted run loses no more


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it stands in an index."""

    id: str
    as_at: str
    """The date or version of its text; empty where the official text is missing."""
    origin: str
    """`folder`, `cache`, `site` or `missing`."""
    passages: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index was built from; two equal digests mean that nothing needs to be built."""

    digest: str
    built: str
    """UTC time at which it was finished, ISO."""
    embedder: str
    units: int
    sources: tuple[SourceState, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did."""

    folder: Path
    embedded: int
    removed: int
    units: int


def read_stamp(folder: Path) -> Stamp:
    """The stamp of the index in `folder`; raises IndexMissing where there is none."""
    try:
        row = json.loads((folder / "stamp.json").read_text(encoding="utf-8"))
        row["sources"] = tuple(SourceState(**state) for state in row["sources"])
        return Stamp(**row)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexMissing(f"The index in {folder} has no readable stamp. Run `python -m ingest --rebuild`.") from error


def build_index(
    digest: str,
    read: Callable[[], tuple[list[Passage], tuple[SourceState, ...]]],
    annotations: Mapping[PassageId, Annotation],
    settings: Settings,
    *,
    rebuild: bool = False,
    progress: bool = True,
) -> Outcome:
    """Bring the index up to date, and make it the one that serves.

    `digest` stands for all that the index is made from; where the current index has the same, nothing is
    done. Else `read` gives the passages, and what is new or changed among their units is embedded, what
    vanished removed; an interrupted run is gone on with. With `rebuild` everything is embedded anew.
    """
    embedder = Embedder(settings.embedder)
    settings.indexes.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.indexes / ".lock"):
        current = settings.current_index
        if current and not rebuild and _is_up_to_date(current, digest):
            return Outcome(current, 0, 0, read_stamp(current).units)
        passages, sources = read()
        units = list(make_units(passages, annotations, embedder.split, embedder.count_tokens, embedder.limit))
        folder = _building_folder(settings, embedder, rebuild)
        embedded, removed = _embed(folder, units, embedder, progress)
        _index_words(folder, make_fields(passages, annotations))
        _learn_scope(folder, annotations, embedder)
        write_passages(folder / "passages.jsonl", passages)
        write_annotations(folder / "annotations.jsonl", annotations.values())
        stamp = Stamp(digest, datetime.now(UTC).isoformat(timespec="seconds"), embedder.name, len(units), sources)
        _write(folder / "stamp.json", json.dumps(asdict(stamp), indent=1))
        _write(settings.indexes / "current", folder.name)
        (settings.indexes / "building").unlink(missing_ok=True)
        _sweep(settings, keep={folder.name, current.name if current else ""})
    return Outcome(folder, embedded, removed, len(units))


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


def _is_up_to_date(folder: Path, digest: str) -> bool:
    try:
        return read_stamp(folder).digest == digest
    except IndexMissing:
        return False


def _building_folder(settings: Settings, embedder: Embedder, rebuild: bool) -> Path:
    """Where to build: the folder of an interrupted run, else a copy of the current index, else anew."""
    pointer = settings.indexes / "building"
    if pointer.exists():
        folder = settings.indexes / pointer.read_text(encoding="utf-8").strip()
        if folder.is_dir() and not rebuild:
            return folder
    folder = settings.indexes / uuid4().hex[:12]
    current = settings.current_index
    if current and not rebuild and _same_embedder(current, embedder):
        shutil.copytree(current, folder, ignore=shutil.ignore_patterns("stamp.json"))
    else:
        folder.mkdir()
    _write(pointer, folder.name)
    return folder


def _same_embedder(folder: Path, embedder: Embedder) -> bool:
    try:
        return read_stamp(folder).embedder == embedder.name
    except IndexMissing:
        return False


def _embed(folder: Path, units: list[Unit], embedder: Embedder, progress: bool) -> tuple[int, int]:
    """Embed new and changed units into Chroma, and remove those that vanished."""
    from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.core.storage.docstore import SimpleDocumentStore
    from llama_index.vector_stores.chroma import ChromaVectorStore

    docstore_file = folder / "docstore.json"
    docstore = (
        SimpleDocumentStore.from_persist_path(str(docstore_file)) if docstore_file.exists() else SimpleDocumentStore()
    )
    pipeline = IngestionPipeline(
        transformations=[embedder.model],
        docstore=docstore,
        vector_store=ChromaVectorStore(chroma_collection=open_collection(folder)),
        docstore_strategy=DocstoreStrategy.UPSERTS,
        disable_cache=True,  # the docstore already knows what needs no embedding
    )

    def node(unit: Unit) -> TextNode:
        # its own source document: so an upsert replaces it, and a deletion finds it
        return TextNode(
            id_=unit.id,
            text=unit.text,
            # part of the hash, so that two units with the same text are told apart; not part of what is embedded
            metadata={"unit": unit.id},
            excluded_embed_metadata_keys=["unit"],
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=unit.id)},
        )

    known = docstore.get_all_document_hashes()
    nodes = [node(unit) for unit in units]
    by_id = {identifier: digest for digest, identifier in known.items()}
    todo = [item for item in nodes if by_id.get(item.id_) != item.hash]
    todo.sort(key=lambda item: len(item.text), reverse=True)  # texts embedded together are padded to the longest
    with tqdm(total=len(todo), unit="unit", desc="Embedding", disable=not progress or not todo) as bar:
        for batch in _batches(todo, _BATCH):
            pipeline.run(nodes=batch, store_doc_text=False)
            docstore.persist(str(docstore_file))
            bar.update(len(batch))
    vanished = by_id.keys() - {unit.id for unit in units}
    for unit_id in vanished:
        docstore.delete_document(unit_id, raise_error=False)
        if pipeline.vector_store is not None:
            pipeline.vector_store.delete(unit_id)
    docstore.persist(str(docstore_file))
    return len(todo), len(vanished)


def _index_words(folder: Path, fields: Mapping[Field, Texts]) -> None:
    for name, texts in fields.items():
        WordIndex.build(texts).save(folder / "words" / name)
    for name in (Field.QUESTION, Field.ALL):
        LetterIndex.build(fields[name]).save(folder / "letters" / name)
    counts = count_words(fields[Field.ALL])
    (folder / "words.json").write_text(json.dumps(counts), encoding="utf-8")


def _learn_scope(folder: Path, annotations: Mapping[PassageId, Annotation], embedder: Embedder) -> None:
    """Train what tells questions that belong here from others: on our own, and on those of `corpus/scope`."""
    examples = [Example(text, kind) for kind, texts in load_scope_questions().items() for text in texts]
    examples += [Example(qa.q, Scope.ANSWERABLE, note.id) for note in annotations.values() for qa in note.qa]
    kept = open_collection(folder).get(include=["embeddings"])
    owners = [(passage_of(unit), kind_of(unit)) for unit in kept["ids"]]
    units = np.asarray(kept["embeddings"], dtype=np.float32)
    vectors = embedder.embed_many([example.text for example in examples])
    ScopeModel.train(examples, vectors, units, owners).save(folder)


def _batches(items: list[TextNode], size: int) -> Iterator[list[TextNode]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _write(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old or the new one, never half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _sweep(settings: Settings, keep: set[str]) -> None:
    """Remove old indexes; the one before the current may still be open in a running app."""
    for folder in settings.indexes.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
