"""Reads Acts and regulations in CLML, the XML of legislation.gov.uk, into passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from xml.etree.ElementTree import Element

from corpus.catalogue import load_catalogue
from corpus.passage import Passage, PassageId
from corpus.sources import Source, load_sources
from ingest.clml_text import local_name, wording, words_of
from ingest.errors import SourceError
from ingest.xml_reading import LARGEST, parse_xml, path_of

_LEGISLATION = "{http://www.legislation.gov.uk/namespaces/legislation}Legislation"
_VALID = "{http://purl.org/dc/terms/}valid"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"

_NAMED = 8
"""Missing provisions that a message names."""
_UNITS = {"section": "s", "regulation": "r", "article": "art", "rule": "rule"}
_PROVISION = re.compile(r"(?P<unit>section|regulation|article|rule)-(?P<number>\d+[A-Z]*\d*[A-Z]*)\Z")
_SCHEDULE = re.compile(
    r"schedule(?:-(?P<schedule>\d+[A-Z]*))?(?:-part-(?P<part>\w+))?(?:-paragraph-(?P<paragraph>\w+))?\Z"
)
_HEADED = frozenset({"Group", "Part", "Chapter", "Pblock", "PsubBlock", "P1group", "Schedule"})
_HEADINGS = frozenset({"Number", "Title", "TitleBlock", "Reference"})
_NOT_PROVISIONS = frozenset({"PrimaryPrelims", "SecondaryPrelims", "SignedSection", "ExplanatoryNotes"})
_PATTERN = re.compile(r"(?P<kind>[a-z]+)(?P<number>\d+)")


def read_clml(paths: Sequence[Path], source: Source) -> list[Passage]:
    """All wanted provisions of `source` in the order of its documents, each once.

    Raises SourceError for a document that isn't complete CLML or is of another Act, and where the
    documents together lack a provision that `source` wants.
    """
    found: dict[PassageId, Passage] = {}
    for path in paths:
        for passage in _passages(_read_xml(path), source, path):
            known = found.get(passage.id)
            # The site may give a provision twice where its versions differ by extent: England's is read.
            if known is None or (_for_england(passage) and not _for_england(known)):
                found[passage.id] = passage
    missing = _missing(source, found)
    if missing:
        names = ", ".join(path.name for path in paths) or "no file"
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise SourceError(
            f"{source.title}: {', '.join(missing[:_NAMED])}{more} not found in {names}. "
            f"Fetch the source again from {source.page}, or correct its entry in sources.toml."
        )
    return list(found.values())


def _read_xml(path: Path) -> Element:
    again = "Delete the file and fetch it again; the address on legislation.gov.uk ends in /data.xml."
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}.") from error
    if re.match(rb"\W*(<!doctype html|<html)", data[:500], re.IGNORECASE):
        raise SourceError(f"{path}: a web page, not legislation in XML. {again}")
    try:
        root = parse_xml(BytesIO(data))
    except SourceError as error:
        raise SourceError(f"{path}: {error}. {again}") from error
    if root.tag != _LEGISLATION:
        raise SourceError(f"{path}: XML, but not legislation in CLML (no Legislation element). {again}")
    return root


@dataclass(frozen=True, slots=True)
class _Context:
    """What a provision takes from the elements around it."""

    headings: tuple[str, ...] = ()
    extent: str | None = None
    valid_from: str | None = None
    schedule: str | None = None

    def inside(self, element: Element) -> _Context:
        """The context inside `element`."""
        headings = self.headings
        if local_name(element) in _HEADED:
            headings += _headings(element)
        prospective = element.get("Status") == "Prospective"
        # A prospective provision has no date: the dates around it are those of its neighbours.
        valid_from = None if prospective else element.get("RestrictStartDate", self.valid_from)
        return replace(
            self,
            headings=headings,
            extent=element.get("RestrictExtent", self.extent),
            valid_from=valid_from,
        )


def _headings(element: Element) -> tuple[str, ...]:
    parts = {local_name(child): child for child in reversed(element)}
    block = parts.get("TitleBlock")
    if block is not None:
        parts |= {local_name(child): child for child in reversed(block)}
    number = words_of(parts["Number"]) if "Number" in parts else ""
    number = re.sub(r"\A[A-Z]{2,}\b", lambda word: word[0].capitalize(), number)
    title = words_of(parts["Title"]) if "Title" in parts else ""
    heading = ": ".join(part for part in (number, title) if part)
    # The site prints "Prospective" over a provision that no order has brought into force.
    status = ("Prospective (not yet in force)",) if element.get("Status") == "Prospective" else ()
    return (*status, heading) if heading else status


def _passages(root: Element, source: Source, path: Path) -> Iterator[Passage]:
    valid = root.find(f".//{_VALID}")
    identifier = root.find(f".//{_IDENTIFIER}")
    address = root.get("DocumentURI") or (identifier.text if identifier is not None else None) or ""
    if not f"{_path(address)}/".startswith(f"{_path(source.page)}/"):
        raise SourceError(
            f"{path}: belongs to {address or 'an unnamed document'}, not to {source.title} ({source.page}). "
            "Put the right file in its place, or delete it and fetch it again."
        )
    context = _Context(valid_from=valid.text if valid is not None else None).inside(root)
    for content in root:
        if local_name(content) in ("Primary", "Secondary"):
            yield from _provisions(content, context.inside(content), source, path)


def _provisions(element: Element, context: _Context, source: Source, path: Path) -> Iterator[Passage]:
    for child in element:
        name, inner = local_name(child), context.inside(child)
        if name == "P1":
            yield from _provision(child, inner, source, path)
        elif name == "Schedule":
            yield from _unnumbered(child, inner, source)
            yield from _provisions(child, inner, source, path)
        elif name not in _NOT_PROVISIONS:
            yield from _provisions(child, inner, source, path)


def _provision(element: Element, context: _Context, source: Source, path: Path) -> Iterator[Passage]:
    name = _name(element)
    place = _place(name)
    if place is None:
        if not source.provisions:
            raise SourceError(
                f"{path}: the provision {name or 'without an id'} can't be identified. "
                f"Fetch the file again from {source.page}/data.xml."
            )
        return
    if source.wants(place[0]):
        yield _passage(element, *place, context, source)


def _unnumbered(element: Element, context: _Context, source: Source) -> Iterator[Passage]:
    """The words of a Schedule that stand in no numbered paragraph, as one passage.

    Of the Schedules read, some are all numbered paragraphs (Schedules 1 and 2 to the SEND Regulations),
    some have none (Schedule 3, and that to the Personal Budgets Regulations): those become one passage,
    with the headings of their Parts as lines. Where one has both, its loose words get a passage of their
    own, so that nothing is lost and no paragraph is quoted with words that aren't its own.
    """
    place = _place(_name(element))
    if place is None or not source.wants(place[0]) or not _has_loose_words(element):
        return
    yield _passage(element, *place, context, source)


def _has_loose_words(element: Element) -> bool:
    for child in element:
        name = local_name(child)
        if name in _HEADINGS or name in ("P1", "P1group"):
            continue
        if name == "Text" or (name == "tr" and words_of(child)) or _has_loose_words(child):
            return True
    return False


def _passage(element: Element, local: str, cited: str, context: _Context, source: Source) -> Passage:
    leave_out = frozenset({"P1", "P1group", "TitleBlock", "Reference"})
    if local_name(element) == "Schedule":
        body = [child for child in element if local_name(child) not in _HEADINGS]
        loose = Element("ScheduleBody")
        loose.extend(body)
        text, anchors = wording(loose, leave_out=leave_out)
    else:
        text, anchors = wording(element)
    return Passage(
        id=PassageId(f"{source.id}:{local}"),
        source=source.id,
        label=f"{source.short}, {cited}",
        headings=context.headings,
        text=text,
        url=_url(element, source),
        anchors=anchors,
        extent=context.extent,
        valid_from=context.valid_from,
    )


def _name(element: Element) -> str:
    """The name of a provision in the form of CLML's ids, such as `schedule-1-paragraph-4`."""
    return element.get("id") or "-".join(_path(element.get("DocumentURI", "")).split("/")[4:])


def _place(name: str) -> tuple[str, str] | None:
    """The local id and the citation of the provision with the CLML id `name`."""
    provision = _PROVISION.match(name)
    if provision:
        unit, number = provision["unit"], provision["number"]
        return f"{_UNITS[unit]}{number}", f"{unit} {number}"
    schedule = _SCHEDULE.match(name)
    if not schedule:
        return None
    # An instrument's only Schedule has no number; its id says 1, so that it is an id like the others.
    number, part, paragraph = schedule["schedule"], schedule["part"], schedule["paragraph"]
    local, cited = f"sch{number or 1}", f"Schedule {number or ''}".strip()
    if part:  # only where the paragraphs of each Part start again at 1
        local, cited = f"{local}.pt{part}", f"{cited}, Part {part}"
    if paragraph:
        local, cited = f"{local}.p{paragraph}", f"{cited}, paragraph {paragraph}"
    return local, cited


def _url(element: Element, source: Source) -> str:
    own, page = _path(element.get("DocumentURI", "")), _path(source.page)
    place = own if f"{own}/".startswith(f"{page}/") else f"{page}/{element.get('id', '').replace('-', '/')}"
    # the address of the site is ours, whatever the file says: people follow it
    return urlunsplit(urlsplit(source.page)._replace(path=quote(place)))


def _path(address: str) -> str:
    return f"/{path_of(address).removeprefix('id/')}"


def _for_england(passage: Passage) -> bool:
    return passage.extent is None or "E" in passage.extent.split("+")


def _missing(source: Source, found: dict[PassageId, Passage]) -> list[str]:
    """The wanted units, such as `s36`, that are not among the passages found."""
    units = {passage_id.partition(":")[2].split(".")[0] for passage_id in found}
    wanted = [unit for pattern in source.provisions for unit in _expanded(pattern)]
    if source == load_sources().get(source.id):  # then the catalogue knows all of it: a part is not the whole
        known = (name.split(":") for name in load_catalogue())
        wanted += [local.split(".")[0] for prefix, local in known if prefix == source.id]
    missing = [unit for unit in dict.fromkeys(wanted) if unit not in units]
    return missing if units or missing else ["any provision"]


def _expanded(pattern: str) -> Iterator[str]:
    first, dash, last = pattern.partition("-")
    low, high = _PATTERN.match(first), _PATTERN.match(last)
    if not dash or low is None or high is None:
        yield first
        return
    for number in range(int(low["number"]), int(high["number"]) + 1):
        yield f"{low['kind']}{number}"
