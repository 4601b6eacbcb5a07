"""The rankings that are compared: ours, its parts, and plain baselines over the official text alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.fusion import best_by_passage, reciprocal_rank_fusion
from assistant.library import Library
from assistant.references import find_references
from assistant.retrieve import retrieve
from assistant.turn import Turn
from corpus.passage import PassageId
from eval.questions import Question
from eval.stock import StockPipeline
from ingest.units import UnitKind, kind_of, passage_of
from ingest.words import WordIndex

OURS = "Ask the Code"
Ranking = list[PassageId]
_DEPTH = 400


class Systems:
    """Rankers over one library, by name."""

    def __init__(self, library: Library, stock: Sequence[StockPipeline] = ()) -> None:
        """`stock` are the baselines over the documents, where they are at hand."""
        self.library = library
        self._stock = stock

    def by_name(self) -> dict[str, Callable[[Question, NDArray[np.float32]], Ranking]]:
        """Every ranker that a report compares, the baselines first."""
        rankers: dict[str, Callable[[Question, NDArray[np.float32]], Ranking]] = {
            pipeline.name: lambda q, v, pipeline=pipeline: pipeline.show(q.question).passages  # type: ignore[misc]
            for pipeline in self._stock
        }
        return rankers | {
            "BM25, official text": lambda q, v: self._bm25(q)[:10],
            "embedder, official text": lambda q, v: self._dense(v)[:10],
            "RRF of both": lambda q, v: reciprocal_rank_fusion([self._bm25(q), self._dense(v)])[:10],
            OURS: self._ours,
        }

    @cached_property
    def _text_words(self) -> WordIndex:
        passages = self.library.passages.values()
        return WordIndex.build([(passage.id, passage.text) for passage in passages if passage.text])

    def _bm25(self, question: Question) -> Ranking:
        scores = self._text_words.scores(question.question)
        best = np.argsort(-scores, kind="stable")[:_DEPTH]
        return [self._text_words.passages[place] for place in best if scores[place] > 0]

    def _dense(self, vector: NDArray[np.float32]) -> Ranking:
        found = self.library.nearest(vector, 4 * _DEPTH)
        text = [(passage_of(unit), score) for unit, score in found if kind_of(unit) is UnitKind.TEXT]
        return list(best_by_passage(text))

    def _ours(self, question: Question, vector: NDArray[np.float32]) -> Ranking:
        turn = Turn(question.question, history=question.history, audience=question.audience)
        turn.resolved = question.question
        turn.vector = vector
        turn.references, turn.missing = find_references(question.question)
        retrieve(turn, self.library)
        return list(turn.retrieved[:10])
