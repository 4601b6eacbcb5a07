"""The answer in Markdown: its parts in the order that serves who asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.answer import Answer, Audience, Citation, DatedDeadline, DutyRow, Status
from assistant.language import language
from assistant.phrases import phrase
from assistant.quote import mark_modals
from corpus.passage import Force

PARTS = ("duties", "next_step", "deadlines", "code", "law")
ORDER: Mapping[Audience | None, tuple[str, ...]] = {
    None: PARTS,
    Audience.PARENT: ("next_step", "duties", "deadlines", "code", "law"),
    Audience.YOUNG_PERSON: ("next_step", "duties", "deadlines", "code", "law"),
    Audience.TEACHER: ("duties", "deadlines", "code", "law", "next_step"),
    Audience.ADVOCATE: ("law", "code", "duties", "deadlines", "next_step"),
}
"""What leads after the short answer: rights and the next step, my duties, or provision and quotation."""


_SPECIAL = re.compile(r"([\\`*_\[\]<>~$]|&(?=#?\w+;))")


def render(answer: Answer) -> str:
    """All parts of `answer`, whole; the short answer comes first."""
    blocks = [*_translated(answer), answer.short]
    if answer.asked:
        key = "translated_as" if answer.language else "understood_as"
        blocks.append(f"*{phrase(key, resolved=as_typed(_clip(answer.asked)))}*")
    if answer.matched and answer.matched not in answer.short:
        blocks.append(f"*{phrase('asked_as', asked=as_typed(_clip(answer.question)), matched=answer.matched)}*")
    if answer.status is Status.NOT_COVERED and phrase("who_can_help") not in answer.short:
        blocks.append(phrase("who_can_help"))
    for part in ORDER[answer.audience]:
        blocks += _PARTS[part](answer)
    if answer.notes:
        blocks += [_heading("changed"), *(f"- {note}" for note in answer.notes)]
    if answer.suggestions:
        blocks.append(f"**{phrase('headings', 'next')}:** " + " · ".join(answer.suggestions))
    if answer.audience_guessed and answer.audience is not None:
        blocks.append(f"*{phrase('guessed', answer.audience)}*")
    if answer.status is Status.ANSWERED:
        blocks.append(phrase("footer"))
    return "\n\n".join(blocks)


def _translated(answer: Answer) -> Iterator[str]:
    if answer.translation:
        yield answer.translation
        if answer.status is not Status.URGENT_HELP:  # that text is ours, no program's
            yield f"*{language(answer.language).caution}*"


def quote_block(citation: Citation) -> str:
    """A citation: its number, label, page and link, then the quotation."""
    page = f", page {citation.page}" if citation.page else ""
    head = f"[{citation.number}] [{citation.label}]({citation.url}){page}"
    if not citation.quote:
        return f"{head}: {citation.summary} *({phrase('summary_only')})*"
    quoted = mark_modals(citation.quote).replace("\n", "\n> ")
    return f"{head}\n> “{quoted}”"


def as_typed(text: str) -> str:
    """`text` of a person in Markdown: it shows as it was typed, never as formatting, a link or HTML."""
    return _SPECIAL.sub(r"\\\1", text)


def _duties(answer: Answer) -> Iterator[str]:
    if answer.duties:
        yield _heading("duties")
        yield _duty_table(answer.duties)


def _next_step(answer: Answer) -> Iterator[str]:
    step = answer.next_step
    if step is not None:
        numbers = "".join(f"[{number}]" for number in step.citations)
        yield f"**{step.opening}:** {step.text} {numbers}"


def _deadlines(answer: Answer) -> Iterator[str]:
    if answer.deadlines:
        yield _heading("deadlines")
        yield "\n".join(_deadline(row) for row in answer.deadlines)
        yield f"*{phrase('deadline_caution')}*"


def _deadline(row: DatedDeadline) -> str:
    past = f" **({phrase('past')})**" if row.past else ""
    force = f"**{row.force}**" if row.force in (Force.MUST, Force.MUST_NOT) else str(row.force or "")
    return f"- **{row.by}**{past}: {row.who} {force} {row.what} ({row.counted}; [{row.label}]({row.url}))"


def _code(answer: Answer) -> Iterator[str]:
    code = [citation for citation in answer.citations if not citation.is_law]
    if code:
        yield _heading("nearest" if answer.status is Status.NOT_COVERED else "code")
        yield from map(quote_block, code)


def _law(answer: Answer) -> Iterator[str]:
    law = [citation for citation in answer.citations if citation.is_law]
    if law:
        yield _heading("nearest_law" if answer.status is Status.NOT_COVERED else "law")
        yield from map(quote_block, law)


_PARTS: Mapping[str, Callable[[Answer], Iterator[str]]] = {
    "duties": _duties,
    "next_step": _next_step,
    "deadlines": _deadlines,
    "code": _code,
    "law": _law,
}


def _duty_table(duties: Sequence[DutyRow]) -> str:
    lines = ["| Who | | What | By when | |", "|---|---|---|---|---|"]
    for row in duties:
        force = f"**{row.force}**" if row.force in (Force.MUST, Force.MUST_NOT) else str(row.force)
        cells = (row.who, force, row.what, row.when or "", f"[{row.citation}]")
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def _heading(name: str) -> str:
    return f"### {phrase('headings', name)}"


def _clip(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
