"""Which event of `deadlines.yaml` a person speaks of: by phrases, and none rather than a guess between two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from corpus.deadline_rules import EventRule, load_deadline_rules

_GAP = 3  # other words that may stand between two words of a phrase
_BESIDE = 2  # how near to a phrase a word must stand to change its meaning
_ALIKE = 0.8  # spelling likeness from which two words count as one
_LONGEST_NAME = 200
"""Characters of what may be the name of an event."""
_WORD = re.compile(r"[a-z0-9]+")
_SPELLINGS = (
    (re.compile(r"['’`]"), ""),
    (re.compile(r"\bre[- ]assess"), "reassess"),
    (re.compile(r"\beducation,? health (?:and|&) care plan"), "ehcp"),
    (re.compile(r"\behc plan"), "ehcp"),
    (re.compile(r"\b(?:ehc|education,? health (?:and|&) care) needs assessment"), "assessment"),
)


@dataclass(frozen=True, slots=True)
class Spotted:
    """Where an event is spoken of in a plain text."""

    event: EventRule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Match:
    event: EventRule
    first: int
    """The first word of the match, and the one after its last."""
    end: int
    length: int
    """How many words of a phrase it has: the more, the surer."""

    def within(self, other: _Match) -> bool:
        return other.first <= self.first and self.end <= other.end and other.length > self.length


def plain(text: str) -> str:
    """`text` in lower case, without apostrophes, and with one spelling for each thing."""
    text = text.lower()
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return text


def spot_event(text: str) -> Spotted | None:
    """The one event that a plain text speaks of; None where it speaks of none, or of more than one."""
    fillers = load_deadline_rules().fillers
    places = [match for match in _WORD.finditer(text) if match[0] not in fillers]
    words = [match[0] for match in places]
    matches = [match for event in load_deadline_rules().events for match in _matches(event, words)]
    left = [match for match in matches if not any(match.within(other) for other in matches)]
    if len({match.event.id for match in left}) != 1:
        return None
    return Spotted(left[0].event, places[left[0].first].start(), places[left[0].end - 1].end())


def nearest_events(text: str, limit: int = 5) -> tuple[EventRule, ...]:
    """The events whose names and phrases are most like the start of `text`, most like first."""
    text = text[:_LONGEST_NAME]
    own = set(_WORD.findall(plain(text))) - set(load_deadline_rules().fillers)
    meant = [_alike(word) for word in own]

    def likeness(event: EventRule) -> float:
        shared = sum(not words.isdisjoint(_words_of(event)) for words in meant)
        return shared + SequenceMatcher(None, plain(text), plain(event.name)).ratio()

    return tuple(sorted(load_deadline_rules().events, key=likeness, reverse=True)[:limit])


@cache
def _words_of(event: EventRule) -> frozenset[str]:
    return frozenset(_WORD.findall(plain(" ".join((event.id, event.name, *event.phrases)))))


def _alike(word: str) -> frozenset[str]:
    """The words of any event that are spelt much like `word`."""
    known = frozenset[str]().union(*(_words_of(event) for event in load_deadline_rules().events))
    return frozenset(other for other in known if _is_alike(word, other))


def _is_alike(word: str, other: str) -> bool:
    both = SequenceMatcher(None, word, other)
    return both.real_quick_ratio() >= _ALIKE and both.quick_ratio() >= _ALIKE and both.ratio() >= _ALIKE


def starts_another_clause(text: str) -> bool:
    """Whether a word of a plain text begins another clause: what stands on its two sides is then told apart."""
    breaks = load_deadline_rules().breaks
    return any(word in breaks for word in _WORD.findall(text))


def _matches(event: EventRule, words: list[str]) -> Iterator[_Match]:
    text = " ".join(words)
    for phrase in event.phrases:
        pattern, length = _compiled(phrase)
        for found in pattern.finditer(text):
            match = _Match(event, text.count(" ", 0, found.start()), text.count(" ", 0, found.end()) + 1, length)
            if not _means_something_else(match, words, phrase):
                yield match


def _means_something_else(match: _Match, words: list[str], phrase: str) -> bool:
    """Whether a word in or beside the match turns its meaning, such as "not" or "autism" (assessment)."""
    before, after = words[max(0, match.first - _BESIDE) : match.end], words[match.first : match.end + _BESIDE]
    negations = set(load_deadline_rules().negations)
    if negations.isdisjoint(re.split(r"[ |]", phrase)) and not negations.isdisjoint(before):
        return True
    unless = _any_of("|".join(match.event.unless))
    return bool(match.event.unless) and any(unless.fullmatch(word) for word in {*before, *after})


@cache
def _any_of(choice: str) -> re.Pattern[str]:
    """A pattern for `draft|amend*`: any of these words, `*` standing for any ending."""
    return re.compile("|".join(re.escape(word).replace(r"\*", "[a-z]*") for word in choice.split("|")))


@cache
def _compiled(phrase: str) -> tuple[re.Pattern[str], int]:
    """A pattern for the words of `phrase` in their order, and how many there are."""
    rules = load_deadline_rules()
    tokens = [token for token in phrase.split() if token not in rules.fillers]
    another_clause = "|".join(rules.breaks)
    gap = rf" (?:(?!(?:{another_clause})\b)[a-z0-9]+ ){{0,{_GAP}}}?"
    return re.compile(r"\b" + gap.join(f"(?:{_any_of(token).pattern})" for token in tokens) + r"\b"), len(tokens)
