"""When each source was last checked against its official site, and which of them are old by now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.freshness import Checked, Finding
from ingest.index import Stamp

_FILE = "checked.json"
_SKEW = timedelta(days=1)
"""How far a clock may have been ahead before its date counts as no date."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old the sources of an index are."""

    changed: tuple[str, ...]
    """Ids of sources of which a check has found another version since they were had."""
    oldest: datetime | None
    """When the source that was checked or had longest ago was so; None where that isn't known."""


def record_check(home: Path, checked: Iterable[Checked], now: datetime | None = None) -> None:
    """Keep in `home` what a check has found; raises OSError where that can't be written.

    A source that could not be checked keeps what was found of it before.
    """
    when = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    kept = _read(home)
    kept |= {
        one.source.id: {"when": when, "finding": one.finding.value}
        for one in checked
        if one.finding is not Finding.NOT_CHECKED
    }
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{_FILE}.new"
    draft.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    draft.replace(home / _FILE)


def age_of(stamp: Stamp, home: Path, now: datetime) -> Age:
    """How old the sources of the index with `stamp` are at `now`, by what is recorded in `home`."""
    kept = _read(home)
    changed: list[str] = []
    seen: list[datetime | None] = []
    for state in stamp.sources:
        if state.origin == "missing":
            continue
        had = _past(state.had or stamp.built, now)
        row = kept.get(state.id, {})
        when = _past(row.get("when", ""), now)
        is_later = when is not None and (had is None or when > had)
        if is_later and row.get("finding") == Finding.CHANGED:
            changed.append(state.id)
        seen.append(when if is_later else had)
    known = [moment for moment in seen if moment is not None]
    return Age(tuple(changed), min(known) if known and len(known) == len(seen) else None)


def _read(home: Path) -> dict[str, dict[str, str]]:
    """What is recorded; nothing where the file is missing or damaged: the next check writes it anew."""
    try:
        rows = json.loads((home / _FILE).read_text(encoding="utf-8"))
        return {str(name): {"when": str(row["when"]), "finding": str(row["finding"])} for name, row in rows.items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def _past(date: str, now: datetime) -> datetime | None:
    """The moment `date`; None where it is none, or lies ahead of `now`: then a clock was wrong."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if moment <= now + _SKEW else None
