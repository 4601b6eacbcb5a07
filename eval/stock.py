"""The baseline that most would build first: llama-index over the folder of documents, everything at its default.

SimpleDirectoryReader, SentenceSplitter, VectorStoreIndex in memory, the ten nearest chunks; only the embedder is
ours, so that what is compared is the way of searching and not the model.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from corpus.passage import Passage, PassageId
from eval import documents
from eval.documents import cut_documents, documents_in
from eval.shingles import PassageFinder, words_of
from ingest.embedder import Embedder

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import BaseNode

CHUNKS = 10
"""Chunks that the baseline shows for a question."""
PLAIN, TAGLESS = "Stock pipeline", "Stock pipeline, XML tags removed"


class StockError(RuntimeError):
    """The baseline can't be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the baseline shows for one question."""

    chunks: list[list[PassageId]]
    """The passages of each chunk, the most fully shown first; the nearest chunk first."""
    words: list[int]
    """The number of words of each chunk."""

    @property
    def passages(self) -> list[PassageId]:
        """As a ranking: in the order of the chunks, then how fully each chunk shows them."""
        return list(dict.fromkeys(name for chunk in self.chunks for name in chunk))


class StockPipeline:
    """One built baseline."""

    def __init__(
        self, name: str, index: VectorStoreIndex, finder: PassageFinder, embed: Callable[[str], list[float]]
    ) -> None:
        self.name = name
        self._embed = embed
        self._index = index
        self._retriever = index.as_retriever(similarity_top_k=CHUNKS)
        self._finder = finder
        self._shown: dict[str, tuple[list[PassageId], int]] = {}

    def show(self, question: str) -> Shown:
        """The passages that can be read in the chunks nearest to `question`."""
        from llama_index.core import QueryBundle

        query = QueryBundle(question, embedding=self._embed(question))
        read = [self._read(found.node) for found in self._retriever.retrieve(query)]
        return Shown([names for names, _ in read], [words for _, words in read])

    def _read(self, node: BaseNode) -> tuple[list[PassageId], int]:
        if node.node_id not in self._shown:
            text = node.get_content()
            self._shown[node.node_id] = self._finder.shown_in(text), len(words_of(text))
        return self._shown[node.node_id]

    @property
    def chunks(self) -> list[str]:
        """The text of every chunk."""
        return [node.get_content() for node in self._index.docstore.docs.values()]

    def creditable(self) -> float:
        """The share of the passages with official text that at least one chunk shows: what it could find at best."""
        shown = {name for text in self.chunks for name in self._finder.shown_in(text)}
        return len(shown) / len(self._finder.findable) if self._finder.findable else 0.0


def is_built(folder: Path, embedder: str, home: Path) -> bool:
    """Whether the baseline over the documents in `folder` is at hand, so that using it costs seconds."""
    return (_home(folder, embedder, home) / "built.json").exists()


def open_stock(
    folder: Path, embedder: str, home: Path, passages: Mapping[PassageId, Passage]
) -> tuple[list[StockPipeline], dict[str, Any]]:
    """The baselines over the documents in `folder`, built on first use and kept under `home`.

    Also what building took. Raises StockError where it can't be built, EmbedderError where there is no model.
    """
    from llama_index.core import StorageContext, load_index_from_storage

    place = _home(folder, embedder, home)
    if not (place / "built.json").exists():
        _build(folder, embedder, place)
    model = Embedder(embedder).model
    finder = PassageFinder(passages.values())
    embed = cache(model.get_query_embedding)  # each question is asked of both baselines
    pipelines = []
    for name, part in ((PLAIN, "plain"), (TAGLESS, "tagless")):
        storage = StorageContext.from_defaults(persist_dir=str(place / part))
        index: Any = load_index_from_storage(storage, embed_model=model)
        pipelines.append(StockPipeline(name, index, finder, embed))
    return pipelines, json.loads((place / "built.json").read_text(encoding="utf-8"))


def _home(folder: Path, embedder: str, home: Path) -> Path:
    """Where the baseline is kept: named after all that it is made from, so that a change builds it anew."""
    files = documents_in(folder)
    if not files:
        raise StockError(
            f"The stock baseline reads PDF and XML files, and {folder} holds none. "
            "Set ASK_THE_CODE_SOURCES to the folder of the official documents."
        )
    digest = hashlib.sha256(f"{embedder} {version('llama-index-core')}".encode())
    digest.update(Path(documents.__file__).read_bytes())
    for path in files:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return home / "stock" / digest.hexdigest()[:16]


def _build(folder: Path, embedder: str, place: Path) -> None:
    """Read, cut and embed the documents; the result appears whole or not at all."""
    from llama_index.core import VectorStoreIndex

    started = time.perf_counter()
    model = Embedder(embedder).model
    try:
        pages = cut_documents(folder, [".pdf"])
        plain, tagless = cut_documents(folder, [".xml"]), cut_documents(folder, [".xml"], tags=False)
    except (OSError, LookupError, ValueError) as error:
        raise StockError(f"The stock baseline can't read the documents in {folder}: {error}.") from error
    model(pages)  # the pages are in both baselines: a node that has a vector isn't embedded again
    draft = place.with_name(f"{place.name}.{uuid4().hex[:8]}")
    for part, nodes in (("plain", [*pages, *plain]), ("tagless", [*pages, *tagless])):
        index = VectorStoreIndex(nodes, embed_model=model)
        index.storage_context.persist(str(draft / part))
    built = {
        "seconds": round(time.perf_counter() - started, 1),
        "chunks": {PLAIN: len(pages) + len(plain), TAGLESS: len(pages) + len(tagless)},
    }
    (draft / "built.json").write_text(json.dumps(built), encoding="utf-8")
    for old in place.parent.iterdir():
        if old != draft:
            shutil.rmtree(old, ignore_errors=True)
    draft.replace(place)
