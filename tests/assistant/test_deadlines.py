"""Deadlines: worked by hand for every event, and their properties for every date."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from assistant.__main__ import main
from assistant.answer import DatedDeadline
from assistant.calendar_file import to_ics
from assistant.deadlines import (
    EARLIEST,
    Deadline,
    DeadlineError,
    caution,
    cite,
    deadlines,
    events,
    find_event,
    match_event,
    nearest_events,
    parse_date,
    spot,
)
from corpus.passage import Force

TODAY = date(2026, 11, 25)
"""A Wednesday."""
ON = date(2026, 3, 3)
"""A Tuesday."""
EVENTS = st.sampled_from([event.id for event in events()])
unhurried = settings(deadline=None)
"""The first call loads the rules, which takes longer than the rest."""
DATES = st.dates(EARLIEST, date(2031, 11, 25))

WORKED = {
    "assessment-requested": ["r5(1) 2026-04-14", "r10(1) 2026-06-23", "r13(2) 2026-07-21"],
    "came-to-attention": ["r5(1) 2026-04-14", "r10(1) 2026-06-23", "r13(2) 2026-07-21"],
    "advice-requested": ["r8(1) 2026-04-14", "9.52 2026-04-14"],
    "draft-plan-sent": ["r13(1)(a) 2026-03-17"],
    "school-consulted": ["9.83 2026-03-18"],
    "refused-to-assess": ["r33 2026-05-03", "11.47 2026-05-03"],
    "refused-plan": ["r33 2026-05-03", "11.47 2026-05-03"],
    "final-plan-sent": ["r33 2026-05-03", "11.47 2026-05-03"],
    "amended-plan-sent": ["r33 2026-05-03", "11.47 2026-05-03"],
    "not-amended": ["r33 2026-05-03", "11.47 2026-05-03"],
    "plan-ceased": ["r33 2026-05-03", "11.47 2026-05-03"],
    "refused-reassessment": ["r33 2026-05-03", "11.47 2026-05-03"],
    "mediation-certificate": ["11.47 2026-04-03"],
    "mediation-wanted": ["r35(2) 2026-03-06", "r36(2) 2026-04-02", "r35(3) 2026-04-05"],
    "mediation-declined": ["r34(1) 2026-03-06"],
    "mediation-planned": ["r37(2) 2026-02-24"],
    "mediation-ended": ["r39(1) 2026-03-06"],
    "mediation-agreement": ["r42(4) 2026-03-10", "r42(3) 2026-03-17"],
    "review-planned": ["r20(3) 2026-02-17", "r20(4) 2026-02-17"],
    "review-meeting": ["r20(9) 2026-03-17", "r20(10) 2026-03-31", "r22(2)(a) 2026-03-31", "r22(3) 2026-05-26"],
    "review-meeting-no-school": ["r21(8) 2026-03-17", "r21(9) 2026-03-31", "r22(2)(a) 2026-03-31", "r22(3) 2026-05-26"],
    "amendment-notice": ["r22(2)(c) 2026-03-17", "r22(3) 2026-04-28"],
    "plan-made": ["9.178 2026-09-03", "s44(1)(a) 2027-03-02"],
    "last-review": ["9.178 2026-09-03", "s44(1)(b) 2027-03-02"],
    "reassessment-requested": ["r25(1) 2026-03-18", "r27(2) 2026-06-24"],
    "reassessment-agreed": ["r27(2) 2026-06-09"],
    "reassessed-plan-sent": ["r33 2026-05-03", "11.47 2026-05-03", "r27(4)(a) 2027-03-03"],
    "transfer-school": ["r18(1)(b) 2026-02-15"],
    "transfer-post-16": ["r18(1)(a) 2026-03-31"],
    "transfer-between-post-16": ["r18(2) 2025-10-03"],
    "order-assess": ["r44(2)(b) 2026-03-17", "r44(2)(b)(i) 2026-05-12", "r44(2)(b)(ii) 2026-06-09"],
    "order-make-plan": ["r44(2)(c)(i) 2026-04-07", "r44(2)(c)(ii) 2026-05-19"],
    "order-reconsider": ["r44(2)(d) 2026-03-17"],
    "order-provision": ["r44(2)(e) 2026-04-07"],
    "order-school": ["r44(2)(f) 2026-03-17"],
    "order-continue": ["r44(2)(h) 2026-04-07"],
    "order-dismissed": ["r44(2)(a) 2026-03-03"],
    "unopposed-assess": ["r45(3) 2026-03-17", "r45(3A)(a) 2026-05-12", "r45(3A)(b) 2026-06-09"],
    "unopposed-plan": ["r45(6)(a) 2026-04-07", "r45(6)(b) 2026-05-19"],
    "unopposed-contents": ["r45(4) 2026-04-07"],
    "unopposed-school": ["r45(5)(a) 2026-03-17"],
    "unopposed-ceasing": ["r45(6A) 2026-04-07"],
    "health-recommendation": ["r6(3) 2026-04-06", "r6(6) 2026-04-12"],
    "social-care-recommendation": ["r7(1) 2026-04-06", "r7(4) 2026-04-12"],
    "tribunal-hearing": ["11.59 2026-03-17"],
    "discrimination": ["11.53 2026-09-02"],
    "moved-area": ["r15(2) 2026-03-03", "r15(7) 2026-03-03"],
    "move-became-known": ["r15(2) 2026-03-23"],
    "plan-transferred": ["r15(4) 2026-04-14", "r15(5)(b) 2026-06-02"],
    "health-body-changed": ["r16(2) 2026-03-23", "r16(3) 2026-03-23"],
    "direct-payments": ["r11(2)(a) 2026-06-02"],
    "term-starts": ["9.172 2026-02-17"],
    "senco-appointed": ["6.85 2029-03-03"],
    "higher-education": ["r47 2026-03-24"],
    "attendance-notice": ["s437(2) 2026-03-17"],
    "detained": ["10.72 2026-03-10"],
    "detained-assessment": ["10.94 2026-04-14", "10.94 2026-06-23", "10.93 2026-07-21"],
}
"""What follows from each event on Tuesday 3 March 2026, counted on a calendar."""


@pytest.mark.parametrize("event", [event.id for event in events()])
def test_each_event_gives_the_dates_counted_by_hand(event: str) -> None:
    found = deadlines(event, ON, TODAY)
    assert [f"{deadline.ref.partition(':')[2]} {deadline.by.isoformat()}" for deadline in found] == WORKED[event]


@pytest.mark.parametrize(
    ("event", "on", "by"),
    [
        ("refused-plan", "2025-12-31", "2026-02-28"),  # no 31 February
        ("refused-plan", "2027-12-31", "2028-02-29"),  # nor in a leap year
        ("refused-plan", "2026-02-28", "2026-04-28"),  # the day of the same number, not the last of the month
        ("mediation-certificate", "2026-01-31", "2026-02-28"),
        ("mediation-certificate", "2028-01-31", "2028-02-29"),
        ("mediation-certificate", "2026-03-31", "2026-04-30"),
        ("senco-appointed", "2024-02-29", "2027-02-28"),
        ("discrimination", "2026-01-01", "2026-06-30"),  # six months that begin with the day
        ("discrimination", "2026-08-31", "2027-02-28"),
        ("discrimination", "2025-09-01", "2026-02-28"),
        ("direct-payments", "2027-12-01", "2028-02-29"),
        ("direct-payments", "2023-11-30", "2024-02-29"),
        ("transfer-between-post-16", "2027-07-31", "2027-02-28"),  # five months before
        ("transfer-school", "2027-09-01", "2027-02-15"),
        ("transfer-post-16", "2027-12-31", "2027-03-31"),
        ("mediation-ended", "2026-03-06", "2026-03-11"),  # Friday to Wednesday, over a weekend
        ("mediation-ended", "2026-03-07", "2026-03-11"),  # Saturday
        ("mediation-planned", "2026-03-09", "2026-03-02"),
        ("move-became-known", "2026-03-07", "2026-03-27"),  # Saturday: Monday is the first of the fifteen
    ],
)
def test_months_leap_years_and_weekends(event: str, on: str, by: str) -> None:
    assert deadlines(event, date.fromisoformat(on), TODAY)[0].by == date.fromisoformat(by)


def test_a_limit_says_who_must_do_what_and_how_it_is_counted() -> None:
    first = deadlines("assessment-requested", ON, TODAY)[0]
    assert (first.who, first.force, first.event) == ("The council", Force.MUST, "assessment-requested")
    assert first.counted == "6 weeks from the day the council received the request"
    assert first.label == "SEND Regulations 2014, regulation 5(1)"
    assert first.url == "https://www.legislation.gov.uk/uksi/2014/1530/regulation/5"
    assert [exception.ref for exception in first.exceptions][:4] == [
        f"sendregs2014:r5(4)({letter})" for letter in "abcd"
    ]
    assert deadlines("school-consulted", ON, TODAY)[0].force is Force.SHOULD
    assert cite("cop:11.47") == "SEND Code of Practice, paragraph 11.47"


def test_each_way_of_counting_has_its_words() -> None:
    def counted(event: str, place: int = 0) -> str:
        return deadlines(event, ON, TODAY)[place].counted

    assert counted("draft-plan-sent") == "15 days, beginning with the day the draft plan was served"
    assert counted("mediation-certificate") == "1 month from the date of the certificate"
    assert counted("review-planned") == "at least 2 weeks before the review meeting"
    assert counted("transfer-school") == "before 15 February in the calendar year of the move"
    assert counted("moved-area") == "on the day of the move"
    assert counted("reassessment-requested", 1) == (
        "at the latest 15 days from the day the council received the request, "
        "then 14 weeks from the day the council said that it will re-assess"
    )
    assert counted("mediation-ended").startswith("3 working days from the day mediation ended (Monday to Friday; bank")
    assert counted("mediation-planned").endswith("makes it a day earlier)")


@unhurried
@given(EVENTS, DATES, DATES)
def test_a_later_event_never_gives_an_earlier_limit(event: str, one: date, other: date) -> None:
    earlier, later = sorted((one, other))

    def by_limit(on: date) -> dict[tuple[str, str], date]:
        return {(row.ref, row.what): row.by for row in deadlines(event, on, TODAY)}

    before, after = by_limit(earlier), by_limit(later)
    assert before.keys() == after.keys()
    assert all(before[limit] <= after[limit] for limit in before)


@unhurried
@given(EVENTS, DATES, DATES)
def test_limits_come_in_order_of_date_and_are_past_from_the_day_after(event: str, on: date, today: date) -> None:
    if on.year > today.year + 4:
        today = on
    found = deadlines(event, on, today)
    assert [row.by for row in found] == sorted(row.by for row in found)
    assert all(row.past == (today > row.by) for row in found)


@unhurried
@given(DATES)
def test_weeks_are_exact_and_end_on_the_same_weekday(on: date) -> None:
    for row in deadlines("assessment-requested", on, TODAY):
        weeks = int(row.counted.split()[0])
        assert row.by - on == timedelta(weeks=weeks) and row.by.weekday() == on.weekday()


@unhurried
@given(DATES)
def test_a_period_that_begins_with_the_day_is_a_day_shorter(on: date) -> None:
    assert deadlines("draft-plan-sent", on, TODAY)[0].by - on == timedelta(days=14)
    assert deadlines("reassessment-requested", on, TODAY)[0].by - on == timedelta(days=15)


@unhurried
@given(DATES)
def test_a_year_from_a_plan_ends_the_day_before_its_anniversary(on: date) -> None:
    year = deadlines("plan-made", on, TODAY)[-1].by
    if (on.month, on.day) == (2, 29):
        assert year == date(on.year + 1, 2, 28)
    else:
        assert year + timedelta(days=1) == on.replace(year=on.year + 1)


@unhurried
@given(EVENTS, DATES)
def test_working_days_end_on_a_working_day(event: str, on: date) -> None:
    for row in deadlines(event, on, TODAY):
        if "working days" in row.counted and ", then " not in row.counted:
            assert row.by.weekday() < 5


def test_an_unknown_event_or_an_unlikely_date_says_what_to_do() -> None:
    with pytest.raises(DeadlineError, match="--list"):
        deadlines("the-moon-landing", ON, TODAY)
    with pytest.raises(DeadlineError, match="before 1 September 2014"):
        deadlines("draft-plan-sent", date(2014, 8, 31), TODAY)
    with pytest.raises(DeadlineError, match="more than 5 years ahead"):
        deadlines("draft-plan-sent", date(2031, 11, 26), TODAY)
    assert deadlines("draft-plan-sent", date(2014, 9, 1), TODAY)
    assert deadlines("draft-plan-sent", date(2031, 11, 25), TODAY)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("request for assessment", "assessment-requested"),
        ("I asked for an ehcp assessment", "assessment-requested"),
        ("we applied for an EHCP", "assessment-requested"),
        ("asked the council to carry out an Education, Health and Care needs assessment", "assessment-requested"),
        ("they said no to assessing", "refused-to-assess"),
        ("they turned down our request for an assessment", "refused-to-assess"),
        ("they won't assess him", "refused-to-assess"),
        ("assessed him and then refused to issue a plan", "refused-plan"),
        ("we've had the draft plan", "draft-plan-sent"),
        ("the final EHC plan came", "final-plan-sent"),
        ("the amended final plan", "amended-plan-sent"),
        ("annual review meeting", "review-meeting"),
        ("his last annual review", "last-review"),
        ("our annual review is booked", "review-planned"),
        ("they are ending his plan", "plan-ceased"),
        ("I asked for a re-assessment", "reassessment-requested"),
        ("refused to re-assess", "refused-reassessment"),
        ("I've got the mediation certificate", "mediation-certificate"),
        ("I don't want mediation", "mediation-declined"),
        ("the tribunal ordered them to assess", "order-assess"),
        ("we moved to another council's area", "moved-area"),
    ],
)
def test_an_event_is_recognised_in_a_persons_own_words(text: str, event: str) -> None:
    found = match_event(text)
    assert found is not None and found.id == event


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what is a SENCO?",
        "plan",
        "I asked for an assessment and they refused to assess",  # two events
        "I asked for an autism assessment",
        "camhs assessment requested by the GP",
        "they have not sent the final plan",
        "the council is considering ceasing the plan",
        "do I need a mediation certificate or did we get the draft plan",
    ],
)
def test_no_event_is_guessed(text: str) -> None:
    assert match_event(text) is None


def test_every_event_is_found_by_its_id_and_by_its_name() -> None:
    for event in events():
        assert find_event(event.id) == event == find_event(event.name.upper())


def test_the_nearest_events_come_first() -> None:
    assert nearest_events("mediation")[0].group == "Mediation"
    assert "draft-plan-sent" in {event.id for event in nearest_events("draught plan")}
    assert len(nearest_events("")) == 5


@unhurried
@given(st.text(max_size=60))
def test_any_text_can_be_looked_through_for_an_event_and_a_date(text: str) -> None:
    found = spot(text, TODAY)
    assert found is None or deadlines(found[0].id, found[1], TODAY)
    assert len(nearest_events(text, 3)) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-03", "2026-03-03"),
        ("3 March", "2026-03-03"),
        ("3rd march 2026", "2026-03-03"),
        ("03/03/2026", "2026-03-03"),
        ("04/03/2026", "2026-03-04"),  # day first
        ("3.3.26", "2026-03-03"),
        ("Tuesday, 3rd of March 2026", "2026-03-03"),
        ("March 3rd, 2026", "2026-03-03"),
        ("3 Mar '26", "2026-03-03"),
        ("24 November", "2026-11-24"),
        ("25 November", "2026-11-25"),  # today
        ("26 November", "2025-11-26"),  # the latest that has been
        ("next 26 November", "2026-11-26"),
        ("the coming 15 February", "2027-02-15"),
        ("15 February next year", "2027-02-15"),
        ("3 march last year", "2025-03-03"),
        ("29 February", "2024-02-29"),
        ("last Monday", "2026-11-23"),
        ("last Wednesday", "2026-11-18"),
        ("next Friday", "2026-11-27"),
        ("yesterday", "2026-11-24"),
        ("six weeks ago", "2026-10-14"),
        ("a month ago", "2026-10-25"),
    ],
)
def test_dates_are_read_as_people_in_england_write_them(text: str, found: str) -> None:
    assert parse_date(text, TODAY) == date.fromisoformat(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "March 2026",
        "31 February",
        "2026-02-30",
        "13/13/2026",
        "3 March or 4 March",
        "over six weeks ago",
        "section 3 may apply",
        "9.14",
        "12",
        "20 weeks",
        "3 March 20261",
    ],
)
def test_what_is_no_single_date_is_none(text: str) -> None:
    assert parse_date(text, TODAY) is None


@unhurried
@given(st.text(), st.dates())
def test_reading_a_date_never_raises(text: str, today: date) -> None:
    parse_date(text, today)


@unhurried
@given(
    st.lists(st.sampled_from("3 31 29 2026 99 0 march feb may 03/03/2026 next last monday ago weeks 999 , .".split())),
    st.dates(),
)
def test_reading_scraps_of_dates_never_raises(scraps: list[str], today: date) -> None:
    parse_date(" ".join(scraps), today)


@unhurried
@given(DATES, st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%dth %b %Y", "%A %d %B %Y"]))
def test_a_written_date_is_read_back(day: date, style: str) -> None:
    assert parse_date(f"{day:{style}}", TODAY) == day


@unhurried
@given(st.dates(date(2015, 1, 1), date(2031, 12, 31)), DATES)
def test_a_day_without_a_year_is_the_latest_that_has_been(day: date, today: date) -> None:
    found = parse_date(f"{day.day} {day:%B}", today)
    assert found is not None and found <= today and (found.day, found.month) == (day.day, day.month)
    if (day.day, day.month) != (29, 2):
        assert today - found < timedelta(days=366)


@pytest.mark.parametrize(
    ("question", "event", "on"),
    [
        ("I asked for an assessment on 3 March and heard nothing", "assessment-requested", "2026-03-03"),
        ("On 3 March I requested an EHC needs assessment. What now?", "assessment-requested", "2026-03-03"),
        ("I asked for an assessment six weeks ago", "assessment-requested", "2026-10-14"),
        ("they refused to assess, letter dated 12 October", "refused-to-assess", "2026-10-12"),
        ("we had the annual review on 14/9/2026 and nothing since", "review-meeting", "2026-09-14"),
        ("the annual review is on 20 March", "review-planned", "2027-03-20"),
        ("what happens next? we got the draft plan yesterday", "draft-plan-sent", "2026-11-24"),
    ],
)
def test_an_event_and_its_date_are_spotted_in_a_question(question: str, event: str, on: str) -> None:
    found = spot(question, TODAY)
    assert found is not None and (found[0].id, found[1]) == (event, date.fromisoformat(on))


@pytest.mark.parametrize(
    "question",
    [
        "how long does the council have to decide after I asked for an assessment?",
        "what happens on 3 March?",
        "he was born on 3 March 2018 and I asked for an assessment",
        "I asked for an assessment for my son, born 3 March 2018",
        "I asked for an assessment on 3 March and again on 4 May",
        "I asked for an assessment on 3 March and they refused to assess on 5 May",
        "they must send the final plan by 3 March 2027",
        "I asked for an assessment and have been waiting since 3 March",
        "I asked for an assessment over six weeks ago",
        "I asked for an assessment on 3 March 2012",
    ],
)
def test_no_date_is_pinned_on_an_event_it_may_not_belong_to(question: str) -> None:
    assert spot(question, TODAY) is None


def parsed(found: tuple[Deadline, ...]) -> tuple[str, Calendar]:
    text = to_ics(found, datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    return text, Calendar.from_ical(text)


@unhurried
@given(EVENTS, DATES)
def test_the_calendar_file_reads_back_as_whole_days(event: str, on: date) -> None:
    found = deadlines(event, on, TODAY)
    text, calendar = parsed(found)
    read = calendar.walk("VEVENT")
    assert [row["dtstart"].dt for row in read] == [deadline.by for deadline in found]
    assert all(row["dtend"].dt - row["dtstart"].dt == timedelta(days=1) for row in read)
    assert all(type(row["dtstart"].dt) is date for row in read)
    assert [str(row["summary"]) for row in read] == [f"{row.who} {row.force} {row.what}" for row in found]
    assert len({str(row["uid"]) for row in read}) == len(found)
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_calendar_entry_holds_the_provision_the_exceptions_and_the_caution() -> None:
    found = deadlines("assessment-requested", ON, TODAY)
    entry = parsed(found)[1].walk("VEVENT")[0]
    description = str(entry["description"])
    assert "SEND Regulations 2014, regulation 5(1)" in description
    assert found[0].exceptions[0].text in description and caution() in description


def test_the_same_deadline_keeps_its_identity_in_every_file() -> None:
    found = deadlines("review-meeting", ON, TODAY)
    later = to_ics(deadlines("review-meeting", ON, ON), datetime(2030, 1, 1))
    uids = [str(row["uid"]) for row in parsed(found)[1].walk("VEVENT")]
    assert uids == [str(row["uid"]) for row in Calendar.from_ical(later).walk("VEVENT")]


def test_an_answer_keeps_a_deadline_as_text() -> None:
    kept = DatedDeadline.of(deadlines("assessment-requested", ON, TODAY)[0])
    assert (kept.by, kept.id, kept.ref, kept.past) == ("2026-04-14", "sendregs2014:r5", "sendregs2014:r5(1)", True)
    assert kept.label == "SEND Regulations 2014, regulation 5(1)" and kept.force is Force.MUST


def test_the_command_prints_who_must_do_what_by_when(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadlines", "request for assessment", "2026-03-03"]) == 0
    out = capsys.readouterr().out
    assert "Tuesday 14 April 2026" in out and "The council MUST tell the parent or young person" in out
    assert "Counted: 6 weeks from the day the council received the request" in out
    assert "SEND Regulations 2014, regulation 13(2)" in out and "SENDIASS" in out


def test_the_command_says_how_many_days_are_left(capsys: pytest.CaptureFixture[str]) -> None:
    today = date.today()
    for days, words in ((0, "in 14 days"), (13, "tomorrow"), (14, "today"), (15, "past since yesterday")):
        assert main(["deadlines", "draft-plan-sent", (today - timedelta(days=days)).isoformat()]) == 0
        assert f"({words})" in capsys.readouterr().out
    assert main(["deadlines", "draft-plan-sent", (today - timedelta(days=30)).isoformat()]) == 0
    assert "(past by 16 days)" in capsys.readouterr().out


def test_the_command_gives_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadlines", "review-meeting", "3", "March", "2026", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["event"], row["on"]) == ("review-meeting", "2026-03-03")
    assert [limit["by"] for limit in row["deadlines"]] == ["2026-03-17", "2026-03-31", "2026-03-31", "2026-05-26"]
    assert row["deadlines"][0]["force"] == "must" and row["caution"] == caution()


def test_the_command_lists_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadlines", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {event.id for event in events()} == {line.split()[0] for line in lines if line.startswith("  ")}
    assert main(["deadlines", "--list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(events())


def test_the_command_writes_a_calendar_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dates.ics"
    assert main(["deadlines", "review-meeting", "2026-03-03", "--ics", str(path)]) == 0
    assert len(Calendar.from_ical(path.read_bytes()).walk("VEVENT")) == 4
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name the event and its date"),
        (["draft-plan-sent"], "needs a date: the day the draft plan was served"),
        (["draft-plan-sent", "the other day"], "“the other day” can't be read as a date"),
        (["draft-plan-sent", "2013-01-01"], "before 1 September 2014"),
        (["draught plan", "2026-03-03"], "draft-plan-sent"),
        (["draft-plan-sent", "2026-03-03", "--ics", "/nonexistent/dates.ics"], "can't be written"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deadlines", *arguments]) == 1
    err = capsys.readouterr().err
    assert words in err and "Traceback" not in err
