"""The page: its views, and the header and footer around them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr
from gradio.events import api as add_endpoint
from markupsafe import Markup

from assistant.generate import privacy_line
from assistant.library import Library
from assistant.llm import is_configured
from assistant.pipeline import answer
from assistant.turn import Turn
from assistant.version import built_at, program_version
from assistant.web import api, ask_view, browse, deadlines_view, pack
from assistant.web.look import theme
from assistant.web.page_image import PageImages
from assistant.web.sources_panel import loaded_sources, old_sources, summary_line
from assistant.web.store import build_store
from assistant.web.templates import render
from corpus.settings import Settings
from ingest.vectors import VectorsAway

_HERE = Path(__file__).parent
TITLE = "Ask the Code"
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
VIEWS = (
    ("ask", "Ask"),
    ("browse", "Browse"),
    ("deadlines", "Deadlines"),
    ("pack", "Meeting pack"),
    ("privacy", "Privacy"),
)
"""The views: each one's address after `#/`, and its title in the navigation."""
FEEDBACK = "feedback.sqlite"
"""The file in the home that feedback is kept in."""
_SHARED = "What you write goes to the computer that runs this app."


def build_page(library: Library, config: Settings) -> gr.Blocks:
    """The page over an open library."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        store = build_store()
        with _view("ask"):
            source = ask_view.build(library, PageImages(config), store, config.home / FEEDBACK)
        with _view("browse"):
            browser = browse.build(library, store)
        with _view("deadlines"):
            deadlines_view.build(store)
        with _view("pack"):
            pack.build(library, store)
        with _view("privacy"):
            gr.Markdown(_own_file("privacy.md"), elem_classes="atc-prose")

        def show_passage(event: gr.EventData) -> tuple[Any, ...]:
            return browser.show(str(event.ref))

        source.browse(show_passage, None, list(browser.outputs), show_progress="hidden", api_visibility="private")
        add_endpoint(_endpoint(library), api_name="ask")
        api.build(library)
    return page


def _view(name: str) -> gr.Column:
    return gr.Column(elem_id=f"view-{name}", elem_classes="atc-view")


def launch_options(library: Library, config: Settings) -> dict[str, Any]:
    """What Gradio needs to serve the page: look, header and footer, and nothing sent or kept elsewhere."""
    header = render(
        "header.html",
        views=VIEWS,
        stays=_where_it_goes(config),
        summary=summary_line(library),
        sources=loaded_sources(library),
        old=old_sources(library, config, datetime.now(UTC)),
    )
    return {
        "theme": theme(),
        # not in `css`, which gradio would put under its own container, where the header and footer aren't
        "head": render(
            "head.html",
            header=header,
            footer=render("footer.html", version=program_version(), built=built_at(library.stamp)),
            views=VIEWS,
            style=_own_file("style.css") + _own_file("views.css"),
            script=_own_file("script.js"),
        ),
        "footer_links": [],
        "run_history": False,  # it would keep questions and answers in the browser's storage
        "ssr_mode": False,
        "mcp_server": False,
        "show_error": False,
        "enable_monitoring": False,
        "pwa": False,
        "allowed_paths": [],
    }


def _where_it_goes(config: Settings) -> str:
    """Where what a person writes goes, in a sentence."""
    if config.host not in _LOCAL and not is_configured(config):
        return _SHARED
    return privacy_line(config)


def _own_file(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704  # written by us


def _endpoint(library: Library) -> Callable[..., dict[str, Any]]:
    def ask(question: str, audience: str | None = None, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question from the SEND Code of Practice and its legislation.

        Args:
            question: The question, in plain words, at most 4,000 characters.
            audience: Who asks: "parent", "young person", "teacher" or "advocate"; nothing for anyone.
            history: Earlier questions of the conversation, oldest first.

        Returns:
            The answer: status, text (Markdown), short, citations, duties, deadlines, notes, suggestions, retrieved.
        """
        who = ask_view.audience_of(audience)
        if audience and who is None:
            known = ", ".join(name.value for name, *_ in ask_view.AUDIENCES)
            raise gr.Error(f"There is no audience “{audience}”. Choose one of: {known}; or leave it out.")
        try:
            return asdict(answer(Turn(question or "", history=tuple(history or ()), audience=who), library))
        except VectorsAway:
            return api.search_away()

    return ask
