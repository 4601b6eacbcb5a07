"""What `languages.yaml` holds: the texts in other languages, and the cues that languages are recognised by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

LANGUAGES_FILE = Path(__file__).with_name("languages.yaml")
_SAME_LETTER = str.maketrans(
    {"ł": "l", "ı": "i", "đ": "d", "ß": "ss", "ي": "ی", "ى": "ی", "ك": "ک", "ہ": "ه", "ھ": "ه"}
)
_ACCENTS = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670]")


def fold(text: str) -> str:
    """`text` in small letters without accents, with letters that are typed for one another made one."""
    if text.isascii():
        return text.lower()
    small = text.replace("İ", "i").lower()
    stripped = _ACCENTS.sub("", unicodedata.normalize("NFD", small))
    return unicodedata.normalize("NFC", stripped).translate(_SAME_LETTER)


def _folded_words(value: object) -> object:
    return frozenset(fold(value).split()) if isinstance(value, str) else value


_Words = Annotated[frozenset[str], BeforeValidator(_folded_words)]


class Entry(BaseModel):
    """One language of `languages.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    native_name: str
    dir: Literal["ltr", "rtl"] = "ltr"
    script: str = "Latin"
    sentences: tuple[str, ...] = ()
    translated: str = ""
    letters: str = ""
    strong: _Words = frozenset()
    weak: _Words = frozenset()
    danger: tuple[str, ...] = ()

    @cached_property
    def danger_pattern(self) -> re.Pattern[str] | None:
        """Any of `danger`, at the start of a word; None where there are none."""
        either = "|".join(f"(?:{pattern})" for pattern in self.danger)
        return re.compile(f"(?<!\\S)(?:{either.translate(_SAME_LETTER)})") if either else None


class Catalogue(BaseModel):
    """The whole of `languages.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    example: str
    original: tuple[str, ...] = Field(min_length=1)
    other: tuple[str, ...] = Field(min_length=1)
    translated: str
    scripts: dict[str, tuple[tuple[int, int], ...]]
    english_words: _Words
    abbreviations: _Words
    languages: dict[str, Entry]

    @model_validator(mode="after")
    def _texts_are_whole(self) -> Catalogue:
        for code, entry in self.languages.items():
            if entry.sentences and len(entry.sentences) != len(self.original):
                raise ValueError(f"{code} has {len(entry.sentences)} sentences; the original has {len(self.original)}")
            if bool(entry.sentences) != bool(entry.translated):
                raise ValueError(f"{code} must say what a translation is worth, as it has sentences of its own")
            if entry.script != "Latin" and entry.script not in self.scripts:
                raise ValueError(f"{code} is written in {entry.script}, which isn't among the scripts")
        return self

    @cached_property
    def strong(self) -> dict[str, list[str]]:
        """For each strong word the languages that it shows."""
        return _inverse({code: entry.strong for code, entry in self.languages.items()})

    @cached_property
    def weak(self) -> dict[str, list[str]]:
        """For each weak word the languages that it may belong to."""
        return _inverse({code: entry.weak for code, entry in self.languages.items()})

    @cached_property
    def letters(self) -> dict[str, list[str]]:
        """For each letter that sets languages apart, which ones have it."""
        return _inverse({code: entry.letters for code, entry in self.languages.items()})

    def script_of(self, letter: str) -> str:
        """The script that `letter` belongs to; empty where it is none of them."""
        point = ord(letter)
        return next(
            (name for name, spans in self.scripts.items() if any(first <= point <= last for first, last in spans)), ""
        )


def _inverse(cues: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The languages of each cue, from the cues of each language."""
    inverse: dict[str, list[str]] = {}
    for code, found in cues.items():
        for cue in found:
            inverse.setdefault(cue, []).append(code)
    return inverse


@cache
def load_languages() -> Catalogue:
    """All of it; raises ValueError where the file breaks its own rules."""
    return Catalogue.model_validate(yaml.safe_load(LANGUAGES_FILE.read_text(encoding="utf-8")))
