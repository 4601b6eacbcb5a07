"""Does a sentence that a language model wrote say no more than the passages it cites?

Every sentence is held against the passages whose keys stand in it, and is left out where it fails.
The checks are patterns and word counts. They can't prove that a sentence is right: they catch what is
not borne out, and when in doubt they leave it out, for a composed answer always stands behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from assistant.claims import Claim, Modal, Piece, read_claims, read_pieces
from assistant.mask import speaks_of_detail

SHARED = 0.6
"""The least share of a sentence's words that must stand in the passages it cites."""
LONGEST = 60
"""Words: longer sentences are hard to check and harder to read."""
_AS_NEAR = 0.6  # a claim's piece is at least this near to the sentence, compared with the nearest of all
_MODAL_AS_NEAR = 0.95  # the same for what a modal speaks of
_SAME_THING = 0.8  # from this share of its words on, a sentence restates a piece
_LEAKED_RUN = 6  # words in a row that a sentence may not share with the instructions

_KEYS = re.compile(r"\s*\[([^\[\]]*)\]")
_KEY_BREAK = re.compile(r"[,;&/\s]+")
_PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9\s.,;:'’‘“”\"()\-–—/%£?!&…]*")
_ENTITY = re.compile(r"&#?\w+;")
_WEB = re.compile(r"\b(?:www\.|https?:|[\w-]+\.(?:com|org|net|info|io|co\.uk|gov\.uk|org\.uk|sch\.uk|nhs\.uk))", re.I)
_ABOUT_ITSELF = re.compile(
    r"\b(?:extracts?|passages?|(?:my|the|these|system|hidden|above|following) (?:prompts?|instructions?)|language model"
    r"|as an ai|ai assistant|system message|codes? of letters|provided (?:text|context|sources?))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"]([^”\"]+)[”\"]|‘([^’]+ [^’]+)’")
_REFERENCE = re.compile(
    r"\b(?:(?:sections?|regulations?|paragraphs?|chapters?|parts?|schedules?|annex(?:es)?|regs?|paras?|s)\.? ?\d+[A-Z]*"
    r"(?:\.\d+)?(?:\(\w+\))*(?:(?:, | and | or | to |–|-)\d+[A-Z]*(?:\.\d+)?(?:\(\w+\))*)*"
    r"|(?:Act|Regulations|Code(?: of Practice)?)(?: of)?,? \(?(?:January )?\d{4})",
    re.IGNORECASE,
)
_STRONG = frozenset({"must", "must not", "should", "should not", "need not"})
_BINDING = frozenset({"must", "must not", "should", "should not"})
_VALUED = frozenset({"period", "date", "month", "section"})


class Fault(StrEnum):
    """Why a sentence is left out."""

    UNFINISHED = "it doesn't end as a sentence"
    DETAIL = "it repeats a personal detail other than a name"
    REPEATED = "it has been said"
    SURPLUS = "the answer is long enough without it"
    DANGLING = "it leans on a sentence that was left out"
    NO_KEY = "it cites no passage"
    UNKNOWN_KEY = "it cites a passage that it wasn't given"
    MARKUP = "it holds markup, a link or characters that no answer needs"
    LEAK = "it repeats or speaks of its instructions"
    QUOTE = "it quotes words that the passages don't have"
    LONG = "it is too long"
    FACT = "a number, period, date or section letter isn't in the passages"
    WEIGHT = "a word such as “only” or “at once” isn't borne out"
    FORCE = "must, should or may isn't the passages' own"
    BOUND = "it puts a duty on someone else"
    DENIAL = "it denies what the passages say, or leaves out a “not”"
    WORDS = "its words aren't those of the passages"


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as the model was shown it."""

    key: str
    """What the model cites it by in this turn."""
    number: int
    """Its citation number in the answer."""
    title: str
    """Its label and headings: they bear references, such as "section 36", and nothing else."""
    text: str
    """Its official wording, or the part of it that was shown; may be empty."""
    summary: str
    """Our gist of it, with our note on what has changed."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What may bear a sentence out."""
        return read_pieces(self.text) + read_pieces(self.summary)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence with citation numbers in place of keys, or what is wrong with it."""

    text: str
    fault: Fault | None = None


def check_sentence(sentence: str, shown: Mapping[str, Shown], instructions: str = "") -> Verdict:
    """Hold one sentence against the passages that it cites, which `shown` gives by key."""
    keys = [key for group in _KEYS.findall(sentence) for key in _KEY_BREAK.split(group.strip())]
    body = " ".join(_KEYS.sub("", sentence).split())
    fault = _fault_of_form(body, keys, shown, instructions)
    if fault is None:
        cited = [shown[key] for key in dict.fromkeys(keys)]
        fault = _fault_of_quoting(body, cited) or _fault_of_content(body, cited)
    if fault:
        return Verdict(body, fault)
    numbers = sorted({shown[key].number for key in keys})
    return Verdict(f"{body} " + " ".join(f"[{number}]" for number in numbers))


def _fault_of_form(body: str, keys: Sequence[str], shown: Mapping[str, Shown], instructions: str) -> Fault | None:
    if not _PLAIN.fullmatch(body) or _ENTITY.search(body) or _WEB.search(body):
        return Fault.MARKUP
    if speaks_of_detail(body):
        return Fault.DETAIL
    if _ABOUT_ITSELF.search(body) or _shares_run(body, instructions):
        return Fault.LEAK
    if not keys:
        return Fault.NO_KEY
    if any(key not in shown for key in keys):
        return Fault.UNKNOWN_KEY
    if not re.search(r"[.!?][”\"’)]*$", body):
        return Fault.UNFINISHED
    return Fault.LONG if len(body.split()) > LONGEST else None


def _shares_run(body: str, instructions: str) -> bool:
    words = _words(body)
    runs = _runs(instructions)
    return any(tuple(words[i : i + _LEAKED_RUN]) in runs for i in range(len(words) - _LEAKED_RUN + 1))


@lru_cache(maxsize=8)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    return frozenset(tuple(words[i : i + _LEAKED_RUN]) for i in range(len(words) - _LEAKED_RUN + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _fault_of_quoting(body: str, cited: Sequence[Shown]) -> Fault | None:
    official = " ".join(" ".join(_words(passage.text)) for passage in cited)
    for groups in _QUOTED.findall(body):
        if " ".join(_words("".join(groups))) not in official:
            return Fault.QUOTE
    return None


def _fault_of_content(body: str, cited: Sequence[Shown]) -> Fault | None:
    pieces = [piece for passage in cited for piece in passage.pieces]
    sentence = read_claims(body)
    if not sentence.words or not pieces:
        return Fault.WORDS
    near = [(_share(sentence.words, piece.words), piece) for piece in pieces]
    for claim in sorted(sentence.claims):
        if not _is_borne(claim, near, _numbers_named(body, cited)):
            return _FAULT_OF_CLAIM.get(claim[0], Fault.FACT) if claim != ("weight", "not") else Fault.DENIAL
    everything = frozenset[str]().union(*(piece.words for piece in pieces))
    if _share(sentence.words, everything) < SHARED:
        return Fault.WORDS
    return _fault_of_force(sentence, pieces) or _fault_of_omission(sentence, near)


_FAULT_OF_CLAIM = {"weight": Fault.WEIGHT}


def _share(words: frozenset[str], others: frozenset[str]) -> float:
    return len(words & others) / len(words) if words else 0.0


def _numbers_named(body: str, cited: Sequence[Shown]) -> frozenset[Claim]:
    """The numbers that stand in references such as "section 36", as far as the passages' titles bear them."""
    named = read_claims(" ".join(_REFERENCE.findall(body))).claims
    titles = read_claims("\n".join(passage.title for passage in cited)).claims
    left = read_claims(_REFERENCE.sub(" ", body)).claims
    return (named & titles) - left


def _is_borne(claim: Claim, near: Sequence[tuple[float, Piece]], named: frozenset[Claim]) -> bool:
    """Whether a piece bears `claim` that is about as near to the sentence as any, and nearer than its rivals.

    A rival bears another value of the same kind: 20 weeks where the sentence says 6.
    """
    if claim in named:
        return True
    bearing = max((share for share, piece in near if claim in piece.claims), default=-1.0)
    if bearing < 0 or bearing < _AS_NEAR * max(share for share, _ in near):
        return False
    if claim[0] not in _VALUED:
        return True
    rivals = [(share, {kind for kind, _ in piece.claims}) for share, piece in near if claim not in piece.claims]
    return bearing > max((share for share, kinds in rivals if claim[0] in kinds), default=-1.0)


def _fault_of_force(sentence: Piece, pieces: Sequence[Piece]) -> Fault | None:
    """Each modal of the sentence is that of the passage where it speaks of the same thing, and binds the same."""
    candidates = [modal for piece in pieces for modal in piece.modals]
    for modal in sentence.modals:
        near = [(_likeness(modal, other), other) for other in candidates]
        for force in modal.forces:
            same = max((score for score, other in near if force in other.forces), default=-1.0)
            rival = max((score for score, other in near if force not in other.forces), default=-1.0)
            if same < 0 or same < _MODAL_AS_NEAR * rival or (force in _STRONG and same <= rival):
                return Fault.FORCE
            if modal.actor and force in _BINDING:
                actors = {o.actor for score, o in near if force in o.forces and score >= _MODAL_AS_NEAR * same}
                if actors.isdisjoint({modal.actor, ""}):
                    return Fault.BOUND
    return None


def _likeness(modal: Modal, other: Modal) -> float:
    """How much of what `modal` speaks of `other` speaks of too, 0 to 2; what follows it counts most."""
    after = _share(modal.after, other.after) + 0.5 * _share(modal.after, other.before | other.after)
    return after + 0.5 * _share(modal.before, other.before)


def _fault_of_omission(sentence: Piece, near: Sequence[tuple[float, Piece]]) -> Fault | None:
    """A sentence that restates a piece keeps its "not", and its modal where it says what a council or school does."""
    best = max(share for share, _ in near)
    nearest = [piece for share, piece in near if share == best]
    if best >= _SAME_THING and not sentence.denies and all(piece.denies for piece in nearest):
        return Fault.DENIAL
    unmarked = sentence.opens_with and not sentence.modals and best >= SHARED
    if unmarked and all(any(modal.forces & _BINDING for modal in piece.modals) for piece in nearest):
        return Fault.FORCE
    return None
