"""An official text as single statements: each sentence and list item with the words that lead into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.passage import roman_value
from corpus.words import content_words

_BLOCK = re.compile(r"(?P<bullet>[•◦])\s|\((?P<number>[0-9A-Za-z]{1,5})\)\s")
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-Z“‘(])")
_BACKWARD = re.compile(r"(?:This|These|That|Those|It|They|Such|For example)\b")
"""How a sentence opens that goes on with the one before."""
_MODAL = re.compile(r"\b(?:must|shall|should|may|can)\b")
_SHORT_LEAD = 4
"""A lead-in of so few words ("They are:") says nothing without the sentence before it."""
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or list item of an official text."""

    lead: str
    """What leads into it: "A local authority must—" for "(a) consult …"."""
    text: str
    head: str
    """The sentence that it goes on with ("This includes …"), else nothing."""
    words: frozenset[str]
    """Its content words, those of its lead and of its head."""
    words_before: frozenset[str]
    """The content words of the sentence before it."""

    @property
    def whole(self) -> str:
        """The statement with what leads into it."""
        return f"{self.lead} {self.text}".strip()


@cache
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of an official text, in order."""
    found: list[Statement] = []
    leads = [""] * _LEVELS
    head = previous = ""
    for line in filter(None, text.split("\n")):
        level = _level(line)
        goes_on = level == 0 and line[0].islower()
        lead = next(filter(None, leads), "") if goes_on else " ".join(filter(None, leads[:level]))
        sentences = split_sentences(line)
        for sentence in sentences:
            backward = bool(_BACKWARD.match(sentence))
            found.append(_statement(lead, sentence, head if backward else "", previous))
            head, previous = head if backward else sentence, sentence
        opened = _lead_in(sentences, head)
        if opened and goes_on and not _MODAL.search(opened):
            opened = f"{lead} {opened}"
        if opened or not goes_on:
            leads[level:] = [opened] + [""] * (_LEVELS - level - 1)
    return tuple(found)


def split_sentences(text: str) -> list[str]:
    """The sentences of one line of text."""
    return _SENTENCE_END.split(text)


def _statement(lead: str, sentence: str, head: str, previous: str) -> Statement:
    return Statement(
        lead=lead,
        text=sentence,
        head=head,
        words=content_words(f"{lead} {head} {sentence}"),
        words_before=content_words(previous),
    )


def _level(line: str) -> int:
    """How deep a line stands: 0 for running text, 1 for "• " or "(1) ", 2 for "◦ " or "(a) ", 3 for "(i) "."""
    block = _BLOCK.match(line)
    if block is None:
        return 0
    if block["bullet"]:
        return 1 if block["bullet"] == "•" else 2
    if block["number"][0].isdigit():
        return 1
    return 3 if roman_value(block["number"]) else 2


def _lead_in(sentences: list[str], head: str) -> str:
    """What the last sentence of a line leads into, with the sentence that it goes on with; nothing where it ends."""
    last = sentences[-1]
    if last.rstrip().endswith((".", ";", ",")):
        return ""
    if len(last.split()) <= _SHORT_LEAD and len(sentences) > 1:
        return " ".join(sentences[-2:])
    return f"{head} {last}" if head != last and not _MODAL.search(last) else last
