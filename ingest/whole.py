"""Whether an index is whole: its files are those that were built, and its store of vectors can be used."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

STORE = "chroma/chroma.sqlite3"
"""Chroma's own database: it changes whenever it is opened, so its hash says nothing."""
_UNITS_KEPT = "SELECT count(*) FROM embeddings"


def fingerprints(folder: Path) -> dict[str, str]:
    """The sha256 of each file in `folder` that stays as it was built, by its path inside the folder."""
    return {name: _sha256(folder / name) for name in sorted(_names(folder))}


def damage(folder: Path, files: Mapping[str, str], units: int) -> str | None:
    """What is wrong with the index in `folder`, built of `files` and `units`; None where it is whole.

    Chroma is opened only after this: its native code ends the whole process on some damaged files.
    """
    for name, digest in files.items():
        try:
            if _sha256(folder / name) != digest:
                return f"{name} is not as it was built"
        except FileNotFoundError:
            return f"{name} is gone"
        except OSError as error:
            return f"{name} can't be read ({error.strerror})"
    return _damage_of_store(folder / STORE, units) if (folder / STORE).parent.exists() else None


def is_writable(folder: Path) -> bool:
    """Whether the store of vectors in `folder` can be written, which Chroma does even to be read."""
    store = folder / STORE
    as_it_runs = os.access in os.supports_effective_ids
    return not store.exists() or all(
        os.access(path, os.W_OK, effective_ids=as_it_runs) for path in (store, store.parent)
    )


def _damage_of_store(store: Path, units: int) -> str | None:
    try:
        # to be written where that may be: so what a killed process left half done is rolled back, as Chroma would
        with closing(sqlite3.connect(f"file:{_quoted(store)}?mode=rw", uri=True)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            count = database.execute(_UNITS_KEPT).fetchone()[0]
    except sqlite3.Error as error:
        if "locked" in str(error):  # another process is writing: so it can be used
            return None
        return f"{STORE} can't be read ({error})"
    if found != "ok":
        return f"{STORE} is damaged ({found})"
    return None if count == units else f"{STORE} holds {count} units, not {units}"


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(STORE) and name != "stamp.json":
            yield name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
