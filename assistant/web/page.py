"""The page: a chat, and beside it the passages that its answers quote."""

from __future__ import annotations

import os
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr
import yaml

from assistant.answer import Answer, Audience
from assistant.library import Library
from assistant.pipeline import answer
from assistant.turn import Turn
from assistant.web.sources_panel import render_sources
from corpus.sources import load_sources

_HERE = Path(__file__).parent
TITLE = "Ask the Code"
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
THEME = gr.themes.Default(font=_FONTS, font_mono=["ui-monospace", "monospace"])
CSS = (_HERE / "style.css").read_text(encoding="utf-8")
_AUDIENCES = [
    ("Parent or carer", Audience.PARENT.value),
    ("Young person", Audience.YOUNG_PERSON.value),
    ("Teacher, SENCO or governor", Audience.TEACHER.value),
    ("Advocate", Audience.ADVOCATE.value),
]
_EXAMPLE_HEADINGS = {"parent": "For parents", "teacher": "For schools", "advocate": "For advocates"}
_SORRY = (
    "Something went wrong on our side, and your question was not answered. It is still in the box: please try "
    "again. If it happens again, restart the app, and run `python -m ingest` if that doesn't help."
)

Messages = list[dict[str, Any]]


def build_page(library: Library) -> gr.Blocks:
    """The page over an open library."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.HTML(_header(library), elem_classes="atc-head")
        with gr.Row(elem_id="atc-columns"):
            with gr.Column(scale=3):
                chat = gr.Chatbot(
                    label="Conversation",
                    elem_id="atc-chat",
                    height="56vh",
                    show_label=False,
                    buttons=["copy"],
                    autoscroll=False,  # an answer is read from its top
                    examples=_examples(),
                )
                question = gr.Textbox(
                    label="Your question",
                    placeholder="Ask in your own words, for example: can a school refuse a place because of SEN?",
                    lines=2,
                    max_lines=8,
                    elem_id="atc-question",
                )
                with gr.Row():
                    ask = gr.Button("Ask", variant="primary", elem_id="atc-ask")
                    clear = gr.Button("Start again", elem_id="atc-clear")
                audience = gr.Radio(_AUDIENCES, label="I am a … (optional)", elem_id="atc-audience")
            with gr.Column(scale=2):
                sources = gr.HTML(render_sources(None), elem_id="atc-sources")

        def respond(text: str, messages: Messages, who: str | None) -> tuple[str, Messages, str]:
            return _respond(library, text, messages, who)

        outputs = [question, chat, sources]
        gr.on([ask.click, question.submit], respond, [question, chat, audience], outputs, api_name="ask")
        chat.example_select(_chosen, None, question, api_visibility="private")
        clear.click(lambda: ("", [], render_sources(None)), None, outputs, api_visibility="private")
    return page


def _respond(library: Library, text: str, messages: Messages, who: str | None) -> tuple[str, Messages, str]:
    """One turn of the chat: the emptied box, the longer conversation, the sources panel."""
    history = tuple(_plain(message) for message in messages or [] if message["role"] == "user")
    try:
        found: Answer | None = answer(
            Turn(text or "", history=history, audience=Audience(who) if who else None), library
        )
    except Exception:  # whatever it is, the person gets words and keeps the question
        found = None
    shown = [*(messages or []), {"role": "user", "content": text or ""}]
    if found is None:
        return text, [*shown, {"role": "assistant", "content": _SORRY}], render_sources(None)
    kept = text if found.status == "invalid_question" else ""
    return kept, [*shown, {"role": "assistant", "content": found.text}], render_sources(found)


def _plain(message: dict[str, Any]) -> str:
    """The text of a chat message: gradio gives a string, or a list of parts."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return " ".join(part["text"] for part in content if isinstance(part, dict) and part.get("text"))


def _examples() -> Any:
    return [
        {"text": text, "display_text": f"{_EXAMPLE_HEADINGS[audience]}: {text}"}
        for audience, questions in _example_questions().items()
        for text in questions
    ]


def _chosen(event: gr.SelectData) -> str:
    """The example that was chosen, for the question box: it can be changed before it is asked."""
    return str(event.value["text"])


@cache
def _example_questions() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.safe_load((_HERE / "examples.yaml").read_text(encoding="utf-8"))
    return loaded


def _header(library: Library) -> str:
    return (
        f"<h1>{TITLE}</h1>"
        "<p>Special educational needs and disability law in England: ask in your own words, and get an answer "
        "that quotes the SEND Code of Practice and its legislation by paragraph.</p>"
        '<p class="atc-notice"><strong>This is information, not legal advice.</strong> '
        "Nothing you write leaves this computer.</p>"
        f'<details class="atc-loaded"><summary>{escape(_sources_summary(library))}</summary>'
        f"<p>{escape(loaded_line(library))} Contains public sector information licensed under the "
        "Open Government Licence v3.0.</p></details>"
    )


def _sources_summary(library: Library) -> str:
    states = library.stamp.sources
    present = [state for state in states if state.origin != "missing"]
    newest = max((state.as_at for state in present if state.as_at[:1].isdigit()), default="")
    return f"{len(present)} of {len(states)} official sources loaded, the newest as at {newest or 'January 2015'}"


def loaded_line(library: Library) -> str:
    """Which sources are loaded, and as at which date."""
    titles = load_sources()
    present = [
        f"{titles[state.id].short} ({state.as_at})" for state in library.stamp.sources if state.origin != "missing"
    ]
    missing = [titles[state.id].short for state in library.stamp.sources if state.origin == "missing"]
    line = f"Sources on this computer: {'; '.join(present)}." if present else "No official text on this computer."
    if missing:
        line += f" Only summaries, without the official text: {'; '.join(missing)}."
    return line
