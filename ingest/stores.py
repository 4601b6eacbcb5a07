"""The two stores of units: Chroma for vectors, BM25 for words. Both live in one index folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexMissing
from ingest.units import Unit

if TYPE_CHECKING:
    import bm25s
    from chromadb.api.models.Collection import Collection

COLLECTION = "units"
WORD_PATTERN = r"(?u)\d+(?:\.\d+)+|\d+(?:\([a-z0-9]+\))+|\b\w[\w'’]*\b"
"""Words for BM25; unlike the default it keeps "9.14" and "8(4)" whole."""


def open_collection(folder: Path) -> Collection:
    """The Chroma collection in `folder`, made if it isn't there; distances are cosine distances."""
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(path=str(folder / "chroma"), settings=ChromaSettings(anonymized_telemetry=False))
    return client.get_or_create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


class WordIndex:
    """BM25 over the units."""

    def __init__(self, bm25: bm25s.BM25, unit_ids: list[str]) -> None:
        self._bm25 = bm25
        self._unit_ids = np.asarray(unit_ids)

    @classmethod
    def build(cls, units: list[Unit]) -> WordIndex:
        """Index the words of `units`."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene")
        bm25.index(tokenize([unit.text for unit in units]), show_progress=False)
        return cls(bm25, [unit.id for unit in units])

    def save(self, folder: Path) -> None:
        """Write the index to `folder`/bm25."""
        target = folder / "bm25"
        self._bm25.save(str(target))
        (target / "units.txt").write_text("\n".join(self._unit_ids.tolist()), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WordIndex:
        """Read what `save` wrote; raises IndexMissing where it can't be read."""
        import bm25s

        target = folder / "bm25"
        try:
            bm25 = bm25s.BM25.load(str(target))
            unit_ids = (target / "units.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError, KeyError) as error:
            raise IndexMissing(f"The word index can't be read ({error}). Run `python -m ingest --rebuild`.") from error
        return cls(bm25, unit_ids)

    def search(self, question: str, limit: int) -> list[tuple[str, float]]:
        """The best units for the words of `question`, as (unit id, BM25 score), best first."""
        tokens = tokenize([question], as_words=True)[0]
        if not tokens:
            return []
        scores: NDArray[np.float32] = self._bm25.get_scores(tokens)
        limit = min(limit, len(scores))
        best = np.argpartition(-scores, limit - 1)[:limit]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(str(self._unit_ids[i]), float(scores[i])) for i in best if scores[i] > 0]


def tokenize(texts: list[str], *, as_words: bool = False) -> Any:
    """Stemmed words without stop words, as bm25s wants them."""
    import bm25s
    import Stemmer

    return bm25s.tokenize(
        texts,
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        token_pattern=WORD_PATTERN,
        return_ids=not as_words,
        show_progress=False,
    )
