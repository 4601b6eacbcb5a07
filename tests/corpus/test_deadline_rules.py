"""The time limits in `deadlines.yaml`, held against the official text of the provisions that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assistant.library import Library
from corpus.check import base_id
from corpus.deadline_rules import (
    DEADLINES_FILE,
    Count,
    EventRule,
    Limit,
    RuleError,
    Unit,
    load_deadline_rules,
    named_refs,
)
from corpus.numbers import dates, periods
from corpus.passage import Force

RULES = load_deadline_rules()
LIMITS = [pytest.param(event, limit, id=f"{event.id} {limit.ref}") for event in RULES.events for limit in event.limits]
FORCES = {Force.MUST: r"\b(?:must|shall)\b", Force.SHOULD: r"\bshould\b"}
COUNTS = {
    Count.BEGINNING: r"beginning (?:with|on)|starting with|within the first",
    Count.BEFORE: r"(?i:at least) .* (?:before|prior|notice|in advance)",
    Count.SAME_DAY: r"on the day of the move|immediately",
}


def text_of(ref: str, library: Library) -> str:
    """The official text of the passage, or of the part of it, that `ref` names."""
    passage = library.passages[base_id(ref)]
    part = ref[len(passage.id) :]
    text = passage.part(part) if part else passage.text
    assert text is not None, f"{ref} names a part that isn't there"
    return text


def stated(limit: Limit) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each period of a limit with the provision that it is taken from."""
    for run in limit.runs:
        if run.period:
            yield run.ref or limit.ref, (str(run.period.number), str(run.period.unit))


def test_every_provision_and_part_that_is_named_exists(library: Library) -> None:
    refs = {ref for _, ref in named_refs(RULES)}
    assert len(refs) > 80
    assert all(text_of(ref, library) for ref in refs)


@pytest.mark.parametrize(("event", "limit"), LIMITS)
def test_every_period_and_day_stands_in_the_provision_it_is_taken_from(
    event: EventRule, limit: Limit, library: Library
) -> None:
    for ref, period in stated(limit):
        assert period in periods(text_of(ref, library)), (ref, period)
    for run in limit.runs:
        if run.day:
            assert str(run.day).lower() in dates(text_of(run.ref or limit.ref, library))


@pytest.mark.parametrize(("event", "limit"), LIMITS)
def test_a_limit_is_exactly_as_strong_as_its_provision(event: EventRule, limit: Limit, library: Library) -> None:
    assert re.search(FORCES[limit.force], library.passages[base_id(limit.ref)].text or "")


def test_the_first_day_counts_only_where_the_provision_says_so(library: Library) -> None:
    # a discrimination claim is counted a day short on purpose and says so: what decides isn't among the sources
    for limit in [limit for event in RULES.events if event.id != "discrimination" for limit in event.limits]:
        for run in limit.runs:
            text = text_of(run.ref or limit.ref, library)
            if run.count in COUNTS:
                assert re.search(COUNTS[run.count], text, re.DOTALL), (run.count, text)
            elif run.count is Count.AFTER:
                assert not re.search(COUNTS[Count.BEGINNING], text), text


def test_working_days_are_only_counted_where_the_provision_counts_them(library: Library) -> None:
    for event in RULES.events:
        for limit in event.limits:
            for run in limit.runs:
                if run.period and run.period.unit is Unit.DAY:
                    named = (str(run.period.number), "working day")
                    assert named not in periods(text_of(run.ref or limit.ref, library))


def test_an_exception_states_no_period_that_neither_its_provision_nor_its_limit_has(library: Library) -> None:
    for event in RULES.events:
        for limit in event.limits:
            known = {period for _, period in stated(limit)}
            for exception in limit.exceptions:
                own = periods(text_of(exception.ref, library)) | periods(
                    library.passages[base_id(exception.ref)].text or ""
                )
                extra = periods(exception.text) - own - known
                if "EWHC" in exception.text:
                    extra -= {("8", "week"), ("12", "week")}  # the judgment: 4 weeks and 8 weeks after them
                assert not extra, (event.id, exception.text)


def test_the_two_periods_of_the_judgment_on_reviews_add_up_to_its_twelve_weeks() -> None:
    final = next(limit for limit in RULES.by_id["review-meeting"].limits if limit.ref == "sendregs2014:r22(3)")
    assert [str(run.period) for run in final.runs] == ["4 weeks", "8 weeks"]


def test_the_excuses_for_lateness_are_those_of_the_regulations(library: Library) -> None:
    """Each lettered reason of a regulation stands under the limits that it excuses, and under no other."""
    excused = {
        "sendregs2014:r5(1)": "sendregs2014:r5(4)",
        "sendregs2014:r8(1)": "sendregs2014:r8(2)",
        "sendregs2014:r10(1)": "sendregs2014:r10(4)",
        "sendregs2014:r13(2)": "sendregs2014:r10(4)",
        "sendregs2014:r27(2)": "sendregs2014:r27(3)",
        "sendregs2014:r44(2)(b)": "sendregs2014:r44(3)",
        "sendregs2014:r44(2)(b)(i)": "sendregs2014:r44(3)",
        "sendregs2014:r44(2)(b)(ii)": "sendregs2014:r44(3)",
        "sendregs2014:r44(2)(c)(i)": "sendregs2014:r44(3)",
        "sendregs2014:r44(2)(c)(ii)": "sendregs2014:r44(3)",
        "sendregs2014:r45(3)": "sendregs2014:r45(7)",
        "sendregs2014:r45(6)(a)": "sendregs2014:r45(7)",
        "sendregs2014:r45(6)(b)": "sendregs2014:r45(7)",
    }
    for event in RULES.events:
        for limit in event.limits:
            named = {
                exception.ref
                for exception in limit.exceptions
                if exception.text.startswith(("May be late", "The same where it asked"))
            }
            reason = excused.get(limit.ref)
            if reason is None:
                assert not named, (event.id, limit.ref)
                continue
            passage = library.passages[base_id(reason)]
            part = reason[len(passage.id) :]
            letters = {
                anchor.ref for anchor in passage.anchors if re.fullmatch(re.escape(part) + r"\([a-z]\)", anchor.ref)
            }
            assert named == {passage.id + letter for letter in letters}, (event.id, limit.ref)


def test_the_caution_sends_people_to_someone_who_knows() -> None:
    assert "SENDIASS" in RULES.caution and "IPSEA" in RULES.caution and "law as it is written" in RULES.caution


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The file of deadlines with its first `old` made `new`."""
    text = DEADLINES_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "deadlines.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (
            'ref: "sendregs2014:r13(2)"',
            'ref: "sendregs2014:r130(2)"',
            "assessment-requested names sendregs2014:r130(2)",
        ),
        ("period: 6 weeks", "period: six weeks", "'six weeks' is no period"),
        ("day: 15 February", "day: 31 February", "day is out of range"),
        ("day: 15 February", "day: 15 Febuary", "is no day of the year"),
        ("count: yearly, ", "", "goes with `count: yearly`"),
        ("exceptions: [assess_decision", "exceptions: [asess_decision", "no shared exception is called asess_decision"),
        ("- id: came-to-attention", "- id: assessment-requested", "stand in it twice: assessment-requested"),
        ("force: must", "force: might", "force"),
        ("fillers: [", "filers: [", "filers"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(RuleError, match=re.escape(named)):
        load_deadline_rules(changed(tmp_path, old, new))


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("events: [", encoding="utf-8")
    with pytest.raises(RuleError, match=r"broken\.yaml"):
        load_deadline_rules(path)


def test_the_words_of_the_lists_are_words() -> None:
    """YAML takes a bare `no` or `on` for a truth value; the lists must hold the words themselves."""
    raw = yaml.safe_load(DEADLINES_FILE.read_text(encoding="utf-8"))
    lists = [raw["fillers"], raw["breaks"], raw["negations"], *(event.get("unless", []) for event in raw["events"])]
    assert all(isinstance(word, str) for words in lists for word in words)
    assert "no" in raw["negations"]


def test_no_phrase_is_so_short_that_it_would_catch_any_question() -> None:
    short = {
        phrase
        for event in RULES.events
        for phrase in event.phrases
        if len([word for word in phrase.split() if word not in RULES.fillers]) < 2
    }
    assert short == {"discriminat*", "detained"}
