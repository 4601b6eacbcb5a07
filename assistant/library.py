"""The library: everything that answers are made from, opened once and shared by all turns."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from assistant.batching import QuestionVectors
from assistant.rerank import Reranker
from assistant.spelling import Speller
from corpus.annotation import Annotation, read_annotations
from corpus.check import base_id
from corpus.passage import Passage, PassageId, read_passages
from corpus.settings import Settings, settings
from ingest.embedder import Embedder
from ingest.errors import IndexMissing
from ingest.fields import Field
from ingest.index import Stamp, read_stamp
from ingest.scope import ScopeModel
from ingest.units import UnitKind
from ingest.vectors import Vectors
from ingest.words import LetterIndex, WordIndex

IndexT = TypeVar("IndexT", WordIndex, LetterIndex)
_HOW_TO_BUILD = "There is no index yet. Run `python -m ingest`, or `python -m ingest --from FOLDER` offline."


class Library:
    """Passages, annotations and the two stores of one index. Heavy parts open when they are first used."""

    def __init__(self, folder: Path, config: Settings) -> None:
        """Open the index in `folder`; raises IndexMissing where it can't be read."""
        # numpy's threads wait spinning for more, on the cores that the embedding model needs: without them a question
        # takes little more than half the time
        threadpool_limits(1, user_api="blas")
        self.folder = folder
        self.stamp: Stamp = read_stamp(folder)
        self.passages: dict[PassageId, Passage] = {
            passage.id: passage for passage in read_passages(folder / "passages.jsonl")
        }
        # those the index was built from: its units name their questions by number
        self.annotations: Mapping[PassageId, Annotation] = read_annotations(folder / "annotations.jsonl")
        self.embedder = Embedder(config.embedder)
        if self.stamp.embedder != self.embedder.identity:
            raise IndexMissing(
                f"The index was built with another embedding model ({self.stamp.embedder}) than the one that is set "
                f"({self.embedder.identity}). Run `python -m ingest`, or set ASK_THE_CODE_EMBEDDER as it was."
            )
        self.reranker = Reranker(config.reranker) if config.reranker else None
        self._embedding = threading.Lock()
        self._question_vectors = QuestionVectors(self.embed_many)
        self._vectors = Vectors(folder, self.stamp.units, config.chroma_url)

    @classmethod
    def open(cls, config: Settings | None = None) -> Library:
        """The library of the current index; raises IndexMissing with what to do where there is none."""
        config = config or settings()
        folder = config.current_index
        if folder is None:
            raise IndexMissing(_HOW_TO_BUILD)
        return cls(folder, config)

    @cached_property
    def order(self) -> list[PassageId]:
        """All passages as they are printed."""
        return list(self.passages)

    def beside(self, passage: PassageId, step: int) -> PassageId | None:
        """The passage `step` places after `passage` in the same source; None past its ends."""
        position = self.position[passage] + step
        if not 0 <= position < len(self.order):
            return None
        other = self.order[position]
        return other if other.split(":")[0] == passage.split(":")[0] else None

    @cached_property
    def explained_by(self) -> dict[PassageId, list[PassageId]]:
        """For each provision, the passages that name it as the law behind them, in reading order."""
        inverse: dict[PassageId, list[PassageId]] = {}
        for name in self.order:
            annotation = self.annotations.get(name)
            for ref in dict.fromkeys(base_id(ref) for ref in (annotation.law if annotation else ())):
                inverse.setdefault(ref, []).append(name)
        return inverse

    @cached_property
    def position(self) -> dict[PassageId, int]:
        """Where each passage stands in `order`."""
        return {name: position for position, name in enumerate(self.order)}

    @cached_property
    def words(self) -> dict[Field, tuple[WordIndex, NDArray[np.int64]]]:
        """BM25 over each field, with the positions of the passages that its texts belong to."""
        return {field: self._placed(WordIndex.load(self.folder / "words" / field)) for field in Field}

    @cached_property
    def question_rows(self) -> dict[str, int]:
        """For the unit of each annotated question: its row among the texts of the question field."""
        names = (f"{name}#{UnitKind.QUESTION}.{number}" for name, number in self._questions())
        return {name: row for row, name in enumerate(names)}

    def _questions(self) -> Iterator[tuple[PassageId, int]]:
        for name in self.order:
            annotation = self.annotations.get(name)
            for number in range(len(annotation.qa) if annotation else 0):
                yield name, number

    @cached_property
    def letters(self) -> dict[Field, tuple[LetterIndex, NDArray[np.int64]]]:
        """Likeness of spelling over two of the fields, with the positions of their passages."""
        return {
            field: self._placed(LetterIndex.load(self.folder / "letters" / field))
            for field in (Field.QUESTION, Field.ALL)
        }

    def _placed(self, index: IndexT) -> tuple[IndexT, NDArray[np.int64]]:
        return index, np.array([self.position[name] for name in index.passages], dtype=np.int64)

    @cached_property
    def speller(self) -> Speller:
        """Mends misspelt words, knowing those of the sources."""
        return Speller(json.loads((self.folder / "words.json").read_text(encoding="utf-8")))

    @cached_property
    def scope(self) -> ScopeModel:
        """Tells questions that belong here from others."""
        return ScopeModel.load(self.folder)

    def knows_word(self, word: str) -> bool:
        """Whether `word`, in lower case, stands in the sources or in an English dictionary."""
        return self.speller.knows(word)

    @cached_property
    def links(self) -> dict[int, NDArray[np.int64]]:
        """For each passage that has any: the positions of those that its law names, or that name it as law."""
        found: dict[int, set[int]] = {}
        for name, annotation in self.annotations.items():
            for ref in annotation.law:
                ends = self.position.get(name), self.position.get(base_id(ref))
                if ends[0] is not None and ends[1] is not None:
                    found.setdefault(ends[0], set()).add(ends[1])
                    found.setdefault(ends[1], set()).add(ends[0])
        return {place: np.array(sorted(others), dtype=np.int64) for place, others in found.items()}

    def embed(self, question: str) -> NDArray[np.float32]:
        """The vector of one question, to be read only; those asked at the same moment are embedded together."""
        return self._question_vectors.of(question)

    def forget_questions(self) -> None:
        """Drop the vectors of earlier questions, so that they can be timed as if they were new."""
        self._question_vectors.forget()

    def embed_many(self, questions: Iterable[str]) -> NDArray[np.float32]:
        """The vectors of several questions at once."""
        with self._embedding:
            return self.embedder.embed_many(list(questions))

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """The units nearest to `vector` as (unit id, cosine similarity), nearest first; raises VectorsAway."""
        return self._vectors.nearest(vector, limit)

    def warm_up(self) -> None:
        """Open all that a first question would wait for."""
        self.nearest(self.embed("warm up"), 1)
        for words, _ in self.words.values():
            words.scores("warm up")
        for letters, _ in self.letters.values():
            letters.scores("warm up")
        self.speller.correct("wram up")
        if self.reranker:
            self.reranker.scores("warm up", ["warm up"])
        _ = self.links, self.scope, self.question_rows
