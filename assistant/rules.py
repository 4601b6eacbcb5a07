"""The decisions that patterns make, before any score: danger, place, topics that the sources leave out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

RULES_FILE = Path(__file__).with_name("rules.yaml")


@cache
def _rules() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    return {
        "danger": _any(raw["danger"]),
        "danger_exceptions": _any(raw["danger_exceptions"]),
        "jurisdictions": {place: _any(rule["strong"]) for place, rule in raw["jurisdictions"].items()},
        "jurisdiction_exceptions": _any(raw["jurisdiction_exceptions"]),
        "audiences": {name: _any(patterns) for name, patterns in raw["audiences"].items()},
        "old_words": {name: _any(patterns) for name, patterns in raw["old_words"].items()},
        "proposals": _any(raw["proposals"]),
        "unsaid": {words: _any(patterns) for words, patterns in raw["unsaid"].items()},
        "topics": {topic: _any(patterns) for topic, patterns in raw["topics_not_covered"].items()},
    }


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def speaks_of_danger(question: str) -> bool:
    """Whether it speaks of harm to someone, rather than of what the Code says about harm."""
    rules = _rules()
    return bool(rules["danger"].search(question)) and not rules["danger_exceptions"].search(question)


def other_jurisdiction(question: str) -> str | None:
    """The place whose law is asked for, where that isn't England; a place merely mentioned doesn't count."""
    rules = _rules()
    if rules["jurisdiction_exceptions"].search(question):
        return None
    places: dict[str, re.Pattern[str]] = rules["jurisdictions"]
    return next((place for place, pattern in places.items() if pattern.search(question)), None)


def topic_not_covered(question: str) -> str | None:
    """A topic near to SEND that these sources leave out, such as benefits."""
    topics: dict[str, re.Pattern[str]] = _rules()["topics"]
    return next((topic for topic, pattern in topics.items() if pattern.search(question)), None)


def audience_of(question: str) -> str | None:
    """Who asks, going by their words ("my son", "our pupils", "my client"); None where they don't tell."""
    audiences: dict[str, re.Pattern[str]] = _rules()["audiences"]
    return next((name for name, pattern in audiences.items() if pattern.search(question)), None)


def old_words(question: str) -> list[str]:
    """The words of before 2014 that it uses, by name, such as `statement`."""
    words: dict[str, re.Pattern[str]] = _rules()["old_words"]
    return [name for name, pattern in words.items() if pattern.search(question)]


def speaks_of_proposals(question: str) -> bool:
    """Whether it asks about what is proposed, such as the white paper of 2026, rather than the law in force."""
    return bool(_rules()["proposals"].search(question))


def unsaid(follow_up: str) -> str:
    """What a short follow-up such as "and if they refuse?" leaves unsaid, in words to search for."""
    rules: dict[str, re.Pattern[str]] = _rules()["unsaid"]
    return ", ".join(words for words, pattern in rules.items() if pattern.search(follow_up))
