"""Spelling: a misspelt word is read as the word of the domain or of English that it is nearest to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symspellpy import SymSpell

_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_SHORTEST = 3
_COMMON = 20
"""A word that stands this often in the sources is read before a rarer one that is a letter nearer."""
_REMEMBERED = 10_000  # misspelt words that needn't be looked up again: a turn asks several times
_PREFIXES = ("de", "re", "un", "non", "pre", "mis", "over", "under", "out", "co")
_DOMAIN_WEIGHT = 200_000  # a word of the sources outweighs all but the commonest of English


class Speller:
    """Corrects words that neither the sources nor an English dictionary know."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts` are the words of the sources and how often they stand there."""
        self._counts = counts
        self._nearest = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def correct(self, text: str) -> str:
        """`text` with misspelt words mended; names, numbers and anything in capitals are left alone."""
        unknown = [word for word in _WORD.findall(text) if word.lower() not in self._counts and len(word) >= _SHORTEST]
        return _WORD.sub(lambda match: self._mended(match[0]), text) if unknown else text

    def knows(self, word: str) -> bool:
        """Whether `word`, in lower case, stands in the sources or in an English dictionary."""
        return word in self._counts or word in self._dictionary.words

    def _mended(self, word: str) -> str:
        lower = word.lower()
        if len(word) < _SHORTEST or lower in self._counts or word != lower:
            return word
        if lower in self._dictionary.words or self._is_compound(lower):
            return word
        return self._nearest(lower) or word

    def _look_up(self, lower: str) -> str:
        """The known word that `lower` is nearest to; empty where none is near."""
        from symspellpy import Verbosity

        found = self._dictionary.lookup(lower, Verbosity.ALL, max_edit_distance=2 if len(lower) > _SHORTEST else 1)
        if not found:
            return ""
        best = min(found, key=lambda s: (s.distance - (self._counts.get(s.term, 0) >= _COMMON), -s.count))
        return str(best.term)

    def _is_compound(self, word: str) -> bool:
        return any(word.startswith(prefix) and word[len(prefix) :] in self._dictionary.words for prefix in _PREFIXES)

    @cached_property
    def _dictionary(self) -> SymSpell:
        """English, and the words of the sources; loaded only once a word is unknown (about a second)."""
        import symspellpy
        from symspellpy import SymSpell

        dictionary = SymSpell(max_dictionary_edit_distance=2)
        english = Path(symspellpy.__file__).with_name("frequency_dictionary_en_82_765.txt")
        dictionary.load_dictionary(english, 0, 1)
        for word, count in self._counts.items():
            dictionary.create_dictionary_entry(word, count * _DOMAIN_WEIGHT)
        return dictionary
