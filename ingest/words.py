"""Searching for words: BM25, and likeness of spelling for what BM25 can't match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.passage import PassageId
from ingest.errors import IndexMissing

if TYPE_CHECKING:
    import bm25s

WORD_PATTERN = r"(?u)\d+(?:\.\d+)+|\d+(?:\([a-z0-9]+\))+|\b\w[\w'’]*\b"
"""Words for BM25; unlike the default it keeps "9.14" and "8(4)" whole."""
_REBUILD = "Run `python -m ingest --rebuild`."
_PLAIN_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")


def words_of(text: str) -> list[str]:
    """The words of `text`, lower-case, numbers aside."""
    return _PLAIN_WORD.findall(text.lower())


class WordIndex:
    """BM25 over texts, several of which may belong to one passage."""

    def __init__(self, bm25: bm25s.BM25, passages: Sequence[str]) -> None:
        self._bm25 = bm25
        self.passages = [PassageId(name) for name in passages]

    @classmethod
    def build(cls, texts: Sequence[tuple[PassageId, str]]) -> WordIndex:
        """Index the words of `texts`."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene")
        bm25.index(tokenize([text for _, text in texts] or ["empty"]), show_progress=False)
        return cls(bm25, [name for name, _ in texts])

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        self._bm25.save(str(folder))
        _write_names(folder, self.passages)

    @classmethod
    def load(cls, folder: Path) -> WordIndex:
        """Read what `save` wrote; raises IndexMissing where it can't be read."""
        import bm25s

        try:
            return cls(bm25s.BM25.load(str(folder)), _read_names(folder))
        except (OSError, ValueError, KeyError) as error:
            raise IndexMissing(f"The word index can't be read ({error}). {_REBUILD}") from error

    def scores(self, question: str) -> NDArray[np.float32]:
        """The BM25 score of each text for the words of `question`."""
        tokens = tokenize([question], as_words=True)[0]
        if not tokens or not self.passages:
            return np.zeros(len(self.passages), dtype=np.float32)
        found: NDArray[np.float32] = self._bm25.get_scores(tokens)
        return found


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


class LetterIndex:
    """Cosine likeness of runs of letters: it finds "tribunul" where BM25 finds nothing."""

    def __init__(self, matrix: Any, idf: NDArray[np.float32], passages: Sequence[str]) -> None:
        # a row for each run of letters: a question then touches only those that it has
        self._by_letters = matrix.T.tocsr()
        self._idf = idf
        self.passages = [PassageId(name) for name in passages]

    @classmethod
    def build(cls, texts: Sequence[tuple[PassageId, str]]) -> LetterIndex:
        """Index the letters of `texts`."""
        counts = _letter_counts([text for _, text in texts] or ["empty"])
        seen = np.asarray((counts > 0).sum(axis=0)).ravel()
        idf = (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)
        return cls(_weighted(counts, idf), idf, [name for name, _ in texts])

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        import scipy.sparse

        folder.mkdir(parents=True, exist_ok=True)
        scipy.sparse.save_npz(folder / "letters.npz", self._by_letters.T.tocsr())
        np.save(folder / "idf.npy", self._idf)
        _write_names(folder, self.passages)

    @classmethod
    def load(cls, folder: Path) -> LetterIndex:
        """Read what `save` wrote; raises IndexMissing where it can't be read."""
        import scipy.sparse

        try:
            matrix = scipy.sparse.load_npz(folder / "letters.npz")
            return cls(matrix, np.load(folder / "idf.npy", allow_pickle=False), _read_names(folder))
        except (OSError, ValueError, KeyError) as error:
            raise IndexMissing(f"The letter index can't be read ({error}). {_REBUILD}") from error

    def scores(self, question: str) -> NDArray[np.float32]:
        """The likeness of each text and `question`, from 0 to 1."""
        if not self.passages:
            return np.zeros(0, dtype=np.float32)
        asked = _weighted(_letter_counts([question]), self._idf)
        found: NDArray[np.float32] = (asked @ self._by_letters).toarray().ravel()
        return found


def _letter_counts(texts: list[str]) -> Any:
    return _hashing().transform(texts)


@cache
def _hashing() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), n_features=2**18, norm=None, alternate_sign=False, dtype=np.float32
    )


def _weighted(counts: Any, idf: NDArray[np.float32]) -> Any:
    """Counts damped, weighted by rarity, and scaled to length 1."""
    from sklearn.preprocessing import normalize

    weighted = counts.copy()
    weighted.data = (1 + np.log(weighted.data)) * idf[weighted.indices]
    return normalize(weighted, copy=False)


def _write_names(folder: Path, names: Sequence[str]) -> None:
    (folder / "passages.txt").write_text("\n".join(names), encoding="utf-8")


def _read_names(folder: Path) -> list[str]:
    return (folder / "passages.txt").read_text(encoding="utf-8").split("\n")
