"""Questions in other languages: which language it is, and what is said in it, from `languages.yaml`.

A sentence belongs to the language of its small words, whatever else is mixed into it. So the letters decide first,
then the small words; a statistical model is asked only where much of the question is no English at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from assistant.language_catalogue import fold, load_languages

_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]+")
_STRONG, _WEAK, _LETTER = 2, 1, 2
_ENOUGH = 2
"""Points from which small words show a language."""
_LEAST_MARKED = 1 / 3
"""Share of the words that must be small words of the language: a phrase quoted in English has less."""
_FEWEST_FOREIGN, _LEAST_FOREIGN = 3, 1 / 2
"""How many words, and which share of them, must look foreign before the statistical model is asked: two may be a name.
A small word counts as two."""
_FEWEST_LETTERS = 2
_SHOUTED = 4
"""Words in capitals from which they are no abbreviations."""
_LEAST_LIKELY, _ENGLISH_UNLIKELY = 0.4, 0.01
"""The model's probabilities from which, and of English up to which, it is believed."""
_ENGLISH = ("en", "pcm")
"""The model's names for English; the second is that of Nigeria."""
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"  # keep an English phrase whole inside a line that runs from the right


@dataclass(frozen=True)
class Language:
    """A language that a question was asked in."""

    code: str
    """BCP 47, fit for `lang` in HTML."""
    name: str
    """Its English name."""
    native_name: str
    text: str
    """What is said to the question, in paragraphs; in plain English where the language has no text of its own."""
    english: str
    """What `text` says, in English."""
    rtl: bool
    """Whether `text` runs from right to left."""
    urgent_text: str
    """`text` with its last sentence, to call 999, put first."""
    caution: str
    """That a translation is a program's and that the English counts; in English where it has no text of its own."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question."""

    written: str
    folded: str

    @property
    def is_latin(self) -> bool:
        return bool(_LATIN.fullmatch(self.written))

    @property
    def has_capital(self) -> bool:
        return self.written != self.written.lower()


@cache
def language(code: str) -> Language:
    """The language of that code, with its text; KeyError where there is none."""
    catalogue = load_languages()
    entry = catalogue.languages[code]
    rtl = entry.dir == "rtl"
    example = f"{_ISOLATE}{catalogue.example}{_END_ISOLATE}" if rtl else catalogue.example
    own = [sentence.format(example=example) for sentence in entry.sentences]
    plain = [sentence.format(example=catalogue.example, name=entry.name) for sentence in catalogue.other]
    original = [sentence.format(example=catalogue.example) for sentence in catalogue.original]
    said = own or plain
    return Language(
        code=code,
        name=entry.name,
        native_name=entry.native_name,
        text="\n\n".join(said),
        english="\n\n".join(original if own else plain),
        rtl=rtl,
        urgent_text="\n\n".join([said[-1], *said[:-1]]),
        caution=entry.translated or catalogue.translated,
    )


def languages() -> tuple[Language, ...]:
    """The languages that have a text of their own."""
    return tuple(language(code) for code, entry in load_languages().languages.items() if entry.sentences)


def detect(question: str, known_words: Callable[[str], bool] | None = None) -> Language | None:
    """The language of `question`; None where it is English, or where it can't be told.

    `known_words` says of a word in small letters whether it is known, besides the words of an English dictionary: the
    words of the sources, for one. English is never taken for another language for its spelling alone; a few words of
    another language inside an English sentence don't count.
    """
    words = _words(question)
    latin = [word for word in words if word.is_latin]
    spoken = [word for word in latin if not _is_borrowed(word)]
    code = _by_letters(words, latin) or _by_small_words(spoken) or _by_statistics(spoken, known_words)
    return language(code) if code else None


def danger_in(question: str, spoken: Language) -> bool:
    """Whether `question` has words of suicide, killing, abuse or danger in the language `spoken`."""
    pattern = load_languages().languages[spoken.code].danger_pattern
    return bool(pattern and pattern.search(" ".join(word.folded for word in _words(question))))


def _words(text: str) -> list[_Word]:
    """The words of `text`: runs of Latin letters, and runs of others with their vowel signs."""
    if text.isupper() and len(text.split()) >= _SHOUTED:
        text = text.lower()
    if text.isascii():
        return [_Word(word, word.lower()) for word in _LATIN.findall(text)]
    kinds = ((char, unicodedata.category(char)) for char in unicodedata.normalize("NFC", text))
    kept = "".join("" if kind == "Cf" else char if kind[0] in "LM" else " " for char, kind in kinds)
    return [_Word(word, fold(word)) for word in _LATIN.sub(r" \g<0> ", kept).split()]


def _is_borrowed(word: _Word) -> bool:
    """Whether it is an abbreviation, which may stand in any language."""
    return word.written.isupper() or word.folded in load_languages().abbreviations


def _english_among(words: Iterable[_Word]) -> int:
    return sum(word.folded in load_languages().english_words for word in words)


def _points(words: Sequence[_Word]) -> tuple[Counter[str], Counter[str]]:
    """How much speaks for each language, and how much of it beyond doubt."""
    catalogue = load_languages()
    sure: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    for one, two in pairwise(words):
        for code in catalogue.strong.get(f"{one.folded}_{two.folded}", ()):
            sure[code] += _STRONG
    for word in words:
        for code in catalogue.strong.get(word.folded, ()):
            sure[code] += _WEAK if word.has_capital else _STRONG  # with a capital it may be a name
        for code in catalogue.weak.get(word.folded, ()):
            unsure[code] += _WEAK
        for code in {code for letter in word.written for code in catalogue.letters.get(letter, ())}:
            unsure[code] += _LETTER
    return sure + unsure, sure


def _by_letters(words: Sequence[_Word], latin: Sequence[_Word]) -> str | None:
    """The language that the words in other letters than Latin are in, where they carry the question."""
    catalogue = load_languages()
    other = [word for word in words if not word.is_latin]
    scripts = [script for word in other for letter in word.written if (script := catalogue.script_of(letter))]
    if len(scripts) < _FEWEST_LETTERS or len(other) <= _english_among(latin):
        return None
    script = max(sorted(set(scripts)), key=scripts.count)
    points, _ = _points(other)
    scores = {code: points[code] for code, entry in catalogue.languages.items() if entry.script == script}
    most = max(scores.values())
    if len(other) == 1 < len(latin) and most < _ENOUGH:
        return None  # it may be a name in its own letters
    near = [code for code, score in scores.items() if score >= most - _WEAK]
    return _likeliest(sorted(near, key=scores.__getitem__, reverse=True), other)


def _by_small_words(spoken: Sequence[_Word]) -> str | None:
    """The language whose small words outweigh the English ones; a phrase quoted in English doesn't."""
    points, sure = _points(spoken)
    scores = {code: score for code, score in points.items() if score >= _ENOUGH and sure[code] >= _STRONG}
    if not scores:
        return None
    best = [code for code in load_languages().languages if scores.get(code) == max(scores.values())]
    marked = sum(_is_small_word(word, best[0]) for word in spoken)
    outweighs = marked > _english_among(spoken) and marked >= len(spoken) * _LEAST_MARKED
    return _likeliest(best, spoken) if outweighs else None


def _is_small_word(word: _Word, code: str | None = None) -> bool:
    """Whether it is among the small words of that language, or of any but English."""
    catalogue = load_languages()
    codes = (*catalogue.strong.get(word.folded, ()), *catalogue.weak.get(word.folded, ()))
    return code in codes if code else bool(codes)


def _by_statistics(spoken: Sequence[_Word], known_words: Callable[[str], bool] | None) -> str | None:
    """The language that the model takes it for, where it is sure that it is no English.

    It is asked only where enough words are unknown in English, or small words of other languages. Words with capitals
    are left out: in English too, names may be of any origin.
    """
    words = [word for word in spoken if not word.has_capital]
    foreign = [word for word in words if _looks_foreign(word, known_words)]
    small = sum(_is_small_word(word) for word in foreign)
    if len(foreign) + small < _FEWEST_FOREIGN or len(foreign) < len(words) * _LEAST_FOREIGN:
        return None
    ranked = _ranked(words)
    english = sum(probability for code, probability in ranked if code in _ENGLISH)
    code, probability = ranked[0]
    return code if probability >= _LEAST_LIKELY and english <= _ENGLISH_UNLIKELY else None


def _looks_foreign(word: _Word, known_words: Callable[[str], bool] | None) -> bool:
    if word.folded in load_languages().english_words:
        return False
    known = _is_english(word) or (known_words is not None and known_words(word.written))
    return not known or _is_small_word(word)


def _likeliest(codes: Sequence[str], words: Sequence[_Word]) -> str:
    """Which of `codes` the statistical model prefers; the first where there is no choice, or it doesn't know that."""
    if len(codes) == 1 or codes[0] not in _model().labels:
        return codes[0]
    foreign = [word for word in words if not _is_english(word)] or words
    return next((code for code, _ in _ranked(foreign) if code in codes), codes[0])


def _ranked(words: Sequence[_Word]) -> list[tuple[str, float]]:
    """English and the languages here with the model's probability that `words` are in them, likeliest first."""
    return [(str(code), float(odds)) for code, odds in _model().rank(" ".join(w.written.lower() for w in words))]


def _is_english(word: _Word) -> bool:
    return word.written in _dictionary() or word.folded in _dictionary()


@cache
def _dictionary() -> frozenset[str]:
    """English words, from the list that symspellpy brings."""
    listed = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split()[0] for line in listed.splitlines() if line)


@cache
def _model() -> Any:
    """The statistical model inside the py3langid wheel; read only once it is needed (about a second, 80 MB)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([code for code in model.labels if code in _ENGLISH or code in load_languages().languages])
    return model
