"""Every passage that there is, known by id even where the official text isn't on the machine."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from corpus.passage import Passage, PassageId
from corpus.sources import Source, load_sources

CATALOGUE_FILE = Path(__file__).with_name("catalogue.tsv")

_KINDS = {"s": "section", "r": "regulation"}
_PROVISION = re.compile(r"(?P<kind>s|r)(?P<number>\d+[A-Z]*)\Z")
_SCHEDULE = re.compile(r"sch(?P<schedule>\d+)(?:\.p(?P<paragraph>\d+[A-Z]*))?\Z")


@cache
def load_catalogue(path: Path = CATALOGUE_FILE) -> dict[PassageId, int | None]:
    """All passage ids in the order of their sources, with the page of the Code's PDF where there is one."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {PassageId(row[0]): int(row[1]) if len(row) > 1 else None for row in rows}


def bare_passage(passage_id: PassageId) -> Passage:
    """The passage without its official text: what it is called and where a person reads it."""
    source = load_sources()[passage_id.split(":")[0]]
    page = load_catalogue()[passage_id]
    local = passage_id.partition(":")[2]
    if page is not None:
        name, url = _code_name(local, page), f"{source.documents[0].url}#page={page}"
    else:
        name, url = _provision_name(local), _provision_url(source, local)
    return Passage(
        id=passage_id,
        source=source.id,
        label=f"{source.short}, {name}",
        headings=(),
        text=None,
        url=url,
        page=page,
    )


def _code_name(local: str, page: int) -> str:
    kind, _, rest = local.partition(".")
    if kind == "intro":
        return f"Introduction, paragraph {rest}"
    if kind == "glossary":
        return f"Glossary: {rest.replace('-', ' ')}"
    if kind == "figure":
        return f"figure on page {page}"
    if kind.startswith("annex"):
        return f"Annex {kind.removeprefix('annex')}"
    return f"paragraph {local}"


def _provision_name(local: str) -> str:
    if match := _PROVISION.match(local):
        return f"{_KINDS[match['kind']]} {match['number']}"
    match = _SCHEDULE.match(local)
    if match is None:
        raise ValueError(f"{local!r} names no provision")
    name = f"Schedule {match['schedule']}"
    return f"{name}, paragraph {match['paragraph']}" if match["paragraph"] else name


def _provision_url(source: Source, local: str) -> str:
    if match := _PROVISION.match(local):
        return f"{source.page}/{_KINDS[match['kind']]}/{match['number']}"
    match = _SCHEDULE.match(local)
    if match is None:
        raise ValueError(f"{local!r} names no provision")
    url = f"{source.page}/schedule/{match['schedule']}"
    return f"{url}/paragraph/{match['paragraph']}" if match["paragraph"] else url
