"""Which passages can be read in a stretch of text: those with a run of words that stands there too."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from corpus.passage import Passage, PassageId

RUN = 12
"""Consecutive words that a text must share with a passage to count as showing it; a shorter passage counts whole."""

_WORD = re.compile(r"[a-z0-9]+")
_TAG = re.compile(r"\A[^<>]*>|<[^<>]*>|<[^<>]*\Z")  # whole tags, and those that a cut through the text left open


def words_of(text: str) -> list[str]:
    """The words of `text` as a reader sees them: lower-case, without markup, hyphens and line ends aside."""
    plain = html.unescape(_TAG.sub(" ", text))
    return _WORD.findall(unicodedata.normalize("NFKC", plain).lower())


class PassageFinder:
    """Finds the passages whose own words stand in a text."""

    def __init__(self, passages: Iterable[Passage], run: int = RUN) -> None:
        """Passages without official text, and figures that we transcribed, can't be found."""
        self._run = run
        self._at: dict[int, dict[int, list[PassageId]]] = defaultdict(lambda: defaultdict(list))
        self._runs_of: dict[PassageId, int] = {}
        for passage in passages:
            words = words_of(passage.text or "") if not passage.transcribed else []
            if not words:
                continue
            length = min(run, len(words))
            keys = set(_runs(words, length))
            self._runs_of[passage.id] = len(keys)
            for key in keys:
                self._at[length][key].append(passage.id)

    def shown_in(self, text: str) -> list[PassageId]:
        """The passages that `text` shows, the most fully shown first."""
        words = words_of(text)
        seen: Counter[PassageId] = Counter()
        for length, names_at in self._at.items():
            for key in set(_runs(words, length)):
                seen.update(names_at.get(key, ()))
        return sorted(seen, key=lambda name: (-seen[name] / self._runs_of[name], -seen[name], name))

    @property
    def findable(self) -> frozenset[PassageId]:
        """The passages that a text could show."""
        return frozenset(self._runs_of)


def _runs(words: list[str], length: int) -> Iterator[int]:
    for start in range(len(words) - length + 1):
        yield hash(tuple(words[start : start + length]))
