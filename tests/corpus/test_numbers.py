from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.numbers import Facts, dates, facts, numbers, periods, section_letters, unborne_facts

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = "January February March April May June July August September October November December".split()

counts = st.integers(min_value=2, max_value=99)
kinds = st.sampled_from(["", "working ", "school "])
lengths = st.sampled_from(["hour", "day", "week", "month", "term", "year"])
joins = st.sampled_from(["-", " "])


def spelt(number: int, join: str = "-") -> str:
    if number < 20:
        return UNITS[number]
    ten = TENS[number // 10 - 2]
    return f"{ten}{join}{UNITS[number % 10]}" if number % 10 else ten


@given(counts, joins)
def test_a_number_in_words_and_in_figures_is_the_same(number: int, join: str) -> None:
    assert numbers(f"at most {spelt(number, join)} of them") == {str(number)} == numbers(f"at most {number} of them")


@given(counts, kinds, lengths, joins)
def test_a_period_in_words_and_in_figures_is_the_same(number: int, kind: str, length: str, join: str) -> None:
    expected = {(str(number), kind + length)}
    assert periods(f"Within {spelt(number, join)} {kind}{length}s.") == expected
    assert periods(f"within {number} {kind}{length}s") == expected
    assert periods(f"a {number}-{kind}{length} limit") == expected


@given(st.integers(1, 28), st.sampled_from(MONTHS), st.integers(1990, 2040), st.booleans())
def test_a_date_is_found_however_its_day_is_written(day: int, month: str, year: int, of: bool) -> None:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day // 10 != 1 else 0, "th")
    expected = {f"{day} {month.lower()} {year}"}
    assert dates(f"on {day} {month} {year}") == expected
    assert dates(f"on {day}{ending} {'of ' if of else ''}{month} {year}") == expected


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_stated_in_a_text_is_stated_in_a_longer_one(one: str, other: str) -> None:
    apart = facts(one) | facts(other)
    together = facts(f"{one}\n. {other}")
    assert apart.numbers <= together.numbers
    assert apart.periods <= together.periods


@given(st.text(max_size=200))
def test_a_text_bears_all_that_it_states_itself(text: str) -> None:
    assert list(unborne_facts(text, facts(text))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the third anniversary", {"3"}),
        ("the twenty-first day", {"21"}),
        ("£6,000 a year", {"6000"}),
        ("aged 16-19", {"16", "19"}),
        ("a fortnight", {"2"}),
        ("no one, one-to-one, in the first place, a second language", set()),
        ("a third-party arrangement", set()),
        ("section H1", set()),
        ("of ten children, often one", {"10"}),
    ],
)
def test_words_that_count_are_told_from_words_that_do_not(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


def test_several_numbers_share_one_unit() -> None:
    assert periods("in 6 to 8 weeks, or two or three months") == {
        ("6", "week"),
        ("8", "week"),
        ("2", "month"),
        ("3", "month"),
    }


def test_a_fortnight_is_two_weeks_and_within_a_month_is_one() -> None:
    assert periods("a fortnight, or within a month") == {("2", "week"), ("1", "month")}


def test_calendar_days_are_days_but_working_days_are_not() -> None:
    assert periods("15 calendar days") == periods("15 days") != periods("15 working days")


def test_an_age_is_no_period() -> None:
    assert periods("a 16-year-old, and another 17 years old") == set()


def test_a_month_alone_is_no_date() -> None:
    assert dates("The council may, in March, do so") == set()
    assert dates("in March 2015") == {"march 2015"}
    assert dates("by 1 Sep 2014") == {"1 september 2014"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sections B, F and I", {"B", "F", "I"}),
        ("Section F of the plan", {"F"}),
        ("section f just says support", {"F"}),
        ("Sections G to I", {"G", "H1", "H2", "I"}),
        ("(section H1) and section H2", {"H1", "H2"}),
        ("section 36(3)(b) of the Act", set()),
        ("A section about a plan", set()),
        ("section e-mail", set()),
    ],
)
def test_sections_of_a_plan_are_read_by_their_letters(text: str, expected: set[str]) -> None:
    assert section_letters(text) == expected


OFFICIAL = facts(
    "Within 15 working days, and by 31 March 2015 at the latest. See Sections A and B; it applies to 3 bodies."
)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Within fifteen working days, by March 2015.", []),
        ("By 31 March.", []),
        ("Within 15 days.", ["“15 day”"]),
        ("Within 16 working days.", ["the number 16", "“16 working day”"]),
        ("By 1 March 2015.", ["the number 1", "the date 1 march 2015"]),
        ("By 31 May 2015.", ["the date 31 may 2015"]),
        ("Section C says so.", ["section C of a plan"]),
        ("Three bodies.", []),
        ("Within 3 weeks.", ["“3 week”"]),
    ],
)
def test_what_the_official_text_does_not_state_is_named(text: str, missing: list[str]) -> None:
    assert list(unborne_facts(text, OFFICIAL)) == missing


def test_the_facts_of_two_texts_add_up() -> None:
    assert facts("6 weeks") | facts("Section F") == Facts(
        numbers=frozenset({"6"}), periods=frozenset({("6", "week")}), sections=frozenset({"F"})
    )
