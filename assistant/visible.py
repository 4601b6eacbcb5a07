"""Text without what nobody can see: control, formatting and filler characters, which only mislead programs."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = "\n\r\t\v\f\x85"
"""Control characters that part words."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_BLANKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
"""Fillers and variation selectors that Unicode counts as letters, marks or signs but that show nothing."""
_JOINERS = "\u200c\u200d"
"""They shape the letters of Persian, of India's languages, and emoji: kept where people write for themselves."""


def clean(text: str) -> str:
    """`text` on one line, in one spelling for each character, without what can't be seen; white space folded."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(" " if char in _BREAKS else char for char in text if _is_seen(char, _BREAKS))
    # what NFKC makes of a character may join the one before it, so unseen ones go first; and it makes fillers
    return " ".join(_BLANKS.sub("", unicodedata.normalize("NFKC", _BLANKS.sub("", seen))).split())


def clean_lines(text: str) -> str:
    """`text` as it was written, line breaks and tabs too, without what can't be seen and what reverses its order."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if _is_seen(char, "\n\t" + _JOINERS))


def _is_seen(char: str, kept: str) -> bool:
    return char in kept or unicodedata.category(char) not in _UNSEEN
