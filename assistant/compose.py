"""The answer without a language model: our direct answer, then quotations, duties, law and changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Audience, Citation, DatedDeadline, DutyRow, Status, WayOn
from assistant.library import Library
from assistant.markdown import render
from assistant.phrases import phrase
from assistant.quote import Quotation, quote_best, quote_part, quote_whole, shared_share
from assistant.references import MORE_THAN_A_LOOKUP, Neighbour, words_beside
from assistant.retrieve import named_passage
from assistant.turn import Hit, Turn
from corpus.annotation import Annotation
from corpus.catalogue import bare_passage
from corpus.check import base_id, question_key
from corpus.next_steps import next_step
from corpus.passage import Force, Passage, PassageId

SAME_QUESTION = 0.40
"""From this cosine similarity on, a question of ours is close enough to give its direct answer."""
SURE = 0.60
"""Below this, the question of ours that is answered is shown first, as the nearest there is."""
SURE_OF_VERDICT = 0.78
"""Below this, the question that a verdict ("Yes.", "Six weeks.") belongs to is shown before it: for the question asked
it may be another."""
SURE_OF_WORDS = 0.70
"""So is that of any other answer below this: about one in five of these is another's."""
DOUBTFUL = 0.35
"""And from this probability on that the sources don't answer it."""
_AS_GOOD = 0.8  # an answer to a question with this share of the best one's score still adds to it,
_AS_LIKELY = 0.9  # where its passage has this share of the best one's score
_LIKE = 0.5  # and its question this cosine similarity
_SAME_WORDS = 0.45  # unless it says much the same
_NEAR = 0.016  # passages whose score is this close to the best are cited too
_CODE_CITED, _LAW_CITED, _DUTIES, _SUGGESTIONS = 3, 3, 6, 3
_WHOLE = 450  # words: a passage that was asked for by number is quoted whole up to this
_AMONG = 6  # hits
_OF_A_SCHOOL = re.compile(r"school|govern|proprietor|head|teacher|SENCO|nurser|setting|college|academ|provider|trust\b")
_VERDICT_WORDS = 6
_LEANS_ON_ITS_QUESTION = re.compile(  # a yes or a no, or a pronoun for what the question speaks of
    r"(?:yes|no|not|never|only|always|usually|normally|sometimes|it|they|that|this|these|those|he|she)\b", re.IGNORECASE
)
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
    return written(
        turn,
        Answer(
            Status.NOT_COVERED,
            short=opening,
            citations=tuple(sheet.citations.values()),
            retrieved=turn.retrieved,
        ),
    )


def written(turn: Turn, answer: Answer) -> Answer:
    """`answer` as an answer to the question of `turn`, its text written out."""
    addressed = replace(answer, question=turn.question, audience=turn.audience, audience_guessed=turn.audience_guessed)
    return replace(addressed, text=render(addressed))


def _answer_by_reference(turn: Turn, library: Library) -> Answer:
    sheet = _Sheet(library, turn.resolved)
    cited: dict[PassageId, list[str]] = {}
    notes: list[str] = []
    for reference in turn.references:
        name = named_passage(reference, library)
        if name is None:
            continue
        part = reference.part if reference.neighbour is Neighbour.ITSELF else ""
        passage = library.passages[name]
        if part and passage.text is not None and passage.part(part) is None:
            notes.append(phrase("no_such_provision", "part", label=passage.label, part=part))
            part = ""
        citation = sheet.cite(name + part, whole=True)
        cited.setdefault(name, []).append(f"**{citation.label}** [{citation.number}]")
    named = list(cited)
    sentences = []
    for name, labels in cited.items():
        annotation = library.annotations.get(name)
        gist = annotation.gist if annotation else ""
        sentences.append(f"{', '.join(dict.fromkeys(labels))}: {gist}".rstrip(": "))
    matched = ""
    if leader := _leader_of_named(turn, named, library):
        matched = _question_of(leader, library)
        ref = next((ref for ref in sheet.citations if base_id(ref) == leader.passage), leader.passage)
        sentences.insert(0, f"*“{matched}”* {_emphasised(_direct(leader, library))} [{sheet.cite(ref).number}]")
        named = list(dict.fromkeys([*named, leader.passage]))
    for explained in list(cited)[:2]:
        for ref in _behind(explained, library)[:2]:
            sheet.cite(ref)
    return _assemble(turn, library, sheet, "\n\n".join(sentences), named, matched=matched, notes=notes)


def _leader_of_named(turn: Turn, named: Sequence[PassageId], library: Library) -> Hit | None:
    """Where more is asked than to see what is named: the hit whose question is surely the one asked, or which is like
    it and belongs to what is named or explains it.
    """
    if words_beside(turn.resolved) < MORE_THAN_A_LOOKUP:
        return None
    bears = {*named, *(base_id(ref) for name in named for ref in _behind(name, library))}

    def answers(hit: Hit) -> bool:
        of_named = SURE_OF_WORDS if _is_verdict(_direct(hit, library)) else SURE
        return hit.question_similarity >= (of_named if hit.passage in bears else SURE_OF_VERDICT)

    return max(filter(answers, turn.hits[:_AMONG]), key=lambda hit: hit.question_similarity, default=None)


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
        matched = _question_of(leaders[0], library)
        paragraphs = [f"{text} [{sheet.cite(hit.passage).number}]" for hit, text in zip(leaders, answers, strict=True)]
        paragraphs[0] = _emphasised(paragraphs[0])
        for place in range(1, len(leaders)):  # each with its question, for it may be another than was asked
            paragraphs[place] = f"*“{_question_of(leaders[place], library)}”* {paragraphs[place]}"
        short = "\n\n".join(paragraphs)
        # said before the answer, which else may seem to answer what was asked
        if leaders[0].question_similarity < SURE or turn.doubt >= DOUBTFUL:
            short = f"{phrase('nearest_question', matched=matched)}\n\n{short}"
        elif leaders[0].question_similarity < (SURE_OF_VERDICT if _is_verdict(answers[0]) else SURE_OF_WORDS):
            short = f"{phrase('answered_question', matched=matched)}\n\n{short}"
    else:
        top = turn.hits[0]
        annotation = library.annotations.get(top.passage)
        number = sheet.cite(top.passage).number
        short = f"{annotation.gist if annotation else phrase('no_close_match')} [{number}]"
        matched = ""
    cited = [hit.passage for hit in leaders] or [turn.hits[0].passage]
    for name in _also_cited(turn.hits, cited):
        sheet.cite(_part_behind(cited, name, library))
        cited.append(name)
    for ref in _law_behind(cited, library, sheet):
        sheet.cite(ref)
    return _assemble(turn, library, sheet, short, cited, matched=matched)


def _leaders(hits: Sequence[Hit], library: Library) -> list[Hit]:
    """The hits whose questions give the direct answer: the first, and one nearly as close that adds to it."""
    close = [hit for hit in hits[:4] if hit.question_similarity >= SAME_QUESTION]
    if not close or close[0] is not hits[0]:
        return []
    best = close[0]
    said = [_direct(best, library)]
    for hit in sorted(close[1:], key=lambda other: -other.question_score):
        as_good = hit.question_score >= _AS_GOOD * best.question_score and hit.score >= _AS_LIKELY * best.score
        if as_good and hit.question_similarity >= _LIKE and shared_share(_direct(hit, library), said) < _SAME_WORDS:
            return [best, hit]
    return [best]


def _direct(hit: Hit, library: Library) -> str:
    annotation = library.annotations.get(hit.passage)
    return annotation.qa[hit.question].a if annotation and hit.question is not None else ""


def _question_of(hit: Hit, library: Library) -> str:
    annotation = library.annotations.get(hit.passage)
    return annotation.qa[hit.question].q if annotation and hit.question is not None else ""


def _emphasised(text: str) -> str:
    """The opening word or words of an answer ("No.", "Within 6 weeks.") in bold."""
    opening, stop, rest = text.partition(".")
    if stop and len(opening.split()) <= _VERDICT_WORDS:
        return f"**{opening}.**{rest}"
    return text


def _is_verdict(text: str) -> bool:
    """Whether an answer opens with what could be taken for the answer to any question."""
    return len(text.partition(".")[0].split()) <= _VERDICT_WORDS or bool(_LEANS_ON_ITS_QUESTION.match(text))


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


def _part_behind(cited: Sequence[PassageId], name: PassageId, library: Library) -> str:
    """The part of the provision `name` that the passages cited rest on; the whole where they name no part."""
    law = [ref for one in cited[:2] if (note := library.annotations.get(one)) for ref in note.law]
    return next((ref for ref in law if base_id(ref) == name), name)


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
    way_on = _way_on(turn, cited, sheet)
    citations = tuple(sheet.citations.values())
    different = bool(matched) and question_key(matched) != question_key(turn.resolved)
    return written(
        turn,
        Answer(
            Status.ANSWERED,
            short=short,
            matched=matched if different else "",
            asked=turn.resolved if turn.resolved != turn.question else "",
            citations=citations,
            duties=tuple(_duties(turn, cited, library, sheet)),
            deadlines=tuple(DatedDeadline.of(deadline) for deadline in turn.deadlines),
            notes=tuple(dict.fromkeys([*turn.notes, *notes, *_changes(citations, library)])),
            suggestions=tuple(_suggestions(turn, cited, library)),
            retrieved=turn.retrieved,
            next_step=way_on,
        ),
    )


def _way_on(turn: Turn, cited: Sequence[PassageId], sheet: _Sheet) -> WayOn | None:
    """What a family can do next; a school or an advocate asked something else."""
    step = next_step(cited[0])
    if step is None or turn.references or turn.audience in (Audience.TEACHER, Audience.ADVOCATE):
        return None
    return WayOn(step.opening, step.text, tuple(sheet.cite(ref).number for ref in step.refs))


def _duties(turn: Turn, cited: Sequence[PassageId], library: Library, sheet: _Sheet) -> list[DutyRow]:
    """The duties of the passages cited that bear most on the question, those of who asks first."""
    rows: list[tuple[float, DutyRow]] = []
    for rank, name in enumerate(cited[:3]):
        annotation: Annotation | None = library.annotations.get(name)
        citation = next((c for c in sheet.citations.values() if base_id(c.id) == name), None)
        if annotation is None or citation is None:
            continue
        for duty in annotation.duties:
            bears = shared_share(f"{duty.what} {duty.when or ''}", [sheet.wanted])
            row = DutyRow(_holder(duty.who, turn.audience), duty.force, duty.what, duty.when, citation.number)
            own = turn.audience is Audience.TEACHER and bool(_OF_A_SCHOOL.search(duty.who))
            rows.append((bears + 0.3 * own - 0.25 * rank - 0.02 * _STRENGTH.index(duty.force), row))
    rows.sort(key=lambda pair: -pair[0])
    best = [row for _, row in rows[:_DUTIES]]
    return sorted(best, key=lambda row: (_STRENGTH.index(row.force) > 1, row.citation))


def _holder(who: str, audience: Audience | None) -> str:
    """Families say "the council"; the law and those who work with it, "local authority"."""
    if audience in (Audience.TEACHER, Audience.ADVOCATE):
        return who
    return who.replace("local authorities", "councils").replace("local authority", "council")


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
