"""Follow-ups: "and if they refuse?" is completed from the conversation, without a model."""

from __future__ import annotations

import re

from assistant.library import Library
from assistant.quote import content_words
from assistant.rules import unsaid
from assistant.turn import Turn

_OPENERS = re.compile(
    r"^(?:and|but|so|or|then|also|ok(?:ay)?|what about|how about|what if|even if|why|who|when|how (?:long|much|soon)"
    r"|(?:does|is) (?:that|it|this)|can (?:they|he|she|it)|do they|are they|will they|what happens)\b",
    re.IGNORECASE,
)
_POINTERS = re.compile(r"\b(?:it|that|this|they|them|those|these|he|she|him|her|then|there)\b", re.IGNORECASE)
_LONGEST_TOPIC = 1000
"""Characters of earlier questions that a follow-up is completed with."""
_ENOUGH_WORDS = 6
"""A question with this many words of substance stands on its own."""


def resolve_follow_up(turn: Turn, library: Library) -> None:
    """Complete a question that leans on the one before it; `turn.resolved` is then what is looked up."""
    if turn.history and leans_on_history(turn.question):
        turn.resolved = f"{topic_of(turn.history)[:_LONGEST_TOPIC]} {turn.question}".strip()
        turn.unsaid = unsaid(turn.question)


def leans_on_history(question: str) -> bool:
    """Whether a question can't be understood alone: short, and opening or pointing to what was said."""
    substance = len(content_words(question))
    if substance >= _ENOUGH_WORDS:
        return False
    if substance <= 1:
        return True
    return bool(_OPENERS.match(question) or _POINTERS.search(question))


def topic_of(history: tuple[str, ...]) -> str:
    """The last question that stands on its own, with what later ones added to it."""
    topic: list[str] = []
    for question in reversed(history):
        topic.insert(0, question)
        if not leans_on_history(question):
            break
    return " ".join(topic)
