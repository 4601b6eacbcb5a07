"""Search as you type: over labels, headings, summaries and official text, in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.library import Library
from assistant.references import find_references
from assistant.wording import plan_in_full
from corpus.passage import PassageId

LONGEST_QUERY = 200
"""Characters; more than that is a question, not a search."""

_WORD = re.compile(r"[a-z0-9]+(?:[.'’-][a-z0-9]+)*")
_COMMON = frozenset(
    "a an and are as at be by can do does for from has how i in is it my of on or that the to what".split()
)
_WEIGHTS = (8.0, 4.0, 3.0, 2.0, 1.0)  # label, headings, summary, our questions, official text
_ENDINGS = ("ing", "ed", "es", "s")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first."""

    named: tuple[PassageId, ...]
    """Passages that the query names, such as "9.14" or "s.36"."""
    matching: tuple[PassageId, ...]
    total: int
    """How many passages match, those not listed included."""


class WordSearch:
    """Finds the passages that have words which start as those typed do."""

    def __init__(self, library: Library) -> None:
        self._order = library.order
        self._fields = [_fields(name, library) for name in library.order]

    def find(self, query: str, limit: int = 30) -> Found:
        """The passages that match `query`: all its words where any has them all, else as many as can be."""
        query = query[:LONGEST_QUERY]
        known = set(self._order)
        named = tuple(reference.id for reference in find_references(query)[0] if reference.id in known)
        words = search_words(query)
        if not words:
            return Found(named, (), 0)
        scored = [(self._score(place, words), place) for place in range(len(self._order))]
        hits = [(score, place) for score, place in scored if score[0]]
        complete = [(score, place) for score, place in hits if score[0] == len(words)]
        best = sorted(complete or hits, key=lambda hit: (-hit[0][0], -hit[0][1], hit[1]))
        names = [self._order[place] for _, place in best if self._order[place] not in named]
        return Found(named, tuple(names[:limit]), len(names))

    def _score(self, place: int, words: Sequence[str]) -> tuple[int, float]:
        """How many of `words` a passage has, and how prominently."""
        found, weight = 0, 0.0
        for word in words:
            start = f" {word} " if len(word) == 1 else f" {word}"  # the F of "section F", not every word with f
            gain = sum(
                value * min(count, 3)
                for value, text in zip(_WEIGHTS, self._fields[place], strict=True)
                if (count := text.count(start))
            )
            if gain:
                found, weight = found + 1, weight + gain
        return found, weight


def search_words(query: str) -> list[str]:
    """The words of `query` that are looked for, endings cut so that "appeals" finds "appeal"."""
    words = _WORD.findall(plan_in_full(query).lower().replace("’", "'"))
    telling = [word for word in words if word not in _COMMON] or words
    return list(dict.fromkeys(_stem(word) for word in telling))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _fields(name: PassageId, library: Library) -> tuple[str, ...]:
    passage = library.passages[name]
    annotation = library.annotations.get(name)
    texts = (
        passage.label,
        " ".join(passage.headings),
        annotation.gist if annotation else "",
        " ".join(f"{qa.q} {qa.a}" for qa in annotation.qa) if annotation else "",
        passage.text or "",
    )
    return tuple(f" {' '.join(_WORD.findall(text.lower().replace('’', chr(39))))} " for text in texts)
