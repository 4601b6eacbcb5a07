"""Where an official source is to be had: the user's folder, the cache of downloads, or the official site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from corpus.settings import Settings
from corpus.sources import Document, Source
from ingest.download import POLITE, Pace, download
from ingest.errors import SourceError, SourceUnavailable
from ingest.identity import check_identity

LOCK_WAIT = 900.0
"""Seconds to wait for another process that downloads the same source."""

Progress = Callable[[str], None]
Origin = Literal["folder", "cache", "site"]


@dataclass(frozen=True, slots=True)
class Located:
    """The files of a source, each shown to be the official document."""

    source: str
    """The source's id, such as `cfa2014`."""
    paths: tuple[Path, ...]
    origin: Origin
    sha256: tuple[str, ...]
    """Hash of each file, in the order of `paths`."""


def locate(
    source: Source, folder: Path | None, settings: Settings, progress: Progress, *, pace: Pace = POLITE
) -> Located:
    """Find `source` in `folder` (or the folder of the settings), else in the cache, else on its site.

    Every file is checked before it is accepted; one that fails is reported through `progress` and the next
    place is tried. Raises SourceUnavailable, which names all that was tried and what to do, where no place
    has it; the caller can go on with the other sources.
    """
    tried: list[str] = []

    def failed(what: str) -> None:
        tried.append(what)
        progress(f"{source.short}: {what}")

    if found := held(source, folder, settings, failed):
        return found
    try:
        return fetch(source, settings, progress, pace=pace)
    except SourceError as error:
        tried.append(str(error))
    except OSError as error:
        tried.append(f"{_cache(source, settings)} can't be written ({error}); ASK_THE_CODE_HOME names another place")
    raise SourceUnavailable(_what_to_do(source, settings, tried))


def held(source: Source, folder: Path | None, settings: Settings, progress: Progress) -> Located | None:
    """`source` as it is on this machine, in the folder or the cache; None where it isn't. Asks no site."""
    mirror = folder or settings.sources
    found = _in_folder(source, mirror, progress) if mirror is not None else None
    return found or _in_cache(source, settings, progress)


def fetch(
    source: Source, settings: Settings, progress: Progress, *, fresh: bool = False, pace: Pace = POLITE
) -> Located:
    """Download what the cache lacks of `source`, or with `fresh` all of it, from the official site.

    A file that the cache holds is replaced only by one that has passed its check. Raises SourceError where
    a document can't be had, OSError where the cache can't be written.
    """
    cache = _cache(source, settings)
    origin: Origin = "cache"
    hashes = []
    with _locked(cache, source, progress):
        for document in source.documents:
            digest = None if fresh else _good(source, cache / document.name)
            if digest is None:
                progress(f"{document.name}: downloading from {document.url}")
                accept = partial(check_identity, source, name=f"{document.name} from {document.url}")
                digest = download(document.url, cache / document.name, accept, settings, progress, pace)
                origin = "site"
            hashes.append(digest)
    return Located(source.id, tuple(cache / d.name for d in source.documents), origin, tuple(hashes))


def _in_folder(source: Source, folder: Path, failed: Progress) -> Located | None:
    if not folder.is_dir():
        failed(f"{folder} is not a folder")
        return None
    served = tuple(document.name for document in source.documents)
    # a copy of the site's files may hold all that the mirror names and more: then it is the whole
    copies = (served, source.mirror) if set(source.mirror) < set(served) else (source.mirror, served)
    complete = [names for names in dict.fromkeys(copies) if all((folder / name).is_file() for name in names)]
    if not complete:
        lacking = [name for name in source.mirror if not (folder / name).is_file()]
        failed(f"{folder} lacks {', '.join(lacking)}")
    for names in complete:
        if found := _checked(source, folder, names, "folder", failed):
            return found
    return None


def _in_cache(source: Source, settings: Settings, failed: Progress) -> Located | None:
    cache = _cache(source, settings)
    names = tuple(document.name for document in source.documents)
    if not all((cache / name).is_file() for name in names):
        return None  # nothing to report: on a new machine that is how things are
    return _checked(source, cache, names, "cache", failed)


def _checked(source: Source, folder: Path, names: tuple[str, ...], origin: Origin, failed: Progress) -> Located | None:
    paths = tuple(folder / name for name in names)
    try:
        hashes = tuple(check_identity(source, path) for path in paths)
    except (SourceError, OSError) as error:
        failed(f"not used from {folder}: {error}")
        return None
    return Located(source.id, paths, origin, hashes)


def _good(source: Source, path: Path) -> str | None:
    """The hash of the file where it is the right document; None where it is another or missing."""
    try:
        return check_identity(source, path)
    except (SourceError, OSError):
        return None


def _cache(source: Source, settings: Settings) -> Path:
    return settings.downloads / source.id


@contextmanager
def _locked(cache: Path, source: Source, progress: Progress) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cache / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"{source.short}: waiting for another process that is downloading it")
        try:
            lock.acquire(timeout=LOCK_WAIT)
        except Timeout as error:
            raise SourceError(
                f"another process has been downloading into {cache} for {LOCK_WAIT / 60:.0f} minutes; end it"
            ) from error
    try:
        yield
    finally:
        lock.release()


def _what_to_do(source: Source, settings: Settings, tried: list[str]) -> str:
    cache = _cache(source, settings)
    lines = [f"{source.title} ({source.id}) can't be had. Tried:"]
    lines += [f"- {what}" for what in tried]
    lines.append(f"What to do: download by hand into the folder {cache} and run this again:")
    lines += [_by_hand(document) for document in source.documents if not _good(source, cache / document.name)]
    lines.append(f"(published at {source.page}), or name a folder that holds {', '.join(source.mirror)}: --from DIR")
    return "\n".join(lines)


def _by_hand(document: Document) -> str:
    return f"- {document.url} saved as {document.name}"
