"""What to ask for in writing: the duties of a pack, turned into requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.library import Library
from assistant.meeting_pack import Pack, PinnedAnswer, PinnedPassage, pack_words
from corpus.catalogue import bare_passage, load_catalogue
from corpus.check import base_id
from corpus.passage import Force

_ORDER = (Force.MUST, Force.MUST_NOT, Force.SHOULD, Force.SHOULD_NOT)


@dataclass(frozen=True, slots=True)
class Point:
    """One request, and the duty that it follows from."""

    force: Force
    ask: str
    when: str
    """By when, or under which condition, the duty binds; empty where nothing is said."""
    label: str
    """The passage that says so."""
    url: str


def points(pack: Pack, library: Library) -> dict[str, list[Point]]:
    """The requests by who is asked; what binds in law comes first, among the people asked and for each of them.

    A power ("may") can't be insisted on, so it makes no request. Families, and courts and others who decide
    from outside, aren't asked.
    """
    outside = re.compile(str(pack_words()["not_asked"]), re.IGNORECASE)
    rows = [row for row in dict.fromkeys(_duties(pack, library)) if row[1] in _ORDER and not outside.search(row[0])]
    rows.sort(key=lambda row: _ORDER.index(row[1]))
    asked: dict[str, list[Point]] = {}
    for who, force, what, when, ref in rows:
        known = asked.setdefault(_addressee(who), [])
        point = _point(force, what, when, ref)
        if point.ask not in {other.ask for other in known}:
            known.append(point)
    return asked


def _addressee(who: str) -> str:
    """`who` in the law's words: answers for families say "council" for the local authority."""
    plural = re.sub(r"\bcouncils\b", "local authorities", who)
    return re.sub(r"\b(?:the )?council\b", "local authority", plural, flags=re.IGNORECASE)


_Row = tuple[str, Force, str, str, str]


def _duties(pack: Pack, library: Library) -> Iterator[_Row]:
    for item in pack.items:
        if isinstance(item, PinnedAnswer):
            refs = {quote.number: quote.id for quote in item.quotes}
            for row in item.duties:
                yield row.who, row.force, row.what, row.when or "", refs.get(row.citation, "")
        elif isinstance(item, PinnedPassage):
            annotation = library.annotations.get(base_id(item.id))
            for duty in annotation.duties if annotation else ():
                yield duty.who, duty.force, duty.what, duty.when or "", base_id(item.id)


def _point(force: Force, what: str, when: str, ref: str) -> Point:
    words = pack_words()["writing"]
    conditional = force is Force.MUST and re.match(str(pack_words()["condition"]), when, re.IGNORECASE)
    name = base_id(ref)
    known = name in load_catalogue()
    label = bare_passage(name).label + ref[len(name) :] if known else ref
    return Point(
        force=force,
        ask=str(words["must, on a condition" if conditional else force.value]).format(what=what.rstrip(".")),
        when=when,
        label=label,
        url=bare_passage(name).url if known else "",
    )
