"""Does every annotation say no more than its official passage says?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from corpus.annotation import Annotation, LawStatus
from corpus.copying import copied_run
from corpus.force import bears_duty, unborne_claims
from corpus.numbers import Facts, facts, unborne_facts
from corpus.passage import Passage, PassageId
from corpus.repeats import repeated_between, repeated_within
from corpus.statements import split_sentences
from corpus.words import words

FREE_QUESTIONS = 10
"""The most questions that an entry may have however short its passage is."""
WORDS_PER_QUESTION = 20
"""A longer passage may have one more question for each so many words."""
MOST_QUESTIONS = 30
"""The most questions that any entry may have."""
LONGEST_ANSWER = 4
"""The most sentences that an answer may have; three are the aim."""
HARDEST_GIST = 14.0
"""The highest US school grade (Flesch-Kincaid) that one gist may need."""
HARDEST_AVERAGE = 9.0
"""The highest that the gists of one source may need on average; 7 is a reading age of about 12."""

_STRONG_CLAIM = re.compile(
    r"\b(must|ha(?:s|ve) to|(?:is|are|be) required to|by law|legal(?:ly)? (?:duty|required|obliged)"
    r"|statutory duty)\b",
    re.IGNORECASE,
)
_STRONG_SOURCE = re.compile(
    r"\b(must|shall|dut(?:y|ies)|require[sd]?|requirements?|statutory|legal|entitle[ds]?|prohibit\w*|conditions?"
    r"|unlawful\w*|rights?|cannot|may not|not to|necessary|obligations?|can only|only (?:if|when|where|after)"
    r"|is to|are to|need(?:s|ed)? to|no (?:power|right)|in force|offence|guilty)\b",
    re.IGNORECASE,
)
_BAD_OPENERS = re.compile(
    r"(this (?:paragraph|section|regulation|part|passage)|the (?:paragraph|passage|code says|regulation says)"
    r"|according to|paragraph \d|it says|well\b|as (?:stated|set out))",
    re.IGNORECASE,
)
_UNNAMED = re.compile(r"\bth(?:is|at|e above) (?:paragraph|section|regulation|passage)\b|\bparagraph \d", re.IGNORECASE)
"""A question that only its passage explains."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an annotation."""

    id: str
    what: str

    def __str__(self) -> str:
        return f"{self.id}: {self.what}"


def check_entry(
    entry: Annotation,
    passage: Passage | None,
    provisions: Mapping[PassageId, Passage],
    known: frozenset[PassageId],
) -> Iterator[Problem]:
    """What is wrong with one annotation, held against its passage and the provisions it names.

    `known` are all ids that exist; `passage` is None where the official text isn't on the machine,
    and only what needs no official text is then checked.
    """
    if entry.id not in known:
        yield Problem(entry.id, "no such passage; corpus/catalogue.tsv lists them all")
    yield from _check_form(entry)
    yield from _check_law(entry, provisions, known)
    official = passage.text if passage else None
    yield from _check_number_of_questions(entry, official)
    if passage is None or official is None:
        return
    named = [provisions[base] for base in dict.fromkeys(map(base_id, entry.law)) if base in provisions]
    yield from _check_facts(entry, [passage, *named])
    yield from _check_force(entry, official, [provision.text or "" for provision in named])
    for text in _texts(entry):
        if run := copied_run(text, official):
            yield Problem(entry.id, f"copied from the passage: “{run}”")


def base_id(ref: str) -> PassageId:
    """The passage that `ref` is part of: `cfa2014:s36(3)` is part of `cfa2014:s36`."""
    return PassageId(ref.split("(")[0])


def _check_form(entry: Annotation) -> Iterator[Problem]:
    for qa in entry.qa:
        if _BAD_OPENERS.match(qa.a):
            yield Problem(entry.id, f"the answer doesn't open with the answer: {qa.a[:60]!r}")
        if not qa.a.rstrip().endswith((".", "!", "?", ")", "”", "’")):
            yield Problem(entry.id, f"the answer doesn't end as a sentence: {qa.a[-40:]!r}")
        if len(split_sentences(qa.a)) > LONGEST_ANSWER:
            yield Problem(entry.id, f"the answer has more than {LONGEST_ANSWER} sentences: {_clip(qa.a)}")
        if _UNNAMED.search(qa.q):
            yield Problem(entry.id, f"the question is not understood without its passage: {qa.q!r}")
    if entry.status is not LawStatus.CURRENT and not entry.note:
        yield Problem(entry.id, f"status {entry.status.value} without a note that says what changed and since when")
    grade = reading_grade(entry.gist)
    if grade > HARDEST_GIST:
        yield Problem(entry.id, f"the gist reads at grade {grade:.0f}; shorter sentences and plainer words, please")


def _check_number_of_questions(entry: Annotation, official: str | None) -> Iterator[Problem]:
    bound = MOST_QUESTIONS
    if official is not None:
        bound = min(bound, FREE_QUESTIONS + len(official.split()) // WORDS_PER_QUESTION)
    if len(entry.qa) > bound:
        yield Problem(entry.id, f"{len(entry.qa)} questions, where a passage of this length may have {bound}")


def _check_law(
    entry: Annotation, provisions: Mapping[PassageId, Passage], known: frozenset[PassageId]
) -> Iterator[Problem]:
    for ref in entry.law:
        base = base_id(ref)
        if base.startswith("cop:"):
            yield Problem(entry.id, f"{ref} is a paragraph of the Code; `law` names provisions")
        elif base not in known:
            yield Problem(entry.id, f"law names {ref}, which isn't among the sources")
        elif base != ref and base in provisions:
            part = ref[len(base) :]
            if all(anchor.ref != part for anchor in provisions[base].anchors):
                yield Problem(entry.id, f"law names {ref}, but {base} has no {part}")


def _texts(entry: Annotation) -> Iterator[str]:
    yield entry.gist
    for qa in entry.qa:
        yield qa.q
        yield qa.a
    for duty in entry.duties:
        yield " ".join(filter(None, (duty.who, duty.what, duty.when)))


def _check_facts(entry: Annotation, sources: list[Passage]) -> Iterator[Problem]:
    official = Facts()
    for source in sources:
        official |= _official_facts(source)
    answers = {qa.a for qa in entry.qa}
    with_note = official | _lent(entry.note) if entry.note else official
    for text in _texts(entry):
        for what in unborne_facts(text, with_note if text in answers else official):
            yield Problem(entry.id, f"{what} isn't in the passage: {_clip(text)}")


def _lent(note: str) -> Facts:
    """What an entry's own note lends to its answers: dates, periods, years and numbers of instruments."""
    noted = facts(note)
    return Facts(frozenset(number for number in noted.numbers if len(number) > 2), noted.periods, noted.dates)


def _official_facts(source: Passage) -> Facts:
    """The facts of a passage with its label, headings and box; the rows of a table name sections too."""
    text = "\n".join((source.label, *source.headings, source.text or "", *source.relevant_legislation))
    rows = frozenset(re.findall(r"(?m)^\(([A-K][12]?)\) ", source.text or ""))
    return _facts_once(text) | Facts(sections=rows)


@cache
def _facts_once(text: str) -> Facts:
    return facts(text)


def _check_force(entry: Annotation, official: str, named: list[str]) -> Iterator[Problem]:
    said = (entry.gist, *(qa.a for qa in entry.qa))
    if not _STRONG_SOURCE.search(official):
        for claim in said:
            if match := _STRONG_CLAIM.search(claim):
                yield Problem(entry.id, f"“{match[0]}”, but the passage lays down no duty: {_clip(claim)}")
    for text in said:
        for force, clause in unborne_claims(text, official, named):
            yield Problem(entry.id, f"“{force}”, but the passage doesn't say so of this: {_clip(clause)}")
    for duty in entry.duties:
        if not bears_duty(duty.force, duty.what, duty.when, official, named):
            yield Problem(entry.id, f"a duty with “{duty.force}”, but the passage has none: {_clip(duty.what)}")


def check_averages(entries: Iterable[Annotation]) -> Iterator[Problem]:
    """Sources whose gists are too hard to read on the whole."""
    grades: dict[str, list[float]] = defaultdict(list)
    for entry in entries:
        grades[entry.id.split(":")[0]].append(reading_grade(entry.gist))
    for source, values in grades.items():
        average = sum(values) / len(values)
        if average > HARDEST_AVERAGE:
            yield Problem(source, f"its gists read at grade {average:.1f} on average; {HARDEST_AVERAGE} is the bound")


def check_questions(entries: Iterable[Annotation], held_out: Iterable[str]) -> Iterator[Problem]:
    """Questions that (nearly) repeat one of the evaluation set, of an unrelated passage or of their own entry."""
    asked = [(entry, qa.q) for entry in entries for qa in entry.qa]
    questions = [question for _, question in asked]
    measured = list(held_out)
    for position, other in repeated_between(questions, measured):
        entry, question = asked[position]
        yield Problem(entry.id, f"this question is in the evaluation set: {question!r} ({measured[other]!r})")
    for first, second in repeated_within(questions):
        (one, before), (entry, question) = asked[first], asked[second]
        if one.id == entry.id:
            yield Problem(entry.id, f"two questions are the same: {before!r}, {question!r}")
        elif not _related(entry, one):
            yield Problem(entry.id, f"the same question stands at {one.id}: {question!r} ({before!r})")


def _related(one: Annotation, other: Annotation) -> bool:
    laws, others = {base_id(ref) for ref in one.law}, {base_id(ref) for ref in other.law}
    return one.id in others or other.id in laws


def question_key(question: str) -> str:
    """What makes two questions the same: their words, less case and punctuation."""
    return " ".join(words(question))


@cache
def reading_grade(text: str) -> float:
    """The US school grade that `text` needs by Flesch-Kincaid; add 5 for the reading age."""
    import textstat  # reads a pronouncing dictionary: only the checker needs it

    return float(textstat.flesch_kincaid_grade(text))


def _clip(text: str) -> str:
    return text if len(text) <= 90 else text[:87] + "..."
