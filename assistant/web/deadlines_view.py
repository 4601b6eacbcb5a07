"""The deadlines view: what happened and when, and from it each date that the law sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.calendar_file import to_ics
from assistant.deadlines import Deadline, DeadlineError, Event, caution, deadlines, events, parse_date
from assistant.meeting_pack import pin_dates
from assistant.pack_document import spoken_date
from assistant.web.store import as_download, build_files, keep
from assistant.web.templates import render
from assistant.web.timeline import timeline

_INTRODUCTION = (
    "<h1>Deadlines</h1><p>Say what happened and on which day. You get each time limit that the law sets from then "
    "on, with the provision that it comes from.</p>"
)
_HINT = "for example 3 March 2026, 3/3/2026 or yesterday"
_WHICH = "Choose what happened, then work out the dates again."
_NO_DATE = "Write the date: {label}. For example 3 March 2026 or 3/3/2026."
_NOT_A_DATE = (
    "“{text}” can't be read as one date. Write it with day, month and year, for example 3 March 2026 or 3/3/2026."
)
_FOCUS = """
watch('value', () => { const wanted = element.querySelector('[data-focus]'); if (wanted) wanted.focus(); });
"""
_INVALID = """
watch('value', () => {
  const field = document.querySelector('#atc-d-day input, #atc-d-day textarea');
  const wrong = Boolean(element.querySelector('#atc-d-error'));
  field.setAttribute('aria-invalid', wrong);
  if (wrong) { field.setAttribute('aria-describedby', 'atc-d-error'); field.focus(); }
  else field.removeAttribute('aria-describedby');
});
"""
_LONGEST = 60
"""Characters of a date."""


def build(store: gr.HTML) -> None:
    """Build the view inside the current tab; dates that are kept go into `store` (see `build_store`)."""
    known = {event.id: event for event in events()}
    groups = list(dict.fromkeys(event.group for event in known.values()))
    first = next(iter(known.values()))

    gr.HTML(_INTRODUCTION, apply_default_css=False, elem_classes="atc-v-intro")
    group = gr.Dropdown(groups, value=groups[0], label="What is it about?", elem_id="atc-d-group")
    event = gr.Dropdown(_choices(groups[0]), value=first.id, label="What happened?", elem_id="atc-d-event")
    day = gr.Textbox(
        label=_day_label(first), info=_HINT, max_length=_LONGEST, elem_id="atc-d-day", placeholder="day month year"
    )
    problem = gr.HTML("", js_on_load=_INVALID, apply_default_css=False, elem_id="atc-d-problem")
    work = gr.Button("Work out the dates", variant="primary", elem_id="atc-d-work")
    shown = gr.HTML("", js_on_load=_FOCUS, apply_default_css=False, elem_id="atc-d-shown")
    worked = gr.State(("", ""))  # the event and the day (ISO) that are shown
    with gr.Row(visible=False, elem_classes="atc-v-buttons") as further:
        calendar = gr.Button("Download as calendar file (.ics)", elem_id="atc-d-ics")
        pin = gr.Button("Keep these dates for a meeting", elem_id="atc-d-keep")
    files = build_files()

    def turn_to(chosen: str) -> tuple[Any, ...]:
        listed = _choices(chosen if chosen in groups else groups[0])
        return gr.Dropdown(listed, value=listed[0][1]), gr.Textbox(label=_day_label(known[listed[0][1]]))

    def work_out(name: str, text: str) -> tuple[Any, ...]:
        today = date.today()
        try:
            on, found = read_form(name, text, today)
        except DeadlineError as error:
            return _problem(str(error)), "", gr.Row(visible=False), ("", "")
        return "", deadlines_html(known[name], on, found, today), gr.Row(visible=True), (name, on.isoformat())

    def as_calendar(of: tuple[str, str]) -> Any:
        try:
            found = deadlines(of[0], date.fromisoformat(of[1]), date.today())
        except ValueError as error:  # a page that was left open for years, or one that was tampered with
            gr.Warning(str(error))
            return gr.skip()
        name = f"deadlines-{of[0]}-{of[1]}.ics"
        return as_download(name, "text/calendar;charset=utf-8", to_ics(found, datetime.now().astimezone()).encode())

    def keep_dates(of: tuple[str, str], stored: str) -> Any:
        on = date.fromisoformat(of[1])
        return keep(
            stored, lambda pack: pin_dates(of[0], on, pack), "Kept for a meeting. You find it under Meeting pack."
        )

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    group.input(turn_to, group, [event, day], **quiet)
    event.input(lambda name: gr.Textbox(label=_day_label(known.get(name, first))), event, day, **quiet)
    gr.on([work.click, day.submit], work_out, [event, day], [problem, shown, further, worked], **quiet)
    calendar.click(as_calendar, worked, files, **quiet)
    pin.click(keep_dates, [worked, store], store, **quiet)


def read_form(name: str, text: str, today: date) -> tuple[date, tuple[Deadline, ...]]:
    """The day that `text` names and the limits that follow from the event `name` on it.

    Raises DeadlineError with a sentence for the person.
    """
    event = next((event for event in events() if event.id == name), None)
    if event is None:
        raise DeadlineError(_WHICH)
    if not text or not text.strip():
        raise DeadlineError(_NO_DATE.format(label=event.date_label))
    on = parse_date(text[:_LONGEST], today, ahead=event.ahead)
    if on is None:
        raise DeadlineError(_NOT_A_DATE.format(text=text.strip()[:_LONGEST]))
    return on, deadlines(name, on, today)


def deadlines_html(event: Event, on: date, found: Sequence[Deadline], today: date) -> Markup:
    """The limits as a picture and a table, with their exceptions and the caution."""
    qualified = [*(exception for row in found for exception in row.exceptions), *event.notes]
    texts = dict.fromkeys(exception.text for exception in qualified)
    return render(
        "deadlines.html",
        event=event,
        found=[(f"{row.by:%A} {spoken_date(row.by)}", row) for row in found],
        next=_next(found, today),
        picture=timeline(event.name, on, found, today),
        notes=[(text, list(dict.fromkeys(e.label for e in qualified if e.text == text))) for text in texts],
        started=spoken_date(on),
        caution=caution(),
    )


def _next(found: Sequence[Deadline], today: date) -> str:
    """How far off the next limit is."""
    ahead = next((row for row in found if not row.past), None)
    if ahead is None:
        return "All of these dates have passed."
    days = (ahead.by - today).days
    left = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"The next is {left}: {spoken_date(ahead.by)}."


def _problem(message: str) -> Markup:
    return Markup('<p class="atc-error" role="alert" id="atc-d-error">{}</p>').format(message)


def _choices(group: str) -> list[tuple[str, str]]:
    return [(event.name, event.id) for event in events() if event.group == group]


def _day_label(event: Event) -> str:
    return f"When? {event.date_label[:1].upper()}{event.date_label[1:]}"
