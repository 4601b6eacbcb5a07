"""Dates as people write them in England: "3 March", "3rd march 2026", "03/03/2026" (day first), "last Monday"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from assistant.stretches import Stretches

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199
_NEAR = 100
"""Characters beside a date in which the words stand that change what it means."""
_LEAP_YEARS = 8  # 29 February may be this far from one year to the next

_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"  # noqa: E501
_DAY = r"(?P<day>\d{1,2})"
_ORDINAL = r"(?:st|nd|rd|th)"
_YEAR = r"(?P<year>\d{4}|['’]?\d{2}(?![\d:./-]|\s?(?:weeks?|days?|months?|years?|am|pm)\b))"
_FLAGS = re.IGNORECASE | re.ASCII

_VAGUE = re.compile(
    r"\b(?:about|around|almost|nearly|over|under|roughly|approximately|more than|less than|at least)\s+$", _FLAGS
)
_TO_COME_BEFORE = re.compile(r"\b(?:next|coming|upcoming)\s+(?:\w+\s+){0,2}$", _FLAGS)
_TO_COME_AFTER = re.compile(r"\s*(?:next|coming)\b", _FLAGS)
_LEADS_TO_A_DATE = re.compile(r"(?:^|[,.(:;?!]|\b(?:on|by|from|since|dated|until|till|the|\w+day))\s*$", _FLAGS)


@dataclass(frozen=True, slots=True)
class SpokenDate:
    """A date that a text names, and where it stands."""

    date: date
    start: int
    end: int


def parse_date(text: str, today: date, *, ahead: bool = False) -> date | None:
    """The one date that `text` names; None where it names none, an impossible one, or several.

    A day without a year is the latest that isn't after `today`; the earliest that isn't before it where the
    text says next or coming, or where `ahead` says that what happens on it mostly lies in the future.
    Never raises.
    """
    found = {spoken.date for spoken in find_dates(text, today, ahead=ahead)}
    return found.pop() if len(found) == 1 else None


def find_dates(text: str, today: date, *, ahead: bool = False) -> list[SpokenDate]:
    """The dates that `text` names, in its order; see `parse_date` for a day without a year."""
    found: list[SpokenDate] = []
    taken: Stretches[None] = Stretches()
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if not taken.add(*match.span(), None):
                continue
            before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() :][:_NEAR]
            to_come = ahead or bool(_TO_COME_BEFORE.search(before) or _TO_COME_AFTER.match(after))
            day = _quietly(read, match, today, to_come)
            if day is not None and not _VAGUE.search(before) and not _is_the_verb_may(match, before):
                found.append(SpokenDate(day, match.start(), match.end()))
    return sorted(found, key=lambda spoken: spoken.start)


def _is_the_verb_may(match: re.Match[str], before: str) -> bool:
    """Whether "3 may" is more likely to be a number and a verb, as in "section 3 may apply"."""
    return bool(re.fullmatch(r"\d+\s+may", match[0], _FLAGS)) and not _LEADS_TO_A_DATE.search(before)


def _quietly(
    read: Callable[[re.Match[str], date, bool], date | None], match: re.Match[str], today: date, ahead: bool
) -> date | None:
    """What `read` reads; None for a day that no calendar has, such as 31 February."""
    try:
        return read(match, today, ahead)
    except (ValueError, OverflowError):
        return None


def _with_numbers(match: re.Match[str], today: date, ahead: bool) -> date | None:
    return date(_year(match["year"]), int(match["month"]), int(match["day"]))


def _with_month_name(match: re.Match[str], today: date, ahead: bool) -> date | None:
    month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(match["month"].lower()[:3]))
    if match["year"]:
        return date(_year(match["year"]), month, int(match["day"]))
    if which := match.groupdict().get("which"):
        return date(today.year + {"last": -1, "this": 0, "next": 1}[which.lower()], month, int(match["day"]))
    return _nearest(_in_years(month, int(match["day"]), today.year), today, ahead)


def _year(written: str) -> int:
    year = int(written.lstrip("'’"))
    year = year if len(written.lstrip("'’")) == 4 else 2000 + year
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        raise ValueError(f"{year} is no year that people here write of")
    return year


def _in_years(month: int, day: int, year: int) -> Iterator[date]:
    """That day in the years around `year` that have it."""
    for other in range(max(1, year - _LEAP_YEARS), min(9999, year + _LEAP_YEARS) + 1):
        if day <= 28 or _has_day(other, month, day):
            yield date(other, month, day)


def _has_day(year: int, month: int, day: int) -> bool:
    last: date = date(year, month, 1) + relativedelta(day=31)
    return last.day >= day


def _nearest(days: Iterator[date], today: date, ahead: bool) -> date | None:
    """The latest of `days` up to `today`, or the earliest from `today` on."""
    if ahead:
        return min((day for day in days if day >= today), default=None)
    return max((day for day in days if day <= today), default=None)


def _weekday(match: re.Match[str], today: date, ahead: bool) -> date | None:
    which, weekday = (match["which"] or "").lower(), _WEEKDAYS.index(match["weekday"].lower())
    if which in {"next", "coming", "this coming"} or (ahead and which != "last"):
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _ago(match: re.Match[str], today: date, ahead: bool) -> date | None:
    written = match["number"].lower()
    number = 1 if written in {"a", "one"} else _NUMBERS.index(written) + 1 if written in _NUMBERS else int(written)
    unit = match["unit"].lower()
    then: date = today - relativedelta(
        days=number if unit == "day" else 0,
        weeks=number if unit == "week" else 0,
        months=number if unit == "month" else 0,
    )
    return then


def _plain_day(match: re.Match[str], today: date, ahead: bool) -> date | None:
    return today + timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[match[0].lower()])


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, bool], date | None]], ...] = (
    (re.compile(r"(?<![\d./-])(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\d/-])", _FLAGS), _with_numbers),
    (
        re.compile(
            r"(?<![\d./-])(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?![\d/-]|\.\d)",
            _FLAGS,
        ),
        _with_numbers,
    ),
    (
        re.compile(
            rf"(?<![\d.,/-]){_DAY}{_ORDINAL}?[\s-]*(?:of\s+)?{_MONTH}"
            rf"(?:\s+(?P<which>last|this|next)\s+year\b|[\s,-]*{_YEAR}(?!\d)|(?!\s*\d{{3}}))",
            _FLAGS,
        ),
        _with_month_name,
    ),
    (re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}{_ORDINAL}\b(?:[\s,]+{_YEAR})?", _FLAGS), _with_month_name),
    (re.compile(rf"\b{_MONTH}\s+{_DAY}(?:\s*,\s*|\s+)(?P<year>\d{{4}})\b", _FLAGS), _with_month_name),
    (
        re.compile(
            r"\b(?:(?P<which>last|this coming|coming|next|on|this)\s+)(?P<weekday>" + "|".join(_WEEKDAYS) + r")\b",
            _FLAGS,
        ),
        _weekday,
    ),
    (
        re.compile(
            r"\b(?P<number>\d{1,3}|an?|" + "|".join(_NUMBERS) + r")\s+(?P<unit>day|week|month)s?\s+ago\b", _FLAGS
        ),
        _ago,
    ),
    (re.compile(r"\b(?:yesterday|today|tomorrow)\b", _FLAGS), _plain_day),
)
