"""The list of official sources: what they are, where they are, which parts of them are read."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

SOURCES_FILE = Path(__file__).with_name("sources.toml")


class Document(BaseModel):
    """One file that the official site serves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """The file name under which it is kept."""
    url: str


class Source(BaseModel):
    """One official source, such as an Act or the Code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Prefix of its passages' ids."""
    title: str
    short: str
    """How passages of it are cited."""
    publisher: str
    licence: str
    format: Literal["pdf", "clml"]
    page: str
    """Where a person reads it: the landing page, or the Act's address."""
    mirror: tuple[str, ...]
    """Names of the files that hold it in a folder given with --from."""
    documents: tuple[Document, ...]
    as_at: str | None = None
    """The version, where the document is fixed."""
    sha256: str | None = None
    """Hash of the document, where it is fixed."""
    provisions: tuple[str, ...] = ()
    """The provisions that are read, such as `s36`, `s84-s98`, `sch10`; all when empty."""

    def wants(self, local_id: str) -> bool:
        """Whether the provision `local_id` (such as `s20` or `sch10.p2`) is one that is read."""
        if not self.provisions:
            return True
        unit = local_id.split(".")[0]
        return any(_covers(pattern, unit) for pattern in self.provisions)


_UNIT = re.compile(r"(?P<kind>s|r|sch)(?P<number>\d+)(?P<letters>[A-Z]*)\Z")


def _covers(pattern: str, unit: str) -> bool:
    first, dash, last = pattern.partition("-")
    if not dash:
        return unit == pattern
    one, low, high = _UNIT.match(unit), _UNIT.match(first), _UNIT.match(last)
    if one is None or low is None or high is None:
        return False
    return one["kind"] == low["kind"] and int(low["number"]) <= int(one["number"]) <= int(high["number"])


@cache
def load_sources(path: Path = SOURCES_FILE) -> dict[str, Source]:
    """The official sources by id, in the order of `sources.toml`."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
    return {row["id"]: Source.model_validate(row) for row in rows}
