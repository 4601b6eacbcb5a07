"""The numbers, time limits, dates and section letters that a text states, however they are spelt."""

from __future__ import annotations

import re

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_WORDS = {word: value for value, word in enumerate(_UNITS)}
_WORDS |= {word: 20 + 10 * step for step, word in enumerate(_TENS)}
_WORDS |= {
    f"{ten}-{unit}": 20 + 10 * step + value
    for step, ten in enumerate(_TENS)
    for value, unit in enumerate(_UNITS[1:10], 1)
}
_ORDINAL_WORDS = {word: value for value, word in enumerate(_ORDINALS, 1)}
_MONTHS = "january february march april may june july august september october november december".split()

_TOKEN = re.compile(r"\d+(?:,\d{3})+|\d+(?:\.\d+)?|[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?P<number>\d+|[a-z]+)[\s-]+(?:(?P<kind>calendar|working|school)[\s-]+)?(?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>" + "|".join(_MONTHS) + r")\b(?:\s+(?P<year>\d{4}))?"
)
_SECTION_LETTERS = re.compile(r"\b[Ss]ections?\s+((?:\(?[A-K][12]?\)?(?:,\s*|\s+(?:and|or|to)\s+)?)+)(?![a-z])")
_SKIPPED = frozenset({"one", "first", "second", "zero"})
"""Words that mostly count nothing: "no one", "one-to-one", "first language"."""


def numbers(text: str) -> set[str]:
    """The numbers in `text`, as digits: "six weeks" and "6 weeks" both give "6"."""
    found: set[str] = set()
    for token in _TOKEN.findall(text):
        word = token.lower()
        if word[0].isdigit():
            found.add(word.replace(",", ""))
        elif word in _SKIPPED:
            continue
        elif word in _WORDS:
            found.add(str(_WORDS[word]))
        elif word in _ORDINAL_WORDS:
            found.add(str(_ORDINAL_WORDS[word]))
        else:
            for part in word.split("-"):
                if part in _WORDS and part not in _SKIPPED:
                    found.add(str(_WORDS[part]))
    return found


def periods(text: str) -> set[tuple[str, str]]:
    """The periods of time in `text` as (number, unit): "fifteen working days" gives ("15", "working day")."""
    found = set()
    for match in _PERIOD.finditer(text):
        number = match["number"].lower()
        value = number if number.isdigit() else str(_WORDS[number]) if number in _WORDS else ""
        if value:
            kind = f"{match['kind'].lower()} " if match["kind"] else ""
            found.add((value, kind + match["unit"].lower()))
    return found


def dates(text: str) -> set[str]:
    """The named dates in `text`: "31 March", "1st September 2014" as "1 september 2014".

    A month that follows no day counts only with a year: "may" is mostly no month.
    """
    found = set()
    for match in _MONTH.finditer(text.lower()):
        if match["day"] or match["year"]:
            found.add(" ".join(part for part in (match["day"], match["month"], match["year"]) if part))
    return found


def section_letters(text: str) -> set[str]:
    """The sections of an EHC plan that `text` names: "Sections B, F and I" gives B, F and I."""
    return {
        letter
        for group in _SECTION_LETTERS.findall(text)
        for letter in re.findall(r"(?<![A-Za-z])[A-K][12]?(?![A-Za-z])", group)
    }
