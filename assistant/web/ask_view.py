"""Asking: the question box, the conversation, and the source that is open beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

import gradio as gr
import yaml
from markupsafe import Markup

from assistant.answer import Answer, Audience, Status
from assistant.library import Library
from assistant.meeting_pack import pin_passage
from assistant.pipeline import answer_versions
from assistant.turn import Turn
from assistant.web import feedback
from assistant.web.answer_view import Exchange, render_conversation
from assistant.web.pack import pinned
from assistant.web.page_image import PageImages
from assistant.web.refusal import Refused
from assistant.web.source_view import render_source
from assistant.web.store import keep
from assistant.web.templates import render
from ingest.vectors import VectorsAway

SLOW = 1.0
"""Seconds after which the passages found are shown while the answer is still being made."""
_log = logging.getLogger(__name__)
_SOON = 0.1  # seconds in which the version that stands may follow an earlier one
_EXAMPLES = Path(__file__).with_name("examples.yaml")
AUDIENCES = (
    (Audience.PARENT, "a parent or carer", "For parents and carers"),
    (Audience.YOUNG_PERSON, "a young person", "For young people"),
    (Audience.TEACHER, "a teacher, SENCO or governor", "For schools"),
    (Audience.ADVOCATE, "an advocate or adviser", "For advocates"),
)
_SORRY = (
    "Something went wrong on our side, and your question was not answered. It is still in the box: please try "
    "again. If it happens again, restart the app, and run `python -m ingest` if that doesn’t help."
)
_KEPT = "Kept for a meeting. You find it under Meeting pack."
_CONNECT = "atc.connect(element, trigger, watch, {})"

Shown = tuple[Markup, Markup, tuple[Exchange, ...]]
"""The conversation, the problem with the question if there is one, and the exchanges so far."""


def build(library: Library, pages: PageImages, store: gr.HTML, feedback_file: Path) -> gr.HTML:
    """Build the view inside the current block; what is kept for a meeting goes into `store`.

    Returns the part that shows a source: its event `browse` asks to open the passage `ref` in the browse view.
    """
    exchanges = gr.State(())
    gr.HTML(render("intro.html"), apply_default_css=False)
    with gr.Column(elem_id="atc-columns"):
        with gr.Column(elem_id="atc-talk"):
            conversation = _html("conversation", ["pin"])
            problem = _html("problem", [])
            form = _html("form", ["ask", "stop", "restart"], _form())
            feedback.build(exchanges, _last, feedback_file)
        with gr.Column(elem_id="atc-beside"):
            source = _html("source", ["open", "close", "keep", "browse"])

    def put_question(before: tuple[Exchange, ...], event: gr.EventData) -> Iterator[Shown]:
        yield from respond(library, before, str(event.question), audience_of(str(event.audience)))

    def stop_asking(before: tuple[Exchange, ...]) -> Markup:
        return render_conversation(before, library)

    def open_source(before: tuple[Exchange, ...], event: gr.EventData) -> Markup:
        return render_source(library, pages, str(event.ref), _quote(before, str(event.ref), event.turn))

    def pin(before: tuple[Exchange, ...], stored: str, event: gr.EventData) -> Any:
        chosen = _exchange(before, event.turn)
        return pinned(stored, chosen.answer, chosen.question) if chosen else gr.skip()

    def keep_source(stored: str, event: gr.EventData) -> Any:
        return keep(stored, lambda pack: pin_passage(str(event.ref), pack), _KEPT)

    shown = [conversation, problem, exchanges]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking = form.ask(put_question, exchanges, shown, concurrency_limit=4, **quiet)
    form.stop(stop_asking, exchanges, conversation, cancels=[asking], **quiet)
    form.restart(lambda: (Markup(), Markup(), (), Markup()), None, [*shown, source], cancels=[asking], **quiet)
    conversation.pin(pin, [exchanges, store], store, **quiet)
    source.open(open_source, exchanges, source, **quiet)
    source.close(lambda: Markup(), None, source, **quiet)
    source.keep(keep_source, store, store, **quiet)
    return source


def respond(
    library: Library,
    before: tuple[Exchange, ...],
    question: str,
    audience: Audience | None,
    versions: Callable[[Turn, Library], Iterator[Answer]] | None = None,
) -> Iterator[Shown]:
    """Answer one question, in parts where that takes long: the passages found, then the answer as it grows.

    A question that can't be answered as it is typed, or an error, leaves the conversation as it was.
    """
    turn = Turn(question, history=tuple(_said(exchange) for exchange in before), audience=audience)
    after = before
    try:
        for found, last in _in_parts(turn, library, versions or answer_versions):
            if not isinstance(found, Answer):
                yield render_conversation(before, library, reading=found), Markup(), before
            elif found.status is Status.INVALID_QUESTION:
                yield render_conversation(before, library), render("problem.html", message=found.text), before
            else:
                after = (*before, Exchange(question, found))
                yield render_conversation(after, library, growing=not last), Markup(), after if last else before
    except VectorsAway:
        message = Refused("search_away").message
        yield render_conversation(before, library), render("problem.html", message=message), before
    except Exception as error:  # whatever it is, the person gets words and keeps the question
        _log.error("A question could not be answered (%s).", type(error).__name__)  # its words are never logged
        yield render_conversation(before, library), render("problem.html", message=_SORRY), before


def _in_parts(
    turn: Turn, library: Library, versions: Callable[[Turn, Library], Iterator[Answer]]
) -> Iterator[tuple[list[str] | Answer, bool]]:
    """The labels of the passages found where the answer is slow, then each version, with whether it is the last."""
    made: Queue[Answer | Exception | None] = Queue()
    stopped = Event()

    def make() -> None:
        try:
            for version in versions(turn, library):
                made.put(version)
                if stopped.is_set():
                    return
            made.put(None)
        except Exception as error:  # handed to the thread that shows it
            made.put(error)

    Thread(target=make, daemon=True).start()
    try:
        yield from _as_they_come(turn, library, made)
    finally:
        stopped.set()


def _as_they_come(
    turn: Turn, library: Library, made: Queue[Answer | Exception | None]
) -> Iterator[tuple[list[str] | Answer, bool]]:
    latest: Answer | None = None
    shown = told = False
    while True:
        try:
            item = made.get(timeout=SLOW if latest is None or shown else _SOON)
        except Empty:
            if latest is not None and not shown:
                shown = True
                yield latest, False
            elif latest is None and turn.hits and not told:
                told = True
                yield [library.passages[hit.passage].label for hit in turn.hits[:3]], False
            continue
        if isinstance(item, Exception):
            raise item
        if item is None:
            if latest is not None:
                yield latest, True
            return
        latest, shown = item, False


def audience_of(name: str | None) -> Audience | None:
    """The audience of that name; None for any other."""
    return Audience(name) if name in {audience.value for audience in Audience} else None


def _said(exchange: Exchange) -> str:
    """What was asked, in English where it had to be translated."""
    return exchange.answer.asked if exchange.answer.language else exchange.question


def _exchange(exchanges: Sequence[Exchange], turn: object) -> Exchange | None:
    """The `turn`th exchange, counted from 1; None where there is none."""
    place = int(str(turn)) if str(turn).isdecimal() else 0
    return exchanges[place - 1] if 0 < place <= len(exchanges) else None


def _last(exchanges: Sequence[Exchange]) -> tuple[str, Answer] | None:
    """The last question and its answer, where feedback on it makes sense."""
    if not exchanges or exchanges[-1].answer.status is Status.URGENT_HELP:
        return None
    return exchanges[-1].question, exchanges[-1].answer


def _quote(exchanges: Sequence[Exchange], ref: str, turn: object) -> str:
    """What the `turn`th answer quotes of `ref`."""
    chosen = _exchange(exchanges, turn)
    return next((citation.quote for citation in chosen.answer.citations if citation.id == ref), "") if chosen else ""


def _html(name: str, events: list[str], value: str = "") -> gr.HTML:
    return gr.HTML(
        value,
        elem_id=f"atc-{name}-box",
        apply_default_css=False,
        js_on_load=_CONNECT.format(events),
    )


def _form() -> Markup:
    questions = _example_questions()
    return render(
        "form.html",
        audiences=[(audience.value, label) for audience, label, _ in AUDIENCES],
        examples=[(audience.value, heading, questions[audience.value]) for audience, _, heading in AUDIENCES],
    )


@cache
def _example_questions() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load(_EXAMPLES.read_text(encoding="utf-8"))
    return loaded
