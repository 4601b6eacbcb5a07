"""The meeting pack: what a person pins to take into a meeting, with notes of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from assistant.answer import Answer, Citation
from assistant.visible import clean, clean_lines
from corpus.catalogue import load_catalogue
from corpus.check import base_id
from corpus.passage import Force

MOST_ITEMS = 40
"""Items of one pack: beyond that nobody reads it in a meeting."""
LONGEST_NOTE = 4000
"""Characters of one note."""
LONGEST_NAME = 120
"""Characters of the meeting's name."""

_HIGHEST = 999  # of the numbers of quotations
_WORDS_FILE = Path(__file__).with_name("meeting_pack.yaml")


@cache
def pack_words() -> dict[str, Any]:
    """The fixed words of the pack and its documents."""
    loaded: dict[str, Any] = yaml.safe_load(_WORDS_FILE.read_text(encoding="utf-8"))
    return loaded


def _sorry(which: str, /, **values: object) -> PackError:
    return PackError(str(pack_words()["errors"][which]).format(**values))


class PackError(ValueError):
    """What was asked of the pack can't be done; the message tells the person what to do instead."""


Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(clean_lines)]
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE), AfterValidator(clean_lines)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PinnedQuote(_Frozen):
    """A quotation of a pinned answer; its label, page and address are looked up when the pack is written."""

    id: Text
    quote: Text
    number: int = Field(ge=0, le=_HIGHEST)


class PinnedDuty(_Frozen):
    """A duty of a pinned answer, with the number of the quotation that says so."""

    who: Text
    force: Force
    what: Text
    when: Text | None
    citation: int = Field(ge=0, le=_HIGHEST)


class PinnedDate(_Frozen):
    """A time limit of a pinned answer."""

    who: Text
    what: Text
    by: Text
    counted: Text
    ref: Text


class PinnedAnswer(_Frozen):
    """A question and its answer."""

    kind: Literal["answer"] = "answer"
    question: Text
    short: Text
    quotes: tuple[PinnedQuote, ...] = ()
    duties: tuple[PinnedDuty, ...] = ()
    dates: tuple[PinnedDate, ...] = ()
    changes: tuple[Text, ...] = ()
    note: Note = ""

    @property
    def key(self) -> str:
        """Tells the item from the others of its pack."""
        return f"answer-{sha256(f'{self.question}|{self.short}'.encode()).hexdigest()[:12]}"


class PinnedPassage(_Frozen):
    """A passage, or a numbered part of one such as `cfa2014:s36(8)`."""

    kind: Literal["passage"] = "passage"
    id: Text
    note: Note = ""

    @property
    def key(self) -> str:
        """Tells the item from the others of its pack."""
        return f"passage-{self.id}"


class PinnedDates(_Frozen):
    """The deadlines that follow from an event; they are worked out anew when the pack is written."""

    kind: Literal["dates"] = "dates"
    event: Text
    on: date
    note: Note = ""

    @property
    def key(self) -> str:
        """Tells the item from the others of its pack."""
        return f"dates-{self.event}-{self.on.isoformat()}"


Item = PinnedAnswer | PinnedPassage | PinnedDates


class Pack(_Frozen):
    """What is pinned, in the person's order."""

    name: Annotated[str, StringConstraints(max_length=LONGEST_NAME), AfterValidator(clean_lines)] = ""
    """The meeting's name."""
    items: Annotated[tuple[Annotated[Item, Field(discriminator="kind")], ...], Field(max_length=MOST_ITEMS)] = ()


def read_pack(stored: str | None) -> Pack:
    """The pack that `write_pack` wrote; an empty one where nothing is stored; raises PackError."""
    if not stored:
        return Pack()
    try:
        return Pack.model_validate_json(stored)
    except ValidationError as error:
        raise _not_valid(error) from error
    except (TypeError, UnicodeError) as error:  # a browser may send anything as the text that it keeps
        raise _sorry("unreadable") from error


def _not_valid(error: ValidationError) -> PackError:
    if any(problem["type"] in {"string_too_long", "too_long"} for problem in error.errors()):
        return _sorry("too_long", note=LONGEST_NOTE, name=LONGEST_NAME)
    return _sorry("unreadable")


def write_pack(pack: Pack) -> str:
    """The pack as text, for the browser's storage."""
    return pack.model_dump_json()


def pin_answer(answer: Answer, pack: Pack, question: str = "") -> Pack:
    """`pack` with `answer` to `question` at its end; unchanged where it is there already; raises PackError."""
    if not answer.citations:
        raise _sorry("nothing_to_pin")
    item = PinnedAnswer(
        question=clean_lines(question or answer.question or answer.asked),
        short=answer.short or answer.text,
        quotes=tuple(_quote(citation) for citation in answer.citations),
        duties=tuple(
            PinnedDuty(who=row.who, force=row.force, what=row.what, when=row.when, citation=row.citation)
            for row in answer.duties
        ),
        dates=tuple(
            PinnedDate(who=row.who, what=row.what, by=row.by, counted=row.counted, ref=row.ref or row.id)
            for row in answer.deadlines
        ),
        changes=answer.notes,
    )
    return _pin(item, pack)


def _quote(citation: Citation) -> PinnedQuote:
    return PinnedQuote(id=citation.id, quote=citation.quote, number=citation.number)


def pin_passage(passage: str, pack: Pack) -> Pack:
    """`pack` with the passage (or part) at its end; raises PackError where there is no such passage."""
    if base_id(passage) not in load_catalogue() or len(passage) > LONGEST_NAME:
        raise _sorry("no_such_passage", id=clean(passage[:60]))
    return _pin(PinnedPassage(id=passage), pack)


def pin_dates(event: str, on: date, pack: Pack) -> Pack:
    """`pack` with the deadlines that follow from `event`, which happened on `on`, at its end."""
    return _pin(PinnedDates(event=event, on=on), pack)


def _pin(item: Item, pack: Pack) -> Pack:
    if item.key in {other.key for other in pack.items}:
        return pack
    if len(pack.items) == MOST_ITEMS:
        raise _sorry("full", most=MOST_ITEMS)
    return pack.model_copy(update={"items": (*pack.items, item)})


def annotate(pack: Pack, notes: Mapping[str, str]) -> Pack:
    """`pack` with each item's note as in `notes`, by item key; raises PackError where one is too long."""
    if any(len(note) > LONGEST_NOTE for note in notes.values()):
        raise _sorry("too_long", note=LONGEST_NOTE, name=LONGEST_NAME)
    return _with_items(
        pack, (item.model_copy(update={"note": clean_lines(notes.get(item.key, item.note))}) for item in pack.items)
    )


def rename(pack: Pack, name: str) -> Pack:
    """`pack` for the meeting `name`; raises PackError where the name is too long."""
    if len(name) > LONGEST_NAME:
        raise _sorry("too_long", note=LONGEST_NOTE, name=LONGEST_NAME)
    return pack.model_copy(update={"name": clean_lines(name)})


def remove(pack: Pack, key: str) -> Pack:
    """`pack` without the item `key`."""
    return _with_items(pack, (item for item in pack.items if item.key != key))


def move(pack: Pack, key: str, step: int) -> Pack:
    """`pack` with the item `key` moved `step` places down (up where negative), as far as there are places."""
    items = list(pack.items)
    place = next((place for place, item in enumerate(items) if item.key == key), None)
    if place is not None:
        item = items.pop(place)
        items.insert(max(0, place + step), item)
    return _with_items(pack, items)


def _with_items(pack: Pack, items: Iterable[Item]) -> Pack:
    return pack.model_copy(update={"items": tuple(items)})
