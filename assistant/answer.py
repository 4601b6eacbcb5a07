"""The answer: the contract of the command line, the page and the programs that call us."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from corpus.passage import Force, PassageId


class Status(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    """The sources answer it."""
    NOT_COVERED = "not_covered"
    """About SEND in England, but these sources don't answer it."""
    OUT_OF_SCOPE = "out_of_scope"
    """Not about SEND law at all."""
    OTHER_JURISDICTION = "other_jurisdiction"
    """About Wales, Scotland, Northern Ireland or elsewhere."""
    NO_SUCH_PROVISION = "no_such_provision"
    """Asks for a paragraph or provision that does not exist."""
    URGENT_HELP = "urgent_help"
    """Speaks of a risk of harm to a child or an adult."""
    INVALID_QUESTION = "invalid_question"
    """Empty, too long, or without words."""


class Audience(StrEnum):
    """Who asks: it changes what leads, never the law."""

    PARENT = "parent"
    YOUNG_PERSON = "young person"
    TEACHER = "teacher"
    ADVOCATE = "advocate"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation from a passage; `quote` is empty where the official text isn't on the machine."""

    id: str
    """The passage, or its part: `cfa2014:s36(8)`."""
    label: str
    quote: str
    """Copied out of the official text: one unbroken stretch of it, white space aside."""
    force: Force | None
    """The strongest of must, should and may that the quotation carries."""
    page: int | None
    url: str
    headings: tuple[str, ...] = ()
    number: int = 0
    """Its number in the answer's text, from 1."""
    summary: str = ""
    """What the passage means, in our words."""

    @property
    def is_law(self) -> bool:
        """Whether it cites legislation rather than the Code."""
        return not self.id.startswith("cop:")


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Who must, should or may do what, by when; with the number of the citation that says so."""

    who: str
    force: Force
    what: str
    when: str | None
    citation: int


@dataclass(frozen=True, slots=True)
class DatedDeadline:
    """A time limit that follows from the law, and the passage it comes from."""

    what: str
    by: str
    id: PassageId


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a turn ends with."""

    status: Status
    text: str
    """Markdown, whole: everything below in reading order."""
    short: str = ""
    """The direct answer alone, in plain words with citation numbers."""
    matched: str = ""
    """The question of ours that it answers, where that isn't the one asked."""
    asked: str = ""
    """The question as understood, where it had to be completed from the conversation."""
    citations: tuple[Citation, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    deadlines: tuple[DatedDeadline, ...] = ()
    notes: tuple[str, ...] = ()
    """What has changed in the law since the wording quoted, and what is missing on this machine."""
    suggestions: tuple[str, ...] = ()
    retrieved: tuple[PassageId, ...] = field(default=())
    """Passages, best first."""
