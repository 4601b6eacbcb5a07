"""Does every annotation say no more than its official passage says?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.annotation import Annotation
from corpus.numbers import dates, numbers, periods, section_letters
from corpus.passage import Force, Passage, PassageId

LONGEST_COPY = 8
"""The most consecutive words that an annotation may share with its passage, terms of art aside."""
HARDEST_GIST = 14.0
"""The highest US school grade (Flesch-Kincaid) that one gist may need."""
HARDEST_AVERAGE = 9.0
"""The highest that the gists of one source may need on average; 7 is a reading age of about 12."""

_TERMS_FILE = Path(__file__).with_name("terms.txt")
_WORD = re.compile(r"[a-z0-9]+(?:['’.-][a-z0-9]+)*")
_QUOTED = re.compile(r"[“‘\"]([^”’\"]{1,80})[”’\"]")
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
_DUTY_SOURCE: Mapping[Force, re.Pattern[str]] = {
    Force.MUST: re.compile(
        r"\b(must|shall|dut(?:y|ies)|requires?|required|is to|are to|obligations?|responsible"
        r"|responsibilit(?:y|ies))\b",
        re.IGNORECASE,
    ),
    Force.MUST_NOT: re.compile(
        r"\b(must|shall|may|can|do(?:es)?|is|are|should|will|cannot)\b[^.]{0,60}\b(not|no|never|only)\b"
        r"|\b(cannot|prohibit\w*|unlawful\w*|duty not)\b|\bno (?:person|order)\b",
        re.IGNORECASE,
    ),
    Force.SHOULD: re.compile(r"\b(should|expected?|expects|recommend\w*|good practice|ideally)\b", re.IGNORECASE),
    Force.SHOULD_NOT: re.compile(
        r"\b(should (?:not|only|never|avoid)|not expected|should\b[^.]{0,80}\bnot)\b", re.IGNORECASE
    ),
    Force.MAY: re.compile(
        r"\b(may|can|could|might|power|option|able to|entitled|rights?|free to|choose|discretion)\b",
        re.IGNORECASE,
    ),
}
_BAD_OPENERS = re.compile(
    r"(this (?:paragraph|section|regulation|part|passage)|the (?:paragraph|passage|code says|regulation says)"
    r"|according to|paragraph \d|it says|well\b|as (?:stated|set out))",
    re.IGNORECASE,
)


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
    if passage is None or passage.text is None:
        return
    named = [provisions[base_id(ref)] for ref in entry.law if base_id(ref) in provisions]
    yield from _check_facts(entry, passage, named)
    yield from _check_force(entry, passage)
    yield from _check_copying(entry, passage)


def base_id(ref: str) -> PassageId:
    """The passage that `ref` is part of: `cfa2014:s36(3)` is part of `cfa2014:s36`."""
    return PassageId(ref.split("(")[0])


def _check_form(entry: Annotation) -> Iterator[Problem]:
    for qa in entry.qa:
        if _BAD_OPENERS.match(qa.a):
            yield Problem(entry.id, f"the answer doesn't open with the answer: {qa.a[:60]!r}")
        if not qa.a.rstrip().endswith((".", "!", "?", ")", "”", "’")):
            yield Problem(entry.id, f"the answer doesn't end as a sentence: {qa.a[-40:]!r}")
    if entry.status.value != "current" and not entry.note:
        yield Problem(entry.id, f"status {entry.status.value} without a note that says what changed and since when")
    grade = reading_grade(entry.gist)
    if grade > HARDEST_GIST:
        yield Problem(entry.id, f"the gist reads at grade {grade:.0f}; shorter sentences and plainer words, please")


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


def _check_facts(entry: Annotation, passage: Passage, named: list[Passage]) -> Iterator[Problem]:
    sources = [passage, *named]
    official = "\n".join(
        " ".join((source.label, *source.headings, source.text or "", *source.relevant_legislation))
        for source in sources
    )
    bearing = numbers(official), periods(official), dates(official), section_letters(official)
    table_letters = set(re.findall(r"(?m)^\(([A-K][12]?)\) ", official))
    for text in _texts(entry):
        for number in sorted(numbers(text) - bearing[0]):
            yield Problem(entry.id, f"the number {number} isn't in the passage: {_clip(text)}")
        for number, unit in sorted(periods(text) - bearing[1]):
            loose = {(n, u.split()[-1]) for n, u in bearing[1]}
            if " " in unit or (number, unit) not in loose:
                yield Problem(entry.id, f"“{number} {unit}” isn't in the passage: {_clip(text)}")
        for date in sorted(dates(text) - bearing[2]):
            if not any(date in whole for whole in bearing[2]):
                yield Problem(entry.id, f"the date {date} isn't in the passage: {_clip(text)}")
        for letter in sorted(section_letters(text) - bearing[3] - table_letters):
            yield Problem(entry.id, f"section {letter} of a plan isn't in the passage: {_clip(text)}")


def _check_force(entry: Annotation, passage: Passage) -> Iterator[Problem]:
    text = passage.text or ""
    if not _STRONG_SOURCE.search(text):
        for claim in (entry.gist, *(qa.a for qa in entry.qa)):
            if match := _STRONG_CLAIM.search(claim):
                yield Problem(entry.id, f"“{match[0]}”, but the passage lays down no duty: {_clip(claim)}")
    for duty in entry.duties:
        if not _DUTY_SOURCE[duty.force].search(text):
            yield Problem(entry.id, f"a duty with “{duty.force}”, but the passage has none: {_clip(duty.what)}")


def _check_copying(entry: Annotation, passage: Passage) -> Iterator[Problem]:
    official = _words(passage.text or "")
    size = LONGEST_COPY + 1
    grams = {tuple(official[i : i + size]) for i in range(len(official) - size + 1)}
    for text in _texts(entry):
        words = _words(_without_terms(text))
        for i in range(len(words) - size + 1):
            if tuple(words[i : i + size]) in grams:
                yield Problem(entry.id, f"copied from the passage: “{' '.join(words[i : i + size])}”")
                break


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
    """Questions used for unrelated passages, and questions that stand in the evaluation set."""
    seen: dict[str, Annotation] = {}
    measured = {question_key(question) for question in held_out}
    for entry in entries:
        for qa in entry.qa:
            key = question_key(qa.q)
            if key in measured:
                yield Problem(entry.id, f"this question is in the evaluation set: {qa.q!r}")
            other = seen.setdefault(key, entry)
            if other.id != entry.id and not _related(entry, other):
                yield Problem(entry.id, f"the same question stands at {other.id}: {qa.q!r}")


def _related(one: Annotation, other: Annotation) -> bool:
    laws, others = {base_id(ref) for ref in one.law}, {base_id(ref) for ref in other.law}
    return one.id in others or other.id in laws


def question_key(question: str) -> str:
    """What makes two questions the same: their words, less case and punctuation."""
    return " ".join(_words(question))


@cache
def _terms() -> re.Pattern[str]:
    lines = _TERMS_FILE.read_text(encoding="utf-8").splitlines()
    names = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    return re.compile("|".join(re.escape(name) for name in names), re.IGNORECASE)


def _without_terms(text: str) -> str:
    """`text` with quoted phrases and terms of art cut out; the cut breaks a run of words."""
    return _terms().sub(" ¶ ", _QUOTED.sub(" ¶ ", text))


def _words(text: str) -> list[str]:
    return [word if word == "¶" else word.replace("’", "'") for word in re.findall(r"¶|" + _WORD.pattern, text.lower())]


def reading_grade(text: str) -> float:
    """The US school grade that `text` needs by Flesch-Kincaid; add 5 for the reading age."""
    import textstat  # 0.3 s to import: only the checker needs it

    return float(textstat.flesch_kincaid_grade(text))


def _clip(text: str) -> str:
    return text if len(text) <= 90 else text[:87] + "..."
