"""Has an annotation copied the official text? Terms of art and quoted phrases may be used word for word."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from corpus.words import words

LONGEST_COPY = 8
"""The most consecutive words that an annotation may share with its passage, terms of art aside."""

_TERMS_FILE = Path(__file__).with_name("terms.txt")
_QUOTED = re.compile(r"[“‘\"]([^”’\"]{1,80})[”’\"]")
_SIZE = LONGEST_COPY + 1


def copied_run(text: str, official: str) -> str | None:
    """The first run of more than LONGEST_COPY words that `text` shares with the official text; None without one.

    A term of art counts for nothing but ends no run: what stands before and after it still counts together.
    A quoted phrase ends the run.
    """
    taken = _runs(official)
    for piece in _QUOTED.split(text)[::2]:
        own = words(_without_terms(piece))
        for start in range(len(own) - _SIZE + 1):
            if (run := " ".join(own[start : start + _SIZE])) in taken:
                return run
    return None


@cache
def _runs(official: str) -> frozenset[str]:
    own = words(_without_terms(official))
    return frozenset(" ".join(own[start : start + _SIZE]) for start in range(len(own) - _SIZE + 1))


def _without_terms(text: str) -> str:
    return _terms().sub(" ", text.lower().replace("’", "'"))


@cache
def _terms() -> re.Pattern[str]:
    lines = _TERMS_FILE.read_text(encoding="utf-8").lower().replace("’", "'").splitlines()
    names = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    initials = re.escape("".join(sorted({name[0] for name in names})))
    return re.compile(rf"\b(?=[{initials}])(?:{'|'.join(map(re.escape, names))})")
