"""What a text claims: how strongly, who is bound, and with which numbers, periods, dates and section letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.quote import content_words
from corpus.numbers import dates, numbers, periods, section_letters

CLAIMS_FILE = Path(__file__).with_name("claims.yaml")

Claim = tuple[str, str]
"""A kind and what is claimed: ("number", "6"), ("period", "6 week"), ("section", "F"), ("weight", "only")."""


class Side(StrEnum):
    """Which patterns are read: those of a sentence to be checked, or the wider ones of what may bear it."""

    SAID = "said"
    BORNE = "borne"


@dataclass(frozen=True, slots=True)
class Modal:
    """One modal of a text, such as "must", with what it speaks of."""

    forces: frozenset[str]
    actor: str
    """Who is bound, such as "council"; empty where nobody is named."""
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, bullet or numbered part, read with the lines that introduce it."""

    words: frozenset[str]
    claims: frozenset[Claim]
    modals: tuple[Modal, ...]
    denies: bool
    """Whether it says that something is not so."""
    opens_with: str
    """Who it opens with as its subject, such as "council"; empty where with nobody who may be bound."""


class _Pair(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    said: re.Pattern[str]
    borne: re.Pattern[str]

    def on(self, side: Side) -> re.Pattern[str]:
        return self.said if side is Side.SAID else self.borne


class _Patterns(BaseModel):
    """What `claims.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modal: re.Pattern[str]
    denial: re.Pattern[str]
    forces: dict[str, _Pair]
    weights: dict[str, _Pair]
    actors: dict[str, re.Pattern[str]]
    same: dict[str, re.Pattern[str]]


@cache
def _patterns() -> _Patterns:
    return _Patterns.model_validate(_compiled(yaml.safe_load(CLAIMS_FILE.read_text(encoding="utf-8"))))


def _compiled(found: object) -> object:
    if isinstance(found, dict):
        return {key: _compiled(value) for key, value in found.items()}
    return re.compile(str(found), re.IGNORECASE)


_MONTH = re.compile(r"\b(january|february|april|june|july|august|september|october|november|december)\b", re.IGNORECASE)
_ONE_PERIOD = re.compile(
    r"\b(within|in|after|for|of|by|than|before|last|every|each|least|most) an? "
    r"((?:calendar |working |school )?(?:day|week|month|year))\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:(?:the|your|a|an|each|every|all|any) )?(?:[\w-]+ )?[\w-]+(?!['\w-])", re.IGNORECASE)
_TABLE_LETTER = re.compile(r"(?m)^\(([A-K][12]?)\) ")
_PLAN_PART = re.compile(r"\bpart ([A-K])\b")
_LINE_MARK = re.compile(
    r"(?P<bullet>•)|(?P<inner>◦)|\((?P<number>\d+[A-Z]*)\) |\((?P<row>[A-K][12]?)\) |\((?P<letter>[a-z]{1,4})\) "
)
_LEVELS = {"number": 0, "row": 0, "bullet": 1, "letter": 1, "inner": 2}
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-Z‘“(])")
_CLAUSE_END = re.compile(r"[.;:!?](?:\s|$)")


@lru_cache(maxsize=20_000)
def words_of_claim(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, with one name for what has several."""
    for name, pattern in _patterns().same.items():
        text = pattern.sub(f" {name} ", text)
    return content_words(text)


def read_claims(sentence: str) -> Piece:
    """What `sentence` claims, as far as patterns can tell."""
    return _piece(sentence, Side.SAID)


@lru_cache(maxsize=4096)
def read_pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a passage's text, each with the claims that it would bear out."""
    return tuple(_piece(piece, Side.BORNE) for piece in _split(text))


def _piece(text: str, side: Side) -> Piece:
    text = text.replace("’", "'")
    opening = _SUBJECT.match(text)
    return Piece(
        words=words_of_claim(text),
        claims=frozenset(_claims(text, side)),
        modals=tuple(_modals(text, side)),
        denies=bool(_patterns().denial.search(text)),
        opens_with=_last_actor(opening[0]) if opening else "",
    )


def _claims(text: str, side: Side) -> Iterator[Claim]:
    yield from _facts(_ONE_PERIOD.sub(r"\1 1 \2", text))
    for name, pair in _patterns().weights.items():
        if pair.on(side).search(text):
            yield "weight", name


def _facts(text: str) -> Iterator[Claim]:
    for number in numbers(text):
        yield "number", number
    for number, unit in periods(text):
        yield "period", f"{number} {unit.removeprefix('calendar ')}"
    for date in dates(text):
        yield "date", date
    for month in _MONTH.findall(text):
        yield "month", month.lower()
    for letter in section_letters(text) | set(_TABLE_LETTER.findall(text)) | set(_PLAN_PART.findall(text)):
        yield "section", letter


def _modals(text: str, side: Side) -> Iterator[Modal]:
    """The modals of a text: each speaks of what stands between it and its neighbours, to the end of its clause."""
    found = list(_patterns().modal.finditer(text))
    edges = [0, *(match.end() for match in found)], [*(match.start() for match in found), len(text)]
    for match, start, end in zip(found, edges[0], edges[1][1:], strict=False):
        before = _CLAUSE_END.split(text[start : match.start()])[-1]
        after = _CLAUSE_END.split(text[match.end() : end])[0]
        forces = frozenset(
            name
            for name, pair in _patterns().forces.items()
            if any(_overlap(match, other) for other in pair.on(side).finditer(text))
        )
        if forces:
            actor = _last_actor(text[: match.start()])
            yield Modal(forces, actor, words_of_claim(before), words_of_claim(after))


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return other.start() < one.end() and other.end() > one.start()


def _last_actor(text: str) -> str:
    """Who is named last in `text`."""
    ends = {
        name: max((match.end() for match in pattern.finditer(text)), default=0)
        for name, pattern in _patterns().actors.items()
    }
    name, end = max(ends.items(), key=lambda pair: pair[1])
    return name if end else ""


def _split(text: str) -> Iterator[str]:
    """Sentences, bullets and numbered parts; before each, the lines that lead up to it."""
    leads: dict[int, str] = {}
    for line in text.split("\n"):
        mark = _LINE_MARK.match(line)
        level = _LEVELS[mark.lastgroup or "letter"] if mark else -1
        leads = {depth: lead for depth, lead in leads.items() if depth < level}
        sentences = _SENTENCE.split(line)
        lead = " ".join(leads[depth] for depth in sorted(leads))
        for sentence in sentences:
            yield f"{lead} {sentence}".strip()
        if line.rstrip().endswith((":", "—", "–", "-")) or (mark and mark["row"]):
            leads[level] = sentences[-1]
