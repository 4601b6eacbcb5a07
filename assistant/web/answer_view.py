"""One answer on the page: from the fields of `Answer` to HTML, and to the plain text that is copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assistant.answer import Answer, Citation, Status
from assistant.language import Language, detect, language
from assistant.library import Library
from assistant.markdown import ORDER
from assistant.web.markup import CitationLinks
from assistant.web.templates import render, render_text
from corpus.check import base_id
from corpus.passage import Force

_REFUSALS = frozenset({Status.NOT_COVERED, Status.OUT_OF_SCOPE, Status.OTHER_JURISDICTION, Status.NO_SUCH_PROVISION})
_STRENGTHS: Mapping[Force, str] = {
    Force.MUST: "must",
    Force.MUST_NOT: "must",
    Force.SHOULD: "should",
    Force.SHOULD_NOT: "should",
    Force.MAY: "may",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation, as it was typed, and its answer."""

    question: str
    answer: Answer


def render_conversation(
    exchanges: Sequence[Exchange], library: Library, *, growing: bool = False, reading: Sequence[str] = ()
) -> Markup:
    """The conversation as HTML: the last answer in full, earlier ones closed; urgent help stands alone.

    `growing` says that the last answer is still being written; `reading` names the passages found for a
    question that has no answer yet.
    """
    if not exchanges and not reading:
        return Markup()
    last = len(exchanges)
    articles = [
        render_exchange(exchange, number, library, growing=growing and number == last)
        for number, exchange in enumerate(exchanges, 1)
    ]
    if exchanges and exchanges[-1].answer.status is Status.URGENT_HELP and not reading:
        return articles[-1]
    closed = last if reading else last - 1
    earlier = [(exchange.question, article) for exchange, article in zip(exchanges, articles, strict=True)][:closed]
    return render("conversation.html", earlier=earlier, last=Markup().join(articles[closed:]), reading=reading)


def render_exchange(exchange: Exchange, number: int, library: Library, *, growing: bool = False) -> Markup:
    """The `number`th question of a conversation, and its answer, as HTML."""
    answer = exchange.answer
    code = [citation for citation in answer.citations if not citation.is_law]
    law = [citation for citation in answer.citations if citation.is_law]
    parts = ORDER[answer.audience]
    foreign = answer.status in (Status.NOT_COVERED, Status.URGENT_HELP)
    spoken = language(answer.language) if answer.language else None
    if spoken is None and foreign:
        spoken = detect(exchange.question, library.knows_word)
    values = {
        "question": exchange.question,
        "answer": answer,
        "turn": number,
        "links": CitationLinks(number, frozenset(citation.number for citation in answer.citations)),
        "code": code,
        "law": law,
        "parts": parts,
        # the legend of must, should and may stands at the first quotations
        "explained_at": next((part for part in parts if (part == "code" and code) or (part == "law" and law)), ""),
        "is_figure": lambda citation: _is_figure(citation, library),
        "strength": _STRENGTHS,
        "known": lambda ref: base_id(ref) in library.passages,
        "growing": growing,
        "language": spoken,
        "told": _by_language(answer.text, spoken),
    }
    if answer.status is Status.URGENT_HELP:
        return render("urgent.html", **values)
    if answer.status in _REFUSALS:
        return render("refusal.html", **values)
    return render("answer.html", **values, copied=plain_text(exchange))


def _by_language(text: str, spoken: Language | None) -> list[tuple[str, str]]:
    """The stretches of `text`, each with the code of its language; none for English."""
    own = next((said for said in (spoken.text, spoken.urgent_text) if said in text), "") if spoken else ""
    if spoken is None or not own:
        return [(text, "")]
    before, after = text.split(own, 1)
    return [(part, code) for part, code in ((before, ""), (own, spoken.code), (after, "")) if part.strip()]


def plain_text(exchange: Exchange) -> str:
    """Question and answer as text without any marks: what "Copy" puts on the clipboard."""
    answer = exchange.answer
    short = answer.short.replace("**", "").replace("*", "")
    caution = language(answer.language).caution if answer.language else ""
    return render_text("answer.txt", question=exchange.question, answer=answer, short=short, caution=caution)


def _is_figure(citation: Citation, library: Library) -> bool:
    passage = library.passages.get(base_id(citation.id))
    return bool(passage and passage.transcribed)
