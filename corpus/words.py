"""The words of a text that carry its content, so that two texts can be compared."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import Stemmer
import yaml
from pydantic import BaseModel, ConfigDict

_WORDS_FILE = Path(__file__).with_name("words.yaml")
_WORD = re.compile(r"[a-z0-9]+(?:['.-][a-z0-9]+)*")
_CONTENT = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+[a-z]*")


class _Words(BaseModel):
    """The words.yaml file, as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    same: dict[str, str]


def words(text: str) -> list[str]:
    """The words of `text` in order, in lower case, with straight apostrophes: "9.14" and "16-19" are one word."""
    return _WORD.findall(text.lower().replace("’", "'"))


def content_words(text: str) -> frozenset[str]:
    """The stems of the words of `text`, function words aside."""
    found = (word.removesuffix("'s") for word in _CONTENT.findall(text.lower().replace("’", "'")))
    return frozenset(_stem(word) for word in found if word not in _function_words())


def asked_words(question: str) -> frozenset[str]:
    """The content words of a question, with one word for all that people use for the same thing.

    "Can my son get an EHCP?" and "can my daughter get an EHC plan" have the same.
    """
    return frozenset(_same().get(word, word) for word in content_words(question))


@cache
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@cache
def _function_words() -> frozenset[str]:
    return frozenset(_load().function.split())


@cache
def _same() -> dict[str, str]:
    return {_stem(word): name for name, others in _load().same.items() for word in others.split()}


@cache
def _load() -> _Words:
    return _Words.model_validate(yaml.safe_load(_WORDS_FILE.read_text(encoding="utf-8")))
