"""What people call things, in the words of the law."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

SYNONYMS_FILE = Path(__file__).with_name("synonyms.yaml")


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    table = {
        str(phrase).lower(): str(words)
        for phrase, words in yaml.safe_load(SYNONYMS_FILE.read_text(encoding="utf-8")).items()
    }
    phrases = sorted(table, key=len, reverse=True)
    pattern = r"(?<![\w'])(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?![\w'])"
    return re.compile(pattern, re.IGNORECASE), table


def expand(question: str) -> str:
    """`question` with the law's words for what it mentions added at its end."""
    pattern, table = _synonyms()
    added = dict.fromkeys(table[match.lower()] for match in pattern.findall(question))
    return " ".join([question, *added])
