"""Deadlines: what happened and when; the dates as a picture and a table; the calendar file."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, expect
from visiting import Visitor

from assistant.deadlines import DeadlineError, deadlines, events
from assistant.web.deadlines_view import deadlines_html, read_form
from assistant.web.timeline import timeline

TODAY = date(2026, 11, 25)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("text", ["3 March 2026", "3/3/2026", "03.03.26", "2026-03-03", " 3rd march 2026 "])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    on, found = read_form("assessment-requested", text, TODAY)
    assert on == date(2026, 3, 3)
    assert found[0].by == date(2026, 4, 14)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("assessment-requested", "", "Write the date: the day the council received the request."),
        ("assessment-requested", "   ", "Write the date"),
        ("assessment-requested", "soon", "“soon” can't be read as one date."),
        ("assessment-requested", "31 February 2026", "can't be read as one date"),
        ("assessment-requested", "1/1/2001", "2001-01-01 is before 1 September 2014"),
        ("assessment-requested", "1 January 2190", "more than 5 years ahead"),
        ("assessment-requested", "x" * 10_000, "can't be read as one date"),
        ("nonsense", "3 March 2026", "Choose what happened"),
    ],
)
def test_what_cannot_be_worked_out_is_said_in_a_sentence(name: str, text: str, sentence: str) -> None:
    with pytest.raises(DeadlineError) as caught:
        read_form(name, text, TODAY)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("event", events(), ids=lambda event: event.id)
def test_every_event_has_a_picture_whose_text_alternative_says_all(event) -> None:  # type: ignore[no-untyped-def]
    on = date(2026, 9, 14)
    found = deadlines(event.id, on, TODAY)
    drawing = str(timeline(event.name, on, found, TODAY))
    drawing = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    svg = ElementTree.fromstring(drawing)
    words = " ".join((svg.findtext(f"{SVG}desc") or "").split())
    drawn = " ".join("".join(text.itertext()) for text in svg.iter(f"{SVG}text"))
    for deadline in found:
        day = f"{deadline.by.day} {deadline.by:%B %Y}"
        assert day in words and day in drawn
        assert deadline.what in words
    tops = [float(text.get("y") or 0) for text in svg.iter(f"{SVG}text")]
    lines = [len(list(text)) for text in svg.iter(f"{SVG}text")]
    assert all(after - before >= 18 * count for before, after, count in zip(tops, tops[1:], lines, strict=False))
    assert float((svg.get("viewBox") or "").split()[3]) > tops[-1] + 18 * (lines[-1] - 1)


def test_the_table_says_who_must_what_how_it_is_counted_and_where_that_stands() -> None:
    event = events()[0]
    on = date(2026, 9, 1)
    html = deadlines_html(event, on, deadlines(event.id, on, TODAY), TODAY)
    assert 'scope="row">Tuesday 13 October 2026 <span class="atc-d-passed">passed' in html
    assert '<strong class="atc-must">must</strong>' in html
    assert "6 weeks from the day the council received the request" in html
    assert "SEND Regulations 2014, regulation 5(1)" in html
    assert "exceptional personal circumstances" in html
    assert "The next is in 27 days: 22 December 2026." in html
    assert "Worked out from the law as it is written" in html


def _field(page) -> Locator:  # type: ignore[no-untyped-def]
    return page.locator("#atc-d-day :is(input, textarea)")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_person_works_out_dates_and_takes_them_into_their_calendar(visit: Visitor, width: int) -> None:
    here = visit(width=width)
    page = here.page
    here.show("deadlines")
    page.click("#atc-d-work")
    expect(page.locator("#atc-d-error")).to_contain_text("Write the date: the day the council received the request.")
    expect(_field(page)).to_have_attribute("aria-invalid", "true")
    expect(_field(page)).to_be_focused()
    here.picture(f"deadlines-error-{width}")
    _field(page).fill("12 October 2026")
    page.click("#atc-d-work")
    expect(page.locator("#atc-d-shown h2")).to_be_focused()
    expect(page.locator("#atc-d-error")).to_have_count(0)
    expect(page.get_by_role("img", name="Timeline from 12 October 2026")).to_be_visible()
    expect(page.get_by_role("table", name="Time limits, in order of date").get_by_role("row")).to_have_count(4)
    here.picture(f"deadlines-{width}")
    with page.expect_download() as download:
        page.click("#atc-d-ics")
    assert download.value.suggested_filename == "deadlines-assessment-requested-2026-10-12.ics"
    calendar = Calendar.from_ical(download.value.path().read_bytes())
    days = [entry.decoded("dtstart") for entry in calendar.walk("VEVENT")]
    assert days == [deadline.by for deadline in deadlines("assessment-requested", date(2026, 10, 12), TODAY)]
    assert not here.errors
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_another_topic_offers_its_events_and_asks_for_their_date(visit: Visitor) -> None:
    here = visit()
    page = here.page
    here.show("deadlines")
    page.get_by_label("What is it about?").click()
    page.get_by_role("option", name="Decisions that can be appealed").click()
    expect(page.get_by_label("What happened?")).to_have_value("The council refused to assess")
    expect(page.locator("#atc-d-day")).to_contain_text("The day the council sent its decision")
    _field(page).fill("2 November 2026")
    page.keyboard.press("Enter")
    expect(page.locator("#atc-d-shown h2")).to_have_text("Dates after: The council refused to assess")
