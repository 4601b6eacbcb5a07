"""Spelling: a misspelt word is read as the word of the domain or of English that it is nearest to."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from importlib.util import find_spec
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
        return word in self._counts or word in _english_words()

    def _mended(self, word: str) -> str:
        lower = word.lower()
        if len(word) < _SHORTEST or lower in self._counts or word != lower:
            return word
        if lower in _english_words() or _is_compound(lower):
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

    @cached_property
    def _dictionary(self) -> SymSpell:
        """English, and the words of the sources; made only once a word is misspelt, for it takes seconds."""
        from symspellpy import SymSpell

        dictionary = SymSpell(max_dictionary_edit_distance=2)
        collected = gc.isenabled()
        gc.disable()  # a million small things are made, and none is thrown away: looking for some takes a quarter more
        try:
            dictionary.load_dictionary(_english_file(), 0, 1)
            for word, count in self._counts.items():
                dictionary.create_dictionary_entry(word, count * _DOMAIN_WEIGHT)
        finally:
            if collected:
                gc.enable()
        return dictionary


def _english_file() -> Path:
    spec = find_spec("symspellpy")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The package symspellpy isn't installed. Run `pip install symspellpy`.")
    return Path(spec.origin).with_name("frequency_dictionary_en_82_765.txt")


@cache
def _english_words() -> frozenset[str]:
    """The words of the English dictionary; reading them alone takes no time."""
    with _english_file().open(encoding="utf-8-sig") as lines:
        return frozenset(line.partition(" ")[0] for line in lines)


def _is_compound(word: str) -> bool:
    return any(word.startswith(prefix) and word[len(prefix) :] in _english_words() for prefix in _PREFIXES)
