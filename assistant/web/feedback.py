"""The feedback form under an answer: useful or not, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.answer import Answer
from assistant.feedback import LONGEST_WHY, Feedback, FeedbackError, FeedbackStore, Verdict

_THANKS = "Thank you. It helps to make the answers better."
_CHOOSE = "Choose whether the answer was useful, then send it again."
_NOTHING = "There is no answer to speak of yet: ask a question first."
_NAMES = "Please leave out names and other personal details."
_KEEP = "Keep the words of my question with this (without a tick they are not kept)"

Last = Callable[[Any], tuple[str, Answer] | None]
"""From the value of the conversation's state to the last question and its answer; None before the first."""


def build(conversation: gr.State, last: Last, path: Path) -> gr.Column:
    """Build the form inside the current block; `conversation` is what `last` reads the last answer from.

    What is sent is kept in the SQLite file at `path`.
    """
    store = FeedbackStore(path)
    form = gr.Column(visible=False, elem_id="atc-f-form")
    with form:
        verdict = gr.Radio(
            [("Useful", Verdict.USEFUL.value), ("Not useful", Verdict.NOT_USEFUL.value)],
            label="Was the last answer useful?",
            elem_id="atc-f-verdict",
        )
        why = gr.Textbox(label="Why? (if you like)", info=_NAMES, lines=2, max_length=LONGEST_WHY, elem_id="atc-f-why")
        allowed = gr.Checkbox(label=_KEEP, value=False, elem_id="atc-f-allowed")
        send = gr.Button("Send feedback", elem_id="atc-f-send")
        told = gr.HTML("", apply_default_css=False, elem_id="atc-f-told")

    def submit(state: Any, chosen: str | None, reason: str, with_question: bool) -> tuple[Any, ...]:
        try:
            store.add(feedback_of(last(state), chosen, reason, with_question))
        except FeedbackError as error:
            return gr.skip(), gr.skip(), gr.skip(), _told(str(error), "alert")
        return None, "", False, _told(_THANKS, "status")

    def renew(state: Any) -> tuple[Any, ...]:
        return gr.Column(visible=last(state) is not None), None, "", False, ""

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    send.click(submit, [conversation, verdict, why, allowed], [verdict, why, allowed, told], **quiet)
    conversation.change(renew, conversation, [form, verdict, why, allowed, told], **quiet)
    return form


def feedback_of(
    last: tuple[str, Answer] | None, chosen: str | None, reason: str | None, with_question: bool
) -> Feedback:
    """The feedback on the last answer; its question only `with_question`. Raises FeedbackError with what is missing."""
    if last is None:
        raise FeedbackError(_NOTHING)
    if chosen not in {verdict.value for verdict in Verdict}:
        raise FeedbackError(_CHOOSE)
    question, answer = last
    return Feedback(
        verdict=Verdict(chosen),
        why=reason or "",
        status=answer.status,
        citations=tuple(citation.id for citation in answer.citations),
        question=question if with_question else None,
    )


def _told(message: str, role: str) -> Markup:
    kind = "atc-error" if role == "alert" else "atc-f-thanks"
    return Markup('<p class="{}" role="{}">{}</p>').format(kind, role, message)
