"""The sources panel: each passage quoted, where it stands, and a link to the official page."""

from __future__ import annotations

import re
from html import escape

from assistant.answer import Answer, Citation, Status
from assistant.phrases import phrase
from assistant.quote import MODALS

_EMPTY = "The passages that an answer quotes appear here."


def render_sources(answer: Answer | None) -> str:
    """The panel for an answer as HTML; all text in it is escaped."""
    if answer is None or not answer.citations:
        return f'<p class="atc-empty">{escape(_EMPTY)}</p>'
    nearest = answer.status is Status.NOT_COVERED
    heading = phrase("headings", "nearest") if nearest else "Sources quoted"
    cards = "\n".join(_card(citation) for citation in answer.citations)
    return f"<h2>{escape(heading)}</h2>\n{_LEGEND}\n{cards}"


_LEGEND = (
    '<p class="atc-legend"><strong class="atc-must">must</strong> is a legal duty · '
    '<strong class="atc-should">should</strong> is guidance that may be departed from only with a reason · '
    '<strong class="atc-may">may</strong> is a choice</p>'
)


def _card(citation: Citation) -> str:
    path = " › ".join(citation.headings)
    page = f", page {citation.page}" if citation.page else ""
    body = (
        f"<blockquote>{_lines(citation.quote)}</blockquote>"
        if citation.quote
        else f"<p>{escape(citation.summary)}</p><p><em>{escape(phrase('summary_only'))}</em></p>"
    )
    return (
        f'<article class="atc-card" id="source-{citation.number}">'
        f"<h3>[{citation.number}] {escape(citation.label)}{page}</h3>"
        f'<p class="atc-path">{escape(path)}</p>{body}'
        f'<p><a href="{escape(citation.url, quote=True)}" target="_blank" rel="noopener noreferrer">'
        f"Official page of {escape(citation.label)} (opens a new tab)</a></p></article>"
    )


def _lines(quote: str) -> str:
    return "<br>".join(_marked(line) for line in quote.split("\n"))


def _marked(line: str) -> str:
    parts = MODALS.split(line)
    return "".join(
        f'<strong class="{_strength(part)}">{escape(part)}</strong>' if position % 2 else escape(part)
        for position, part in enumerate(parts)
    )


def _strength(modal: str) -> str:
    if re.match(r"must|shall", modal, re.IGNORECASE):
        return "atc-must"
    return "atc-should" if modal.lower().startswith("should") else "atc-may"
