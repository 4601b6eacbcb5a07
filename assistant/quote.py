"""Quotations: always an unbroken stretch of the official text, copied by code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.passage import Force, Passage

LONGEST_QUOTE = 110
"""Words: where a passage is longer, the sentences that answer are quoted instead of the whole."""

_SENTENCE_END = re.compile(r"(?<=[.;:!?])\s+(?=[A-Z‘“(•◦])")
_WORD = re.compile(r"[a-z0-9]+")
_PLAN_SECTION = re.compile(r"\b[Ss]ection ([A-K][12]?)\b")
_LETTERED = re.compile(r"\([A-K][12]?\) ")
_FORCES: tuple[tuple[Force, re.Pattern[str]], ...] = (
    (Force.MUST_NOT, re.compile(r"\b(?:must not|shall not|may not)\b", re.IGNORECASE)),
    (Force.MUST, re.compile(r"\b(?:must|shall)\b", re.IGNORECASE)),
    (Force.SHOULD_NOT, re.compile(r"\bshould not\b", re.IGNORECASE)),
    (Force.SHOULD, re.compile(r"\bshould\b", re.IGNORECASE)),
    (Force.MAY, re.compile(r"\b(?:may|can|could)\b", re.IGNORECASE)),
)
MODALS = re.compile(r"\b(must not|must|shall not|shall|should not|should|may not|may)\b", re.IGNORECASE)
_STOP = frozenset(
    "a an and any are as at be been but by can do does for from get got had has have how i if in into is it "
    "its me my no not of on or our out she should so that the their them then there they this to up us was "
    "we were what when where which who why will with would you your he her him his about just really tell know "
    "did must may".split()
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """An unbroken stretch of a passage's text."""

    text: str
    force: Force | None
    """The strongest of must, should and may in it."""


def force_of(text: str) -> Force | None:
    """The strongest of must, should and may in `text`; None where it has none."""
    return next((force for force, pattern in _FORCES if pattern.search(text)), None)


def quote_part(passage: Passage, part: str) -> Quotation | None:
    """The numbered part of a provision, whole; None where it has no such part."""
    text = passage.part(part)
    return Quotation(text, force_of(text)) if text else None


def quote_best(passage: Passage, wanted: str, longest: int = LONGEST_QUOTE) -> Quotation | None:
    """The stretch of at most about `longest` words that shares most with `wanted`; whole where it fits."""
    text = passage.text
    if not text:
        return None
    if len(text.split()) <= longest:
        return Quotation(text, force_of(text))
    pieces = _pieces(text)
    goal = content_words(wanted)
    scores = [_overlap(text[start:end], goal) for start, end in pieces]
    best = max(_of_section(text, pieces, wanted), key=lambda position: (scores[position], -position))
    first, last = _widen(text, pieces, best, longest)
    stretch = text[pieces[first][0] : pieces[last][1]]
    return Quotation(stretch, force_of(stretch))


def _of_section(text: str, pieces: tuple[tuple[int, int], ...], wanted: str) -> range:
    """The pieces on the section of a plan that is wanted, where the text has a part on it; else all."""
    asked = _PLAN_SECTION.search(wanted)
    starts = [place for place, piece in enumerate(pieces) if _LETTERED.match(text[slice(*piece)])]
    for place, following in zip(starts, [*starts[1:], len(pieces)], strict=False):
        if asked and text[slice(*pieces[place])].startswith(f"({asked[1]})"):
            return range(place, following)
    return range(len(pieces))


def quote_whole(passage: Passage) -> Quotation | None:
    """All of a passage's text."""
    return Quotation(passage.text, force_of(passage.text)) if passage.text else None


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[int, int], ...]:
    """Where the sentences, bullets and numbered parts of `text` start and end."""
    pieces = []
    offset = 0
    for line in text.split("\n"):
        start = 0
        for match in _SENTENCE_END.finditer(line):
            pieces.append((offset + start, offset + match.start()))
            start = match.end()
        if line[start:].strip():
            pieces.append((offset + start, offset + len(line)))
        offset += len(line) + 1
    return tuple(pieces)


def _widen(text: str, pieces: tuple[tuple[int, int], ...], best: int, longest: int) -> tuple[int, int]:
    """Take in what leads up to the best piece, then what follows it, while there is room.

    A bullet says little without the line that introduces its list.
    """
    first = last = best
    words = len(text[slice(*pieces[best])].split())
    if _starts_list_item(text, pieces[best]):
        lead = best
        while lead > 0 and _starts_list_item(text, pieces[lead]):
            lead -= 1
        total = len(text[pieces[lead][0] : pieces[best][1]].split())
        if total <= longest:
            first, words = lead, total
    while last + 1 < len(pieces):
        more = len(text[slice(*pieces[last + 1])].split())
        # a stretch that ends in "if—" or "such as:" says nothing without what follows
        room = longest if text[pieces[last][1] - 1] in "—:" else longest * 0.6
        if words + more > room:
            break
        last, words = last + 1, words + more
    return first, last


def _starts_list_item(text: str, piece: tuple[int, int]) -> bool:
    return bool(re.match(r"[•◦]|\([a-z0-9]{1,4}\) ", text[slice(*piece)]))


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, cut to a common stem."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP)


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    for ending in ("ments", "ment", "ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _overlap(piece: str, goal: frozenset[str]) -> float:
    words = content_words(piece)
    return len(words & goal) / (len(words) ** 0.5) if words else 0.0


def mark_modals(text: str) -> str:
    """`text` in Markdown with must, should and may set bold."""
    return MODALS.sub(r"**\1**", text)


def shared_share(one: str, others: Iterable[str]) -> float:
    """The largest share of `one`'s words that any of `others` has."""
    words = content_words(one)
    if not words:
        return 0.0
    return max((len(words & content_words(other)) / len(words) for other in others), default=0.0)
