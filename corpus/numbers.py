"""The numbers, time limits, dates and section letters that a text states, however they are spelt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_CARDINAL = {word: value for value, word in enumerate(_UNITS)}
_CARDINAL |= {word: 20 + 10 * step for step, word in enumerate(_TENS)}
_CARDINAL |= {
    f"{ten} {unit}": 20 + 10 * step + value
    for step, ten in enumerate(_TENS)
    for value, unit in enumerate(_UNITS[1:10], 1)
}
_ORDINAL = {word: value for value, word in enumerate(_ORDINALS, 1)}
_ORDINAL |= {ten.removesuffix("y") + "ieth": 20 + 10 * step for step, ten in enumerate(_TENS)}
_ORDINAL |= {
    f"{ten} {unit}": 20 + 10 * step + value
    for step, ten in enumerate(_TENS)
    for value, unit in enumerate(_ORDINALS[:9], 1)
}
_VALUES = _CARDINAL | _ORDINAL | {"fortnight": 2}
_SKIPPED = frozenset({"one", "first", "second", "zero"})
"""Words that mostly count nothing: "no one", "one-to-one", "first language"."""

_MONTHS = "january february march april may june july august september october november december".split()
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS if month != "may"} | {"sept": "september"}


def _any_of(words: Iterable[str]) -> str:
    """A pattern for the longest of `words`, with a space or a hyphen between the two of a compound.

    Each alternative opens with its first letter, so that the search skips all others at once.
    """
    rest = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        rest[word[0]].append(word[1:].replace(" ", r"[\s-]"))
    return "|".join(f"{first}(?<![a-z]{first})(?:{'|'.join(others)})" for first, others in rest.items())


_DIGITS = r"\d(?<!\d\d)(?<!\b[a-z]\d)(?:\d*(?:,\d{3})+|\d*(?:\.\d+)?)"
_COUNT = rf"\d+|(?:{_any_of(_CARDINAL)})(?![a-z])"
_NUMBER = re.compile(rf"(?:{_any_of(_ORDINAL)})\b(?!-)|(?:{_any_of([*_CARDINAL, 'fortnight'])})\b|{_DIGITS}")
_PERIOD = re.compile(
    rf"\b(?P<numbers>(?:(?:{_COUNT})(?:,\s*|\s*[–-]\s*(?:to\s+)?|\s+(?:to|or|and)\s+))*(?:{_COUNT}))[\s-]+"
    r"(?:(?:full|whole|further|more|extra|additional|consecutive|continuous|calendar)\s+)*"
    r"(?:(?P<kind>working|school)[\s-]+)?(?P<unit>hour|day|week|month|term|year)(?:s|s?['’])?\b(?!['’]?[\s-]olds?\b)"
)
_UNIT = re.compile("hour|day|week|month|term|year|fortnight")
_ONE = re.compile(r"\bwithin an? (?P<unit>hour|day|week|month|year)\b")
_DIGIT = re.compile(r"\d")
_MONTH = re.compile(
    r"\b(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    rf"(?P<month>{'|'.join([*_MONTHS, *sorted(_SHORT_MONTHS, key=len, reverse=True)])})\b\.?(?:\s+(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_LETTERS = "A B C D E F G H1 H2 I J K".split()
_ONE_LETTER = "[A-K][12]?"
_LETTER = rf"\(?{_ONE_LETTER}\)?"
_RANGE = re.compile(rf"\b({_ONE_LETTER})\)?(?:\s+TO\s+|\s*[–-]\s*)\(?({_ONE_LETTER})\b")
_SECTION = re.compile(
    rf"\b[Ss]ections?\s+(?P<letters>{_LETTER}(?:(?:,\s*|,?\s+(?:and|or|to)\s+|\s*[–-]\s*){_LETTER})*)(?![A-Za-z0-9])"
    r"|\bsections?\s+(?P<small>[b-hjk][12]?(?:(?:,\s*|\s+(?:and|or|to)\s+)[b-hjk][12]?)*)(?![a-z0-9(-])"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be checked word for word in a text."""

    numbers: frozenset[str] = frozenset()
    periods: frozenset[tuple[str, str]] = frozenset()
    dates: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()

    def __or__(self, other: Facts) -> Facts:
        """The facts of both texts."""
        return Facts(
            self.numbers | other.numbers,
            self.periods | other.periods,
            self.dates | other.dates,
            self.sections | other.sections,
        )


def facts(text: str) -> Facts:
    """All facts that `text` states."""
    return Facts(
        frozenset(numbers(text)), frozenset(periods(text)), frozenset(dates(text)), frozenset(section_letters(text))
    )


def unborne_facts(text: str, official: Facts) -> Iterator[str]:
    """What `text` states and `official` doesn't, in words: "the number 6", "“6 week”", "the date 1 march 2020".

    The numbers of a date or a period that `official` has as well are borne by it.
    """
    stated = facts(_without_dates(text, official.dates))
    counted = {number for number, _ in stated.periods & official.periods}
    for number in sorted(stated.numbers - official.numbers - counted):
        yield f"the number {number}"
    for number, unit in sorted(stated.periods - official.periods):
        yield f"“{number} {unit}”"
    for date in sorted(stated.dates):
        yield f"the date {date}"
    for letter in sorted(stated.sections - official.sections):
        yield f"section {letter} of a plan"


def numbers(text: str) -> set[str]:
    """The numbers in `text`, as digits: "six weeks" and "6 weeks" both give "6"."""
    return {_digits(token) for token in _NUMBER.findall(text.lower()) if token not in _SKIPPED}


def periods(text: str) -> set[tuple[str, str]]:
    """The periods of time in `text` as (number, unit): "fifteen working days" gives ("15", "working day").

    Calendar days are days. An age ("a 16-year-old") is no period. In "6 to 8 weeks" both are of weeks.
    """
    lower = text.lower()
    if not _UNIT.search(lower):
        return set()
    found = {("1", match["unit"]) for match in _ONE.finditer(lower)}
    if "fortnight" in lower:
        found.add(("2", "week"))
    for match in _PERIOD.finditer(lower):
        unit = f"{match['kind']} {match['unit']}" if match["kind"] else match["unit"]
        found |= {(_digits(number), unit) for number in re.findall(_COUNT, match["numbers"])}
    return found


def dates(text: str) -> set[str]:
    """The named dates in `text`: "31 March", "1st September 2014" as "1 september 2014".

    A month that follows no day counts only with a year: "may" is mostly no month.
    """
    if not _DIGIT.search(text):
        return set()
    return {date for match in _MONTH.finditer(text) if (date := _date(match))}


def _date(match: re.Match[str]) -> str:
    """A date as it is compared, such as "1 september 2014"; nothing for a month on its own."""
    if not (match["day"] or match["year"]):
        return ""
    month = match["month"].lower()
    return " ".join(part for part in (match["day"], _SHORT_MONTHS.get(month, month), match["year"]) if part)


def section_letters(text: str) -> set[str]:
    """The sections of an EHC plan that `text` names: "Sections B, F and I" gives B, F and I; "A to C" all three."""
    found: set[str] = set()
    if "ection" not in text:
        return found
    for match in _SECTION.finditer(text):
        named = (match["letters"] or match["small"]).upper()
        found |= set(re.findall(rf"\b{_ONE_LETTER}\b", named))
        for first, last in _RANGE.findall(named):
            if first in _LETTERS and last in _LETTERS:
                found |= set(_LETTERS[_LETTERS.index(first) : _LETTERS.index(last) + 1])
    return found


def _digits(number: str) -> str:
    """A number as digits, however it is spelt: "twenty-five" and "25" are "25"."""
    if number[0].isdigit():
        return number.replace(",", "")
    return str(_VALUES[re.sub(r"[\s-]+", " ", number)])


def _without_dates(text: str, known: Collection[str]) -> str:
    """`text` without those of its dates that one of the `known` is, or names more exactly ("31 march 2015" for
    "march 2015")."""
    if not known or not _DIGIT.search(text):
        return text

    def replace(match: re.Match[str]) -> str:
        date = _date(match)
        return " " if date and any(f" {date} " in f" {whole} " for whole in known) else match[0]

    return _MONTH.sub(replace, text)
