"""Which program this is, which sources it has, and when its index was built."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from corpus.settings import Settings
from corpus.sources import load_sources
from ingest.errors import IndexMissing
from ingest.index import Stamp, read_stamp

_NAME = "ask-the-code"
_NO_INDEX = "There is no index yet. Run `python -m ingest`, or `python -m ingest --from FOLDER` offline."


def program_version() -> str:
    """The version of the installed program; `unknown` where it runs without having been installed."""
    try:
        return version(_NAME)
    except PackageNotFoundError:
        return "unknown"


def built_at(stamp: Stamp) -> str:
    """When an index was finished, as people write it: "3 March 2026, 14:05 UTC"."""
    moment = datetime.fromisoformat(stamp.built)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def describe(config: Settings) -> str:
    """The program, its index and the sources in it, a line each."""
    lines = [f"Ask the Code {program_version()}"]
    folder = config.current_index
    try:
        stamp = read_stamp(folder) if folder else None
    except IndexMissing as error:
        return "\n".join([*lines, str(error)])
    if stamp is None:
        return "\n".join([*lines, _NO_INDEX])
    known = load_sources()
    lines.append(f"Index of {stamp.units} units, built {built_at(stamp)}")
    for state in stamp.sources:
        as_at = "only our summaries: the official text is missing" if state.origin == "missing" else state.as_at
        title = known[state.id].title if state.id in known else state.id
        lines.append(f"- {title}: {as_at if state.origin == 'missing' else f'as at {as_at}'}")
    return "\n".join(lines)
