"""The page: its views, and the header and footer around them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr
from markupsafe import Markup

from assistant.generate import privacy_line
from assistant.library import Library
from assistant.llm import is_configured
from assistant.version import built_at, program_version
from assistant.web import api, ask_view, browse, deadlines_view, pack
from assistant.web.look import theme
from assistant.web.page_image import PageImages
from assistant.web.sources_panel import loaded_sources, old_sources, summary_line
from assistant.web.store import build_store
from assistant.web.templates import render
from corpus.settings import Settings

_HERE = Path(__file__).parent
TITLE = "Ask the Code"
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that only this machine can reach."""
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
    if config.host not in LOCAL and not is_configured(config):
        return _SHARED
    return privacy_line(config)


def _own_file(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704  # written by us
