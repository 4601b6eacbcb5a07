"""The vectors of all units embedded so far: a file of its own, so that no interrupted run embeds a unit twice."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.units import Unit

Vector = NDArray[np.float32]
_TABLES = """
CREATE TABLE IF NOT EXISTS model (identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (unit TEXT PRIMARY KEY, text BLOB NOT NULL, vector BLOB NOT NULL, crc INTEGER NOT NULL);
"""


class KeptVectors:
    """Vectors by unit, each with the hash of the text that it stands for."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def of(self, units: Iterable[Unit]) -> dict[str, Vector]:
        """The vectors of those of `units` whose text is still what was embedded, by unit id."""
        rows = {row[0]: row[1:] for row in self._database.execute("SELECT unit, text, vector, crc FROM kept")}
        return {
            unit.id: np.frombuffer(rows[unit.id][1], dtype=np.float32)
            for unit in units
            if unit.id in rows and _is_good(unit, *rows[unit.id])
        }

    def ids(self) -> set[str]:
        """The units that have a vector, whatever their text."""
        return {row[0] for row in self._database.execute("SELECT unit FROM kept")}

    def add(self, units: Iterable[Unit], vectors: Iterable[Vector]) -> None:
        """Keep the vectors of `units`: all of them, or where the process is ended none."""
        rows = [
            (unit.id, _hash(unit), blob := vector.tobytes(), zlib.crc32(blob))
            for unit, vector in zip(units, vectors, strict=True)
        ]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)

    def forget(self, ids: Iterable[str]) -> None:
        """Drop the vectors of units that are no more."""
        with self._database:
            self._database.executemany("DELETE FROM kept WHERE unit = ?", [(name,) for name in ids])


@contextmanager
def open_kept_vectors(path: Path, model: str, *, anew: bool = False) -> Iterator[KeptVectors]:
    """The vectors in `path` that the embedding model `model` has made; none of another model, and none `anew`.

    A file that is damaged is begun anew: it holds nothing that can't be embedded again. Raises sqlite3.Error
    where it can't be written.
    """
    database = _opened(path)
    try:
        known = database.execute("SELECT identity FROM model").fetchone()
        if anew or known != (model,):
            with database:
                database.execute("DELETE FROM kept")
                database.execute("DELETE FROM model")
                database.execute("INSERT INTO model VALUES (?)", (model,))
        yield KeptVectors(database)
    finally:
        database.close()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        damaged = database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
        if not damaged:
            database.executescript(_TABLES)
            database.execute("SELECT unit, text, vector, crc FROM kept LIMIT 1").fetchone()
            return database
    except sqlite3.OperationalError:  # the disk or its rights, no damage
        database.close()
        raise
    except sqlite3.DatabaseError:
        pass
    database.close()
    for name in (path, path.with_name(f"{path.name}-journal")):
        name.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.executescript(_TABLES)
    return database


def _is_good(unit: Unit, text: bytes, vector: bytes, crc: int) -> bool:
    return text == _hash(unit) and zlib.crc32(vector) == crc


def _hash(unit: Unit) -> bytes:
    return hashlib.sha256(unit.text.encode()).digest()
