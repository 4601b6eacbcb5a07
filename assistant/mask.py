"""Personal details are masked before a question leaves this machine.

Patterns can't find every name. What they know of the field, such as "Section F" or "Year 9", stays; a
capitalised word that they don't know is taken for a name, for a name that leaves is worse than a word lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, pairwise, product
from pathlib import Path
from string import ascii_uppercase

import yaml
from pydantic import BaseModel, ConfigDict, field_validator

MASK_FILE = Path(__file__).with_name("mask.yaml")

Span = tuple[int, int, str]
"""Where a detail starts and ends, and its kind."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A personal detail that was masked."""

    kind: str
    original: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its personal details, and what they were."""

    text: str
    found: tuple[Detail, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was masked, in words for the user: "names", "postcodes"; never the details themselves."""
        return tuple(dict.fromkeys(_words().kinds[detail.kind] for detail in self.found))


class _Words(BaseModel):
    """What `mask.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[str, str]
    relations: frozenset[str]
    first_names: frozenset[str]
    word_names: frozenset[str]
    terms: frozenset[str]
    everyday: frozenset[str]
    kept_dates: frozenset[str]

    @field_validator("relations", "first_names", "word_names", "terms", "everyday", "kept_dates", mode="before")
    @classmethod
    def _split(cls, words: str) -> frozenset[str]:
        return frozenset(words.split())


@cache
def _words() -> _Words:
    return _Words.model_validate(yaml.safe_load(MASK_FILE.read_text(encoding="utf-8")))


_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" if len(month) > 3 else month for month in _MONTHS) + ")"
_FULL_DATE = (
    rf"(?:(?<!\d)\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}})(?!\d)|\b\d{{4}}-\d{{2}}-\d{{2}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}}\b|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b)"
)
_ANY_DATE = rf"(?:{_FULL_DATE}|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b|\b{_MONTH} \d{{4}}\b|\b(?:19|20)\d\d\b)"
_CUE_OF_BIRTH = r"\b(?:born(?: on| in)?|d\.?o\.?b\.?|date of birth|birth ?day)(?: is| was)?[:\s]*(?:the )?"
_STREET = (
    r"\b\d{1,4}[a-z]?,? (?!(?:calendar |working |school )?(?:days?|weeks?|months?|years?|hours?|terms?)\b)"
    r"(?:[a-z'’]+ ){1,3}(?:street|road|rd|lane|avenue|ave|crescent|terrace|gardens|mews)\b"
)
_STREET_IN_CAPITALS = (
    r"\b\d{1,4}[A-Za-z]?,? (?:[A-Z][a-z'’]+ ){1,3}(?:St|Close|Drive|Way|Court|Place|Grove|Hill|Park|Walk|Row|Square"
    r"|Green|View|Rise|House)\b"
)
_POSTCODE = r"\b[a-z]{1,2}\d[a-z\d]? ?\d(?!st\b|nd\b|rd\b|th\b)[abd-hjlnp-uw-z]{2}\b"
_CASE = r"\b(?:[A-Z]{2}\d{3}/\d{2}/\d{4,6}|(?:EH|SE|DC)\d{3}[-/ ]?\d{2}[-/ ]?\d{4,6})\b"
_CASE_AFTER_CUE = (
    r"\b(?:(?:case|appeal|claim|complaint|tribunal|reference|file|account)(?: ref(?:erence)?)?"
    r" (?:no\b\.?|number|id|ref\b\.?)|ref(?:erence)?(?:[:.]| no\.?| number))(?: is)?[:\s]*"
    r"(?P<detail>[A-Z0-9][A-Z0-9/-]*\d[A-Z0-9/-]*)"
)
# A rule may name the part that is the detail; without one, all that it matches is.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, flags))
    for kind, pattern, flags in (
        ("EMAIL", r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE),
        ("LINK", r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
        ("CASE-NUMBER", _CASE, 0),
        ("CASE-NUMBER", _CASE_AFTER_CUE, re.IGNORECASE),
        ("PUPIL-NUMBER", r"\b[A-Z]\d{11}[A-Z0-9]\b", re.IGNORECASE),
        ("PUPIL-NUMBER", r"\b(?:upn|uln|pupil number)(?: is)?[:\s]*(?P<detail>[A-Z0-9]{8,13})\b", re.IGNORECASE),
        ("INSURANCE-NUMBER", r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE),
        ("PHONE", r"(?<!\d)(?:\+44 ?(?:\(0\) ?)?|\(?0)\d(?:[ ()-]?\d){8,9}(?!\d)", 0),
        ("NHS-NUMBER", r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)", 0),
        ("DATE", _CUE_OF_BIRTH + f"(?P<detail>{_ANY_DATE})", re.IGNORECASE),
        ("DATE", r"(?<!years )(?<!year )" + _FULL_DATE, re.IGNORECASE),
        ("ADDRESS", _STREET, re.IGNORECASE),
        ("ADDRESS", _STREET_IN_CAPITALS, 0),
        ("POSTCODE", _POSTCODE, re.IGNORECASE),
    )
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:[-'’][^\W\d_]+)*(?!\w)")
_NAME_PART = re.compile(r"(?:(?:Ma?c|De|Di|Le)(?=[A-Z]))?(?P<first>[^\W\d_])(?P<rest>[^\W\d_]*)")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.?!¿¡:;\n(\[“\"•–—]|\s-)\s*$")
_SURE_TITLE = re.compile(r"\b(?:mrs?|mx)\.? $", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:Ms|Miss|Dr|Prof|Professor|Sir)\.? $")
_SURELY_GIVES_NAME = re.compile(r"\bname(?: is|['’]s) (?:[a-z'’-]+ )?$", re.IGNORECASE)
_GIVES_NAME = re.compile(r"\b(?:name is|name['’]?s|called|named|i am|i['’]m|this is) $", re.IGNORECASE)
_RELATION = re.compile(r"([A-Za-z-]+),? $")
_NEAR = 200
"""Characters before a word in which the words stand that tell whether it is a name."""
_SPELT_OUT = 3  # letters: a shorter word is not looked for again in the rest of the text
_PLACEHOLDER = re.compile(r"(?<![A-Z-])(?:[A-Z]+-)*[A-Z]{3,}-[A-Z]{1,3}(?![A-Z])")


def mask(text: str) -> Masked:
    """`text` with a placeholder, such as NAME-A, for each personal detail that is found."""
    details: dict[tuple[str, str], Detail] = {}
    placeholders: dict[str, Iterator[str]] = {}
    pieces: list[str] = []
    end = 0
    patterned = list(_pattern_spans(text))
    for start, stop, kind in _merged([*patterned, *_name_spans(text)]):
        original = text[start:stop]
        known = (kind, original.lower())
        if known not in details:
            free = placeholders.setdefault(kind, _placeholders(kind, text))
            details[known] = Detail(kind, original, next(free))
        pieces += [text[end:start], details[known].placeholder]
        end = stop
    return Masked("".join([*pieces, text[end:]]), tuple(details.values()))


def unmask(text: str, masked: Masked) -> str:
    """`text` with the details in place of their placeholders."""
    for detail in masked.found:
        original = detail.original.replace("\\", "\\\\")
        text = re.sub(rf"(?<![A-Z]){re.escape(detail.placeholder)}(?![A-Z])", original, text)
    return text


def speaks_of_detail(text: str) -> bool:
    """Whether `text` has a placeholder of anything but a name."""
    return any(not found.startswith("NAME-") for found in _PLACEHOLDER.findall(text) if _kind_of(found))


def _kind_of(placeholder: str) -> str:
    kind = placeholder.rpartition("-")[0]
    return kind if kind in _words().kinds else ""


def _placeholders(kind: str, text: str) -> Iterator[str]:
    """The placeholders of `kind` that `text` doesn't have: letters, for a number could be taken for a fact."""
    letters = ("".join(letters) for size in count(1) for letters in product(ascii_uppercase, repeat=size))
    return (name for letter in letters if (name := f"{kind}-{letter}") not in text)


def _pattern_spans(text: str) -> Iterator[Span]:
    for kind, pattern in _RULES:
        for match in pattern.finditer(text):
            group = "detail" if "detail" in pattern.groupindex else 0
            if kind != "DATE" or _as_numbers(match[group]) not in _words().kept_dates:
                yield match.start(group), match.end(group), kind


def _as_numbers(date: str) -> str:
    """ "1st September 2014" as "1/9/2014"; other forms as they are."""
    match = re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH}),? (\d{{4}})", date, re.IGNORECASE)
    if not match:
        return date
    month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(match[2].lower()[:3]))
    return f"{int(match[1])}/{month}/{match[3]}"


def _merged(spans: list[Span]) -> list[Span]:
    """The spans in reading order; those that overlap as one, of the kind that was found first: no part is left."""
    merged: list[tuple[int, int, int]] = []
    for start, end, place in sorted((start, end, place) for place, (start, end, _) in enumerate(spans)):
        if merged and start < merged[-1][1]:
            first, stop, before = merged[-1]
            merged[-1] = (first, max(stop, end), min(before, place))
        else:
            merged.append((start, end, place))
    return [(start, end, spans[place][2]) for start, end, place in merged]


def _name_spans(text: str) -> list[Span]:
    """Names: words after a cue, known first names, and capitalised words that the field doesn't know."""
    words = [_place(match) for match in _WORD.finditer(text)]
    titled = sum(_is_capital(text[slice(*word)]) for word in words) > 0.6 * len(words) > 3
    found = [word for word in words if _is_name(text, *word, titled=titled)]
    said = {text[slice(*word)].lower() for word in found} - _words().word_names
    again = [word for word in words if text[slice(*word)].lower() in said and word[1] - word[0] >= _SPELT_OUT]
    return _joined(text, sorted({*found, *again}), words)


def _place(word: re.Match[str]) -> tuple[int, int]:
    """Where a word stands, without its "'s"."""
    return word.start(), word.start() + len(_POSSESSIVE.sub("", word[0]))


def _is_name(text: str, start: int, end: int, *, titled: bool) -> bool:
    """Whether the word there is part of a name; `titled` says that the text has Capitals Everywhere."""
    word, known = text[start:end], _words()

    def follows(pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.search(text, max(0, start - _NEAR), start)

    small = _POSSESSIVE.sub("", word).lower()
    if small in known.terms or (small in known.everyday and not _is_capital(word)):
        return False
    if follows(_SURE_TITLE) or (follows(_TITLE) and _is_capital(word)):
        return True
    if follows(_SURELY_GIVES_NAME) and small not in known.everyday:
        return True
    first, also_word = small in known.first_names, small in known.word_names
    relation = follows(_RELATION)
    if follows(_GIVES_NAME) or (relation and relation[1].lower() in known.relations):
        return (first and not also_word) or (_is_capital(word) and (also_word or small not in known.everyday))
    if not _is_capital(word) or small in known.everyday:
        return False
    opens = follows(_SENTENCE_START) is not None
    return (first and not also_word) or (not opens and not titled)


def _is_capital(word: str) -> bool:
    """Whether `word` is written as names are: "Tom", "O'Brien", "Anna-Maria", "McKenzie", but not "SEN" or "DfE"."""
    parts = [_NAME_PART.fullmatch(part) for part in re.split(r"[-'’]", word)]
    spelt = [part for part in parts if part and part["first"].isupper() and part["rest"] == part["rest"].lower()]
    return len(spelt) == len(parts) and len(word) > 1 and not word.isupper()


def _joined(text: str, found: list[tuple[int, int]], words: list[tuple[int, int]]) -> list[Span]:
    """Words of names that stand side by side as one name."""
    names = set(found)
    openers = [first for first, second in pairwise(words) if second in names and _opens_name(text, first, second)]
    spans: list[Span] = []
    for start, end in sorted({*found, *openers}):
        if spans and text[spans[-1][1] : start] == " ":
            spans[-1] = (spans[-1][0], end, "NAME")
        else:
            spans.append((start, end, "NAME"))
    return spans


def _opens_name(text: str, first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether `first` opens a sentence and makes one name with `second`: "Kacper Nowak was excluded"."""
    word, known = text[slice(*first)], _words()
    return (
        text[first[1] : second[0]] == " "
        and _is_capital(word)
        and bool(_SENTENCE_START.search(text, max(0, first[0] - _NEAR), first[0]))
        and word.lower() not in known.terms | known.everyday | known.relations
        and text[slice(*second)].lower() not in known.first_names  # there the name begins
    )
