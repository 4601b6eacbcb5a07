"""The answer: the contract of the command line, the page and the programs that call us."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from corpus.check import base_id
from corpus.passage import Force, PassageId

if TYPE_CHECKING:
    from assistant.deadlines import Deadline


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
    """The last day, as 2026-04-14."""
    id: PassageId
    ref: str = ""
    """The passage, or its part: `sendregs2014:r5(1)`."""
    label: str = ""
    url: str = ""
    who: str = ""
    force: Force | None = None
    counted: str = ""
    """How it is counted, in words."""
    past: bool = False

    @classmethod
    def of(cls, deadline: Deadline) -> DatedDeadline:
        """The same limit, in the form that answers are written and kept in."""
        return cls(
            what=deadline.what,
            by=deadline.by.isoformat(),
            id=base_id(deadline.ref),
            ref=deadline.ref,
            label=deadline.label,
            url=deadline.url,
            who=deadline.who,
            force=deadline.force,
            counted=deadline.counted,
            past=deadline.past,
        )


@dataclass(frozen=True, slots=True)
class WayOn:
    """What the person can do next, with the numbers of the citations that bear it."""

    opening: str
    """In which case: "If the council says no to an assessment"."""
    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a turn ends with."""

    status: Status
    text: str = ""
    """Markdown, whole: everything below in reading order."""
    short: str = ""
    """The direct answer alone, in plain words with citation numbers."""
    matched: str = ""
    """The question of ours that it answers, where that isn't the one asked."""
    asked: str = ""
    """The question as understood, where it had to be translated or completed from the conversation."""
    language: str = ""
    """The language that was asked in (BCP 47), where question and answer were translated."""
    translation: str = ""
    """The short answer in that language, by a language model."""
    citations: tuple[Citation, ...] = ()
    duties: tuple[DutyRow, ...] = ()
    deadlines: tuple[DatedDeadline, ...] = ()
    notes: tuple[str, ...] = ()
    """What has changed in the law since the wording quoted, and what is missing on this machine."""
    suggestions: tuple[str, ...] = ()
    retrieved: tuple[PassageId, ...] = field(default=())
    """Passages, best first."""
    question: str = ""
    """The question as it was asked."""
    next_step: WayOn | None = None
    audience: Audience | None = None
    """Who it is written for: chosen, or guessed from the words."""
    audience_guessed: bool = False
