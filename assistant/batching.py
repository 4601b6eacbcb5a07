"""Vectors of questions: those asked at the same moment are embedded together, and the last ones are kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
KEPT = 2000
"""Vectors that are kept, of 1.5 kB each."""
TOGETHER = 16
"""The most questions embedded at once: so that the first of them doesn't wait long for the others."""


@dataclass(slots=True)
class _Waiting:
    """A question that waits for its vector; all who ask the same at the same moment wait for one."""

    text: str
    vector: Vector | None = None
    error: BaseException | None = None
    turn: threading.Event = field(default_factory=threading.Event)
    """Set when the question is done, and when its thread is the one that embeds next."""
    done: threading.Event = field(default_factory=threading.Event)


class QuestionVectors:
    """Embeds questions for many threads. A lone question doesn't wait for others to come."""

    def __init__(self, embed_many: Callable[[list[str]], NDArray[np.float32]], kept: int = KEPT) -> None:
        """`embed_many` is called by one thread at a time; the last `kept` vectors are kept."""
        self._embed_many = embed_many
        self._most = kept
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._busy = False
        self._lists = threading.Lock()

    def of(self, text: str) -> Vector:
        """The vector of `text`, which can't be written to; raises what embedding it raised."""
        with self._lists:
            if (known := self._kept.get(text)) is not None:
                self._kept.move_to_end(text)
                return known
            mine = self._waiting.get(text)
            others_turn = mine is not None
            if mine is None:
                mine = self._waiting[text] = _Waiting(text)
                if not self._busy:
                    self._busy = True
                    mine.turn.set()
        if others_turn:
            mine.done.wait()
        else:
            mine.turn.wait()
            if not mine.done.is_set():
                self._embed_some()
        if mine.error is not None:
            raise mine.error
        assert mine.vector is not None  # noqa: S101  # done without an error
        return mine.vector

    def forget(self) -> None:
        """Drop the vectors that are kept: the next questions are embedded anew."""
        with self._lists:
            self._kept.clear()

    def _embed_some(self) -> None:
        """Embed those who have waited longest, then let the next of those who came meanwhile do the same."""
        with self._lists:
            some = list(self._waiting.values())[:TOGETHER]
        try:
            for one, vector in zip(some, self._embed_many([one.text for one in some]), strict=True):
                one.vector = np.array(vector, dtype=np.float32)
                one.vector.flags.writeable = False
        except BaseException as error:
            for one in some:
                one.error = error
        with self._lists:
            for one in some:
                del self._waiting[one.text]
                if one.vector is not None:
                    self._kept[one.text] = one.vector
                one.done.set()
                one.turn.set()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            following = next(iter(self._waiting.values()), None)
            self._busy = following is not None
            if following is not None:
                following.turn.set()
