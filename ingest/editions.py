"""What a CLML document says about itself: as at which date its text is, and which amendments it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from corpus.sources import Source
from ingest.errors import SourceError

_UKM = "{http://www.legislation.gov.uk/namespaces/metadata}"
_VALID = "{http://purl.org/dc/terms/}valid"
_MODIFIED = "{http://purl.org/dc/elements/1.1/}modified"
_UNIT = re.compile(
    r"(?P<unit>section|regulation|article|rule|schedule)(?:-(?P<number>\d+)(?P<letters>[A-Z]*))?(?:-|\Z)"
)
_SHORT = {"section": "s", "regulation": "r", "article": "art", "rule": "rule", "schedule": "sch"}
_NATIONS = frozenset({"E", "W", "S", "N.I."})


@dataclass(frozen=True, slots=True)
class Effect:
    """An amendment that the editors of legislation.gov.uk have not yet worked into the text."""

    id: str
    touches: tuple[str, ...]
    """The units that it changes, such as `s36` or `sch10`; none where it isn't said which."""
    by: str
    """The amending instrument, such as `uksi/2024/535`."""
    in_force: str | None
    """The date from which it is in force (ISO); None where it is not in force yet."""

    def __str__(self) -> str:
        where = ", ".join(self.touches) or "the whole"
        when = f"in force from {self.in_force}" if self.in_force else "not yet in force"
        return f"{where} by {self.by} ({when})"


@dataclass(frozen=True, slots=True)
class Edition:
    """One document of legislation as it speaks of itself."""

    valid: str
    """The date as at which its text is given (ISO); empty where it isn't said."""
    modified: str
    """The date of the site's last change to the document (ISO); empty where it isn't said."""
    effects: tuple[Effect, ...]
    """The unapplied effects on what this program reads of it, as far as they extend to England."""


def read_edition(path: Path, source: Source) -> Edition:
    """The edition of the CLML document in `path`; raises SourceError where it can't be read.

    Its unapplied effects are those of the metadata that legislation.gov.uk gives with each document. Those
    that need no editing any more, that don't extend to England, or that touch only what `source` doesn't
    want are left out. Many documents of a mirror carry no such list: then there are none to tell of.
    """
    try:
        root = parse(path, forbid_dtd=True).getroot()
    except (OSError, ParseError, ValueError, DefusedXmlException) as error:
        raise SourceError(f"{path} can't be read ({error})") from error
    if root is None:
        raise SourceError(f"{path} is empty")
    found = (_effect(element) for element in root.iter(f"{_UKM}UnappliedEffect") if _matters(element))
    effects = {effect.id: effect for effect in found if _is_read(effect, source)}
    return Edition(root.findtext(f".//{_VALID}") or "", root.findtext(f".//{_MODIFIED}") or "", tuple(effects.values()))


def _matters(element: Element) -> bool:
    if element.get("RequiresApplied") != "true":
        return False
    extents = (element.get(name) for name in ("AffectedExtent", "AffectingEffectsExtent"))
    # the site also writes "same as affected", letter by letter: what can't be understood may be England's
    named = (set(extent.split("+")) for extent in extents if extent)
    return all("E" in nations or not nations <= _NATIONS for nations in named)


def _effect(element: Element) -> Effect:
    by = urlsplit(element.get("AffectingURI") or "").path.removeprefix("/id/").strip("/")
    dates = sorted(date for one in element.iter(f"{_UKM}InForce") if (date := one.get("Date")))
    touches = tuple(dict.fromkeys(_touched(element.find(f"{_UKM}AffectedProvisions"))))
    return Effect(element.get("EffectId") or element.get("URI") or str(touches), touches, by, next(iter(dates), None))


def _touched(provisions: Element | None) -> Iterator[str]:
    for element in provisions.iter() if provisions is not None else ():
        refs = [element.get(name) or "" for name in ("Ref", "Start", "End")]
        places = [place for ref in refs if (place := _UNIT.match(ref))]
        yield from (f"{_SHORT[place['unit']]}{place['number'] or 1}{place['letters'] or ''}" for place in places)
        if len(places) == 2 and places[0]["number"] and places[1]["number"]:  # a range: what lies between too
            for number in range(int(places[0]["number"]) + 1, int(places[1]["number"])):
                yield f"{_SHORT[places[0]['unit']]}{number}"


def _is_read(effect: Effect, source: Source) -> bool:
    return not effect.touches or any(source.wants(unit) for unit in effect.touches)
