"""The answer without a language model: our direct answer, then quotations, duties, law and changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.answer import Answer, Citation, DutyRow, Status
from assistant.library import Library
from assistant.phrases import phrase
from assistant.quote import Quotation, mark_modals, quote_best, quote_part, quote_whole, shared_share
from assistant.references import Neighbour
from assistant.turn import Hit, Turn
from corpus.annotation import Annotation
from corpus.catalogue import bare_passage
from corpus.check import base_id, question_key
from corpus.passage import Force, Passage, PassageId

SAME_QUESTION = 0.60
"""From this similarity on, a question of ours is close enough to give its direct answer."""
_AS_GOOD = 0.07  # an answer to a question this much less similar than the best still adds to it
_NEAR = 0.12  # passages whose score is this close to the best are cited too
_CODE_CITED, _LAW_CITED, _DUTIES, _SUGGESTIONS = 3, 3, 6, 3
_WHOLE = 450  # words: a passage that was asked for by number is quoted whole up to this
_STRENGTH = (Force.MUST, Force.MUST_NOT, Force.SHOULD, Force.SHOULD_NOT, Force.MAY)


@dataclass(slots=True)
class _Sheet:
    """The citations of one answer, numbered as they are first used."""

    library: Library
    wanted: str
    citations: dict[str, Citation] = field(default_factory=dict)

    def cite(self, ref: str, *, whole: bool = False) -> Citation:
        """The citation of `ref`, a passage or a part of one."""
        if ref in self.citations:
            return self.citations[ref]
        passage = self.library.passages.get(base_id(ref)) or bare_passage(base_id(ref))
        part = ref[len(passage.id) :]
        quotation = _quotation(passage, part, self.wanted, whole)
        annotation = self.library.annotations.get(passage.id)
        citation = Citation(
            id=ref,
            label=passage.label + part,
            quote=quotation.text if quotation else "",
            force=quotation.force if quotation else None,
            page=passage.page,
            url=passage.url,
            headings=passage.headings,
            number=len(self.citations) + 1,
            summary=annotation.gist if annotation else "",
        )
        self.citations[ref] = citation
        return citation


def _quotation(passage: Passage, part: str, wanted: str, whole: bool) -> Quotation | None:
    if passage.transcribed:
        return None  # a figure has no official wording to quote
    if part and (quotation := quote_part(passage, part)):
        return quotation
    if whole and len((passage.text or "").split()) <= _WHOLE:
        return quote_whole(passage)
    return quote_best(passage, wanted)


def compose(turn: Turn, library: Library) -> None:
    """End the turn with an answer composed from what was found."""
    if turn.references:
        turn.answer = _answer_by_reference(turn, library)
    else:
        turn.answer = _answer_by_likeness(turn, library)


def nearest_passages(turn: Turn, library: Library, opening: str) -> Answer:
    """An honest refusal: what was found is shown as the nearest there is, with who can help."""
    sheet = _Sheet(library, turn.resolved)
    for hit in turn.hits[:2]:
        sheet.cite(hit.passage)
    blocks = [opening, phrase("who_can_help"), _heading("nearest"), *_quote_lines(sheet.citations.values())]
    return Answer(
        Status.NOT_COVERED,
        "\n\n".join(blocks),
        short=opening,
        citations=tuple(sheet.citations.values()),
        retrieved=turn.retrieved,
    )


def _answer_by_reference(turn: Turn, library: Library) -> Answer:
    sheet = _Sheet(library, turn.resolved)
    sentences: list[str] = []
    notes: list[str] = []
    asked = len(turn.references)
    named = [hit.passage for hit in turn.hits[:asked]]
    for reference, name in zip(turn.references, named, strict=False):
        part = reference.part if reference.neighbour is Neighbour.ITSELF else ""
        passage = library.passages[name]
        if part and passage.text is not None and passage.part(part) is None:
            notes.append(phrase("no_such_provision", "part", label=passage.label, part=part))
            part = ""
        citation = sheet.cite(name + part, whole=True)
        annotation = library.annotations.get(name)
        gist = annotation.gist if annotation else ""
        sentences.append(f"**{citation.label}** [{citation.number}]: {gist}".rstrip(": "))
    for explained in named[:2]:
        for ref in _behind(explained, library)[:2]:
            sheet.cite(ref)
    return _assemble(turn, library, sheet, "\n\n".join(sentences), named, notes=notes)


def _behind(name: PassageId, library: Library) -> list[str]:
    """The law behind a paragraph, or the paragraphs of the Code that explain a provision."""
    if not name.startswith("cop:"):
        return [ref for ref in library.explained_by.get(name, ()) if ref.startswith("cop:")]
    annotation = library.annotations.get(name)
    return list(annotation.law) if annotation else []


def _answer_by_likeness(turn: Turn, library: Library) -> Answer:
    leaders = _leaders(turn.hits, library)
    answers = [_direct(hit, library) for hit in leaders]
    sheet = _Sheet(library, " ".join([turn.resolved, *(text for text in answers if text)]))
    if answers:
        sentences = [
            f"{_emphasised(text, first=not position)} [{sheet.cite(hit.passage).number}]"
            for position, (hit, text) in enumerate(zip(leaders, answers, strict=True))
        ]
        short = " ".join(sentences)
        matched = _question_of(leaders[0], library)
    else:
        top = turn.hits[0]
        annotation = library.annotations.get(top.passage)
        number = sheet.cite(top.passage).number
        short = f"{annotation.gist if annotation else phrase('no_close_match')} [{number}]"
        matched = ""
    cited = [hit.passage for hit in leaders] or [turn.hits[0].passage]
    for name in _also_cited(turn.hits, cited):
        sheet.cite(name)
        cited.append(name)
    for ref in _law_behind(cited, library, sheet):
        sheet.cite(ref)
    return _assemble(turn, library, sheet, short, cited, matched=matched)


def _leaders(hits: Sequence[Hit], library: Library) -> list[Hit]:
    """The hits that hold a question close enough to the one asked: the best, and one that adds to it."""
    close = [hit for hit in hits[:8] if hit.question is not None and hit.question_similarity >= SAME_QUESTION]
    close.sort(key=lambda hit: -(hit.question_similarity + hit.score))
    if not close:
        return []
    best = close[0]
    said = [_direct(best, library)]
    for hit in close[1:]:
        text = _direct(hit, library)
        if best.question_similarity - hit.question_similarity <= _AS_GOOD and shared_share(text, said) < 0.6:
            return [best, hit]
    return [best]


def _direct(hit: Hit, library: Library) -> str:
    annotation = library.annotations.get(hit.passage)
    return annotation.qa[hit.question].a if annotation and hit.question is not None else ""


def _question_of(hit: Hit, library: Library) -> str:
    annotation = library.annotations.get(hit.passage)
    return annotation.qa[hit.question].q if annotation and hit.question is not None else ""


def _emphasised(text: str, *, first: bool) -> str:
    """The opening word or words of the first answer ("No.", "Within 6 weeks.") in bold."""
    opening, stop, rest = text.partition(".")
    if first and stop and len(opening.split()) <= 6:
        return f"**{opening}.**{rest}"
    return text


def _also_cited(hits: Sequence[Hit], cited: Sequence[PassageId]) -> Iterator[PassageId]:
    """Further passages that bear on the question nearly as well as the best."""
    room = {True: _CODE_CITED, False: _LAW_CITED - 1}
    for name in cited:
        room[name.startswith("cop:")] -= 1
    best = hits[0].score
    for hit in hits[:6]:
        is_code = hit.passage.startswith("cop:")
        if hit.passage not in cited and best - hit.score <= _NEAR and room[is_code] > 0:
            room[is_code] -= 1
            yield hit.passage


def _law_behind(cited: Sequence[PassageId], library: Library, sheet: _Sheet) -> Iterator[str]:
    """The provisions behind the first paragraphs cited, as far as there is room beside those found."""
    room = _LAW_CITED - sum(citation.is_law for citation in sheet.citations.values())
    for name in cited[:2]:
        annotation = library.annotations.get(name) if name.startswith("cop:") else None
        for ref in annotation.law if annotation else ():
            taken = any(base_id(other) == base_id(ref) for other in sheet.citations)
            if room > 0 and not taken:
                room -= 1
                sheet.cite(ref)
                yield ref


def _assemble(
    turn: Turn,
    library: Library,
    sheet: _Sheet,
    short: str,
    cited: Sequence[PassageId],
    *,
    matched: str = "",
    notes: Sequence[str] = (),
) -> Answer:
    citations = tuple(sheet.citations.values())
    duties = tuple(_duties(cited, library, sheet))
    changed = tuple(dict.fromkeys([*notes, *_changes(citations, library)]))
    suggestions = tuple(_suggestions(turn, cited, library))
    different = bool(matched) and question_key(matched) != question_key(turn.resolved)
    blocks = [short]
    if different:
        blocks.append("*" + phrase("asked_as", asked=_clip(turn.resolved), matched=matched) + "*")
    if duties:
        blocks += [_heading("duties"), _duty_table(duties)]
    code = [citation for citation in citations if not citation.is_law]
    law = [citation for citation in citations if citation.is_law]
    if code:
        blocks += [_heading("code"), *_quote_lines(code)]
    if law:
        blocks += [_heading("law"), *_quote_lines(law)]
    if changed:
        blocks += [_heading("changed"), *(f"- {note}" for note in changed)]
    if suggestions:
        blocks.append(f"**{phrase('headings', 'next')}:** " + " · ".join(suggestions))
    blocks.append(phrase("footer"))
    return Answer(
        Status.ANSWERED,
        "\n\n".join(blocks),
        short=short,
        matched=matched if different else "",
        asked=turn.resolved if turn.resolved != turn.question else "",
        citations=citations,
        duties=duties,
        notes=changed,
        suggestions=suggestions,
        retrieved=turn.retrieved,
    )


def _duties(cited: Sequence[PassageId], library: Library, sheet: _Sheet) -> list[DutyRow]:
    """The duties of the passages cited that bear most on the question, the strongest first."""
    rows: list[tuple[float, DutyRow]] = []
    for rank, name in enumerate(cited[:3]):
        annotation: Annotation | None = library.annotations.get(name)
        citation = next((c for c in sheet.citations.values() if base_id(c.id) == name), None)
        if annotation is None or citation is None:
            continue
        for duty in annotation.duties:
            bears = shared_share(f"{duty.what} {duty.when or ''}", [sheet.wanted])
            row = DutyRow(duty.who, duty.force, duty.what, duty.when, citation.number)
            rows.append((bears - 0.25 * rank - 0.02 * _STRENGTH.index(duty.force), row))
    rows.sort(key=lambda pair: -pair[0])
    best = [row for _, row in rows[:_DUTIES]]
    return sorted(best, key=lambda row: (_STRENGTH.index(row.force) > 1, row.citation))


def _duty_table(duties: Sequence[DutyRow]) -> str:
    lines = ["| Who | | What | By when | |", "|---|---|---|---|---|"]
    for row in duties:
        force = f"**{row.force}**" if row.force in (Force.MUST, Force.MUST_NOT) else str(row.force)
        cells = (row.who, force, row.what, row.when or "", f"[{row.citation}]")
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


def _quote_lines(citations: object) -> Iterator[str]:
    for citation in citations:  # type: ignore[attr-defined]
        yield quote_block(citation)


def quote_block(citation: Citation) -> str:
    """A citation in Markdown: its number, label, page and link, then the quotation."""
    page = f", page {citation.page}" if citation.page else ""
    head = f"[{citation.number}] [{citation.label}]({citation.url}){page}"
    if not citation.quote:
        return f"{head}: {citation.summary} *({phrase('summary_only')})*"
    quoted = mark_modals(citation.quote).replace("\n", "\n> ")
    return f"{head}\n> “{quoted}”"


def _changes(citations: Sequence[Citation], library: Library) -> Iterator[str]:
    for citation in citations:
        annotation = library.annotations.get(base_id(citation.id))
        if annotation and annotation.note:
            yield f"{annotation.note} [{citation.number}]"


def _suggestions(turn: Turn, cited: Sequence[PassageId], library: Library) -> Iterator[str]:
    """Three useful next questions: of the passages found after those cited, and of their neighbours."""
    asked = [turn.resolved, *turn.history]
    nearby = [name for step in (1, 2) if (name := library.beside(cited[0], step))]
    pool = [hit.passage for hit in turn.hits[1:8]] + nearby
    given = 0
    for name in dict.fromkeys(pool):
        annotation = library.annotations.get(name)
        if annotation is None or given == _SUGGESTIONS:
            continue
        question = next((qa.q for qa in annotation.qa if shared_share(qa.q, asked) < 0.5), None)
        if question:
            asked.append(question)
            given += 1
            yield question[0].upper() + question[1:]


def _heading(name: str) -> str:
    return f"### {phrase('headings', name)}"


def _clip(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
