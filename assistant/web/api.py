"""The endpoints for programs: an answer, a passage, a search, deadlines. Each takes plain values and gives JSON.

What can't be answered gives `{"error": {"code", "message"}}`: the message says what to do, and nothing raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.answer import Audience
from assistant.check import LONGEST_QUESTION, check_question, read_references, what_exists
from assistant.deadlines import (
    Deadline,
    DeadlineError,
    Event,
    LimitException,
    caution,
    events,
    find_event,
    nearest_events,
)
from assistant.deadlines import deadlines as dates_after
from assistant.library import Library
from assistant.pipeline import answer
from assistant.references import Neighbour, find_references
from assistant.retrieve import retrieve
from assistant.turn import Turn
from assistant.visible import clean
from assistant.web.refusal import Refused
from corpus.catalogue import bare_passage
from corpus.check import base_id
from corpus.passage import Passage, PassageId
from corpus.sources import load_sources
from ingest.vectors import VectorsAway

MOST_FOUND = 20
"""Passages that one search may return."""
AT_ONCE = 4
"""Calls of one endpoint that are worked on at once; more wait their turn."""
LONGEST_NAME = 200
"""Characters of an id or of an event."""
_ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."

Json = dict[str, Any]


def error(code: str, message: str, **more: Any) -> Json:
    """What is returned instead of an answer."""
    return {"error": {"code": code, "message": message, **more}}


def search_away() -> Json:
    """What is returned while the store of vectors is away."""
    return error("search_away", Refused("search_away").message)


def ask(library: Library, question: Any, audience: Any = None, history: Any = None) -> Json:
    """The answer to `question` for `audience`, after the earlier questions of `history`, oldest first."""
    if question is not None and not isinstance(question, str):
        return error("invalid_question", "Give the question as text.")
    known = [who.value for who in Audience]
    if audience and audience not in known:
        return error("unknown_audience", f"Choose an audience of {', '.join(known)}; or leave it out.")
    earlier = [] if history is None else history
    if not isinstance(earlier, list) or not all(isinstance(item, str) for item in earlier):
        return error("invalid_history", "Give history as a list of earlier questions, as text, or leave it out.")
    turn = Turn(question or "", history=tuple(earlier), audience=Audience(audience) if audience else None)
    try:
        return asdict(answer(turn, library))
    except VectorsAway:
        return search_away()


def passage(library: Library, id: Any) -> Json:  # the name that programs use
    """The passage `id`, such as `cop:9.14` or `cfa2014:s36(8)`, or one named as people do: "para 9.14", "s.36"."""
    wanted = _name(id)
    if not wanted:
        return error("invalid_id", "Give the id of a passage as text, such as cop:9.14 or cfa2014:s36.")
    if len(wanted) > LONGEST_NAME:
        return error("too_long", f"An id has at most {LONGEST_NAME} characters.")
    ref = _ref(wanted, library)
    if ref is None:
        missing = " ".join(dict.fromkeys(what_exists(item) for item in find_references(wanted)[1]))
        ids = "Ids look like cop:9.14, cfa2014:s36(8) or sendregs2014:r5; `search` finds them."
        return error("unknown_passage", missing or f"There is no passage “{wanted}”. {ids}")
    found = library.passages[PassageId(base_id(ref))]
    part = ref[len(found.id) :]
    if part and found.text is not None and found.part(part) is None:
        return error("unknown_part", f"{found.label} has no {part}.", parts=[anchor.ref for anchor in found.anchors])
    return _passage_json(found, part, library)


def search(library: Library, question: Any, limit: Any = 10) -> Json:
    """The passages that bear most on `question`, best first."""
    if not isinstance(question, str):
        return error("invalid_question", "Give the question as text.")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_FOUND:
        return error("invalid_limit", f"Give limit as a whole number from 1 to {MOST_FOUND}.")
    turn = Turn(question)
    for step in (check_question, read_references):
        step(turn, library)
        if turn.answer is not None:
            code = "too_long" if len(question) > LONGEST_QUESTION else turn.answer.status.value
            return error(code, turn.answer.short)
    try:
        retrieve(turn, library)
    except VectorsAway:
        return search_away()
    hits = turn.hits[:limit]
    return {"question": turn.resolved, "passages": [_hit_json(hit.passage, hit.score, library) for hit in hits]}


def deadlines(event: Any, date: Any) -> Json:  # the names that programs use
    """The statutory limits that follow from `event` (its id, or words for it) on `date` (ISO, such as 2026-03-03)."""
    wanted = _name(event)
    if not wanted:
        return error("invalid_event", "Give the event as text.", events=_event_list(events()))
    if len(wanted) > LONGEST_NAME:
        return error("too_long", f"An event has at most {LONGEST_NAME} characters.")
    found = find_event(wanted)
    if found is None:
        near = nearest_events(wanted)
        return error(
            "unknown_event",
            f"There is no event “{wanted}”.",
            nearest=_event_list(near),
            events=_event_list(events()),
        )
    on = _iso_date(date)
    if on is None:
        return error("invalid_date", f"Give the date ({found.date_label}) as year-month-day, such as 2026-03-03.")
    try:
        limits = dates_after(found.id, on, _today())
    except DeadlineError as problem:
        return error("date_out_of_range", str(problem))
    return {
        "event": _event_json(found),
        "date": on.isoformat(),
        "deadlines": [_deadline_json(limit) for limit in limits],
        "notes": _exceptions(found.notes),
        "caution": caution(),
    }


def build(library: Library) -> None:
    """Offer the functions as endpoints of the surrounding gradio page: /ask, /passage, /search and /deadlines."""
    from gradio.events import api as add_endpoint

    for name, function in endpoints(library).items():
        add_endpoint(function, api_name=name, concurrency_limit=AT_ONCE)


def endpoints(library: Library) -> dict[str, Callable[..., Json]]:
    """The functions over `library`, by name, with the types and descriptions that programs are shown."""

    def put(question: str, audience: str | None = None, history: list[str] | None = None) -> Json:
        """Answer a question about SEND law in England, in plain words with verbatim quotations of the Code and the law.

        Args:
            question: The question, in plain words, at most 4,000 characters.
            audience: Who asks: "parent", "young person", "teacher" or "advocate"; nothing for anyone.
            history: Earlier questions of the conversation, oldest first.

        Returns:
            The answer: status, text (Markdown, whole), short, citations, duties, deadlines, notes, suggestions,
            retrieved.
            What can't be put gives {"error": {"code", "message"}}.
        """
        return ask(library, question, audience, history)

    def read(id: str) -> Json:
        """Read one passage of the SEND Code of Practice or its legislation, with its official text and our summary.

        Args:
            id: The passage, such as "cop:9.14", "cfa2014:s36", "cfa2014:s36(8)" or "sendregs2014:r5"; or words for it,
                such as "paragraph 9.14".

        Returns:
            id, label, headings, text (official), page, url, summary and duties (ours), law, cited_by, status, note,
            source.
            An unknown id gives {"error": {"code", "message"}}.
        """
        return passage(library, id)

    def find(question: str, limit: int = 10) -> Json:
        """Find the passages of the SEND Code of Practice and its legislation that bear on a question, best first.

        Args:
            question: The question in plain words, at most 4,000 characters.
            limit: How many passages, from 1 to 20.

        Returns:
            question (as understood) and passages: id, label, url, page, summary (ours), score.
            What can't be searched for gives {"error": {"code", "message"}}.
        """
        return search(library, question, limit)

    def work_out(event: str, date: str) -> Json:
        """Work out the statutory time limits that follow from an event in SEND law in England.

        Args:
            event: What happened: an event's id, such as "assessment-requested", or words for it, such as "they
                refused to assess". An unknown event gives the list of ids.
            date: The day it happened, as year-month-day, such as "2026-03-03".

        Returns:
            event, date, deadlines (what, who, force, by, counted, ref, label, url, exceptions, past), notes and a
            caution.
            What can't be worked out gives {"error": {"code", "message"}}.
        """
        return deadlines(event, date)

    return {"ask": put, "passage": read, "search": find, "deadlines": work_out}


def _name(given: Any) -> str:
    """A name as it was meant, without what can't be seen; empty where it isn't text. A far too long one is cut."""
    return clean(given[: 20 * LONGEST_NAME]) if isinstance(given, str) else ""


def _ref(named: str, library: Library) -> str | None:
    """The passage, or part of one, that `named` is the id or the name of."""
    if base_id(named) in library.passages:
        return named
    found = [item for item in find_references(named)[0] if item.neighbour is Neighbour.ITSELF]
    return found[0].id + found[0].part if len(found) == 1 and found[0].id in library.passages else None


def _passage_json(found: Passage, part: str, library: Library) -> Json:
    annotation = library.annotations.get(found.id)
    state = next((state for state in library.stamp.sources if state.id == found.source), None)
    return {
        "id": found.id + part,
        "label": found.label + part,
        "headings": list(found.headings),
        "text": found.part(part) if part else found.text,
        "transcribed": found.transcribed,
        "page": found.page,
        "url": found.url,
        "valid_from": found.valid_from,
        "summary": annotation.gist if annotation else None,
        "duties": [duty.model_dump(mode="json") for duty in annotation.duties] if annotation else [],
        "law": list(annotation.law) if annotation else [],
        "cited_by": list(library.explained_by.get(found.id, ())),
        "status": annotation.status.value if annotation else "current",
        "note": annotation.note if annotation else None,
        "source": {
            "title": load_sources()[found.source].title,
            "as_at": state.as_at if state else None,
            "licence": load_sources()[found.source].licence,
        },
        "attribution": _ATTRIBUTION,
    }


def _hit_json(name: PassageId, score: float, library: Library) -> Json:
    found = library.passages.get(name) or bare_passage(name)
    annotation = library.annotations.get(name)
    return {
        "id": name,
        "label": found.label,
        "url": found.url,
        "page": found.page,
        "summary": annotation.gist if annotation else None,
        "score": round(score, 4),
    }


def _event_list(listed: tuple[Event, ...]) -> list[Json]:
    return [_event_json(event) for event in listed]


def _event_json(event: Event) -> Json:
    return {"id": event.id, "name": event.name, "date": event.date_label}


def _deadline_json(limit: Deadline) -> Json:
    return {
        "what": limit.what,
        "who": limit.who,
        "force": limit.force.value,
        "by": limit.by.isoformat(),
        "counted": limit.counted,
        "ref": limit.ref,
        "label": limit.label,
        "url": limit.url,
        "exceptions": _exceptions(limit.exceptions),
        "past": limit.past,
    }


def _exceptions(rows: tuple[LimitException, ...]) -> list[Json]:
    return [{"text": row.text, "ref": row.ref, "label": row.label} for row in rows]


def _iso_date(text: Any) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except (AttributeError, ValueError):
        return None


def _today() -> date:
    return date.today()
