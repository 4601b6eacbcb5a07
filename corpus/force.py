"""How strongly a sentence speaks, and whether an official text bears what an annotation says that it lays down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from corpus.passage import Force
from corpus.statements import Statement, split_sentences, statements
from corpus.words import content_words

DUTY_MATCH = 0.8
"""How near the statement that bears a duty row's force must come to the statement most like the row."""
CLAIM_MATCH = 0.6
"""The same for a "must" or "should" in the running text of an answer, which says more in fewer words."""
LAW_MATCH = 0.5
"""The share of a duty row's words that a provision named in `law` must have to bear it."""
FEWEST_WORDS = 3
"""A clause, or a likeness, of fewer content words than this is no ground to judge on."""

_NOT = r"(?! not\b)"
_NO = r"(?<!not )(?<!n't )(?<!n’t )(?<!no )"
_MODALS = content_words(
    "must shall should may might can could cannot not never only no need needs who which when where"
)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_SAID: Mapping[Force, re.Pattern[str]] = {
    Force.MUST: _pattern(rf"(?:must|shall){_NOT}|(?:will|would) have to"),
    Force.MUST_NOT: _pattern(
        r"(?:must|shall|may|can|do(?:es)?|is|are|will|cannot)\b[^.]{0,60}\b(?:not|no|never|only)"
        r"|cannot|prohibit\w*|unlawful\w*|duty not|no (?:person|order)"
    ),
    Force.SHOULD: _pattern(rf"should{_NOT}|expected to"),
    Force.SHOULD_NOT: _pattern(
        r"should (?:not|only|never|avoid)|not expected|should\b[^.]{0,80}\bnot|no circumstances should"
    ),
    Force.MAY: _pattern(
        rf"(?:may|can|could|might){_NOT}|power|option|able to|entitled|rights?|free to|choose|discretion|allows?"
        r"|enables?|ha(?:s|ve) \w+ (?:days?|weeks?|months?)|need not"
        r"|not (?:need|have|required|necessary|expected|prevent)"
    ),
}
"""The words that give a statement its force."""
_IMPLIED: Mapping[Force, re.Pattern[str]] = {
    Force.MUST: _pattern(
        rf"dut(?:y|ies)|{_NO}required|requires|{_NO}requirements?|(?:is|are) to(?! the\b)|obligations?|obliged"
        rf"|responsible|responsibilit(?:y|ies)|{_NO}ha(?:s|ve) to|mandate[sd]?|mandatory|cannot|may not"
        r"|needs? to be \w+e[dn] by"
    ),
    Force.SHOULD: _pattern(r"expects?|expected|recommend\w*|good practice|ideally|maximum|needs?(?: therefore)? to"),
}
"""The words that give it this force only where it doesn't say the other: in "should do so in line with its
statutory duties" the duties are no "must" for what should be done."""
_OUTSPOKEN: Mapping[Force, Force] = {Force.MUST: Force.SHOULD, Force.SHOULD: Force.MUST}

_CLAUSE_END = re.compile(r"(?:[;:,]|,? (?:and|but|so|or)\b)\s+")
_CLAIMED: Mapping[Force, re.Pattern[str]] = {
    Force.MUST: _pattern(
        rf"must|(?<!may )(?<!might ){_NO}(?<!always )ha(?:s|ve) to|(?:is|are) required to|by law"
        r"|legal(?:ly)? (?:duty|required|obliged)|statutory duty"
    ),
    Force.SHOULD: _pattern(r"should(?:n['’]t)?"),
}
_ASKED = _pattern(r"(?:whether|how|what|which|why)\b.*\bshould")
"""No claim, but what somebody decides or explains: "decide whether help should be given"."""
_CLAIMING = re.compile("|".join(pattern.pattern for pattern in _CLAIMED.values()), re.IGNORECASE)
_BEARS_MUST = _pattern(r"must not|shall not|only|entitled?|rights?|necessary|unlawful\w*|prohibit\w*")


@cache
def forces(text: str) -> frozenset[Force]:
    """The forces with which a statement speaks; none for a definition or a description."""
    said = {force for force, pattern in _SAID.items() if pattern.search(text)}
    implied = {
        force
        for force, pattern in _IMPLIED.items()
        if (_OUTSPOKEN[force] not in said or force in said) and pattern.search(text)
    }
    return frozenset(said | implied)


def bears_duty(force: Force, what: str, when: str | None, official: str, named: Iterable[str]) -> bool:
    """Whether the official text, or a provision named in `law`, lays down `what` with this `force`.

    The statement that bears it must be (nearly) the one that is most like the row: a "should" elsewhere in the
    passage doesn't turn into a "must" for this. A provision must have half of the row's words besides.
    """
    core = content_words(what) - _MODALS
    occasion = content_words(when or "") - core - _MODALS

    def likeness(statement: Statement) -> float:
        return _shared(core, statement) + _shared(occasion, statement) / 4

    def speaks(statement: Statement) -> bool:
        return force in _forces_of(statement)

    wanted = max(1.0, DUTY_MATCH * max(map(likeness, statements(official)), default=0.0))
    if _reached(wanted, official, likeness, speaks):
        return True
    wanted = max(wanted, LAW_MATCH * len(core))
    return any(_reached(wanted, text, likeness, speaks) for text in named)


def unborne_claims(text: str, official: str, named: Iterable[str]) -> Iterator[tuple[Force, str]]:
    """The clauses of `text` that say "must" or "should" where what is most like them in the official text doesn't.

    A clause too short to be held against anything, or like nothing there, is passed over.
    """
    sources = (official, *named)
    for sentence in filter(_CLAIMING.search, split_sentences(text)):
        for clause in _CLAUSE_END.split(sentence):
            claimed = [force for force, pattern in _CLAIMED.items() if pattern.search(clause)]
            if len(claimed) == 1 and not _ASKED.search(clause) and not _borne(claimed[0], clause, sources):
                yield claimed[0], clause


def _borne(force: Force, clause: str, sources: tuple[str, ...]) -> bool:
    words = content_words(clause) - _MODALS

    def likeness(statement: Statement) -> float:
        return len(words & statement.words)

    def speaks(statement: Statement) -> bool:
        return _bears_claim(force, statement)

    best = max(map(likeness, statements(sources[0])), default=0.0)
    if len(words) < FEWEST_WORDS or best < FEWEST_WORDS:
        return True
    return any(_reached(CLAIM_MATCH * best, source, likeness, speaks) for source in sources)


def _reached(
    wanted: float, text: str, likeness: Callable[[Statement], float], speaks: Callable[[Statement], bool]
) -> bool:
    """Whether a statement of `text` is like enough and speaks with the force that is looked for."""
    return any(likeness(statement) >= wanted and speaks(statement) for statement in statements(text))


def _bears_claim(force: Force, statement: Statement) -> bool:
    said = _forces_of(statement)
    if force is Force.SHOULD:
        return Force.SHOULD in said or Force.SHOULD_NOT in said
    return Force.MUST in said or bool(_BEARS_MUST.search(statement.whole))


def _forces_of(statement: Statement) -> frozenset[Force]:
    """The forces of a statement; those of the one before where it goes on with that one and has none itself."""
    if statement.head and not forces(statement.text):
        return forces(f"{statement.lead} {statement.head} {statement.text}")
    return forces(statement.whole)


def _shared(words: frozenset[str], statement: Statement) -> float:
    """How many of `words` the statement has; those that stand only in the sentence before count half."""
    own = words & statement.words
    return len(own) + len((words - own) & statement.words_before) / 2
