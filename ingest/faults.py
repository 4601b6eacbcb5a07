"""What went wrong with the disk or the stores, in words that say what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_KEPT = "Nothing is lost: what was embedded is kept, and an index that was there goes on serving."
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class BuildFailed(RuntimeError):
    """The index can't be built; the message says why and what to do."""


@contextmanager
def told_in_words(home: Path) -> Iterator[None]:
    """Raise BuildFailed for whatever the disk, SQLite or Chroma raises while the index in `home` is built."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise BuildFailed(in_words(error, home)) from error
    except BaseException as error:
        # Chroma's own errors, and what its native code raises when it gives up, share no parent
        if type(error).__module__.partition(".")[0] in ("chromadb", "pyo3_runtime"):
            raise BuildFailed(in_words(error, home)) from error
        raise


def in_words(error: BaseException, home: Path) -> str:
    """What `error`, met while building in `home`, means for the person who runs it."""
    number = error.errno if isinstance(error, OSError) else None
    said = str(error).lower()
    what = f"{getattr(error, 'filename', None) or home}"
    if number in _FULL or "disk is full" in said or "no space left" in said or "file too large" in said:
        return (
            f"The disk that holds {home} is full ({error}). Free some space and run `python -m ingest` again. {_KEPT}"
        )
    if number in _FORBIDDEN or "readonly" in said or "unable to open database" in said:
        return (
            f"{what} can't be written ({error}). Give the user who runs this the right to write in {home}, "
            f"or name another folder in ASK_THE_CODE_HOME. {_KEPT}"
        )
    return f"The index in {home} could not be written ({error}). Run `python -m ingest` again. {_KEPT}"
