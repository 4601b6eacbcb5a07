"""Whether the official sites have other versions of the sources than this machine: asked, and nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

from corpus.passage import Passage, PassageId
from corpus.settings import Settings
from corpus.sources import Source
from ingest.clml import read_clml
from ingest.download import POLITE, Pace, Record, Unreachable, download, download_unless, read_record
from ingest.editions import Effect, read_edition
from ingest.errors import SourceError
from ingest.fetch import Located, held
from ingest.identity import check_identity

_SHOWN = 8  # provisions and amendments that one line names

Say = Callable[[str], None]


class Finding(StrEnum):
    """What a check of one source found."""

    UNCHANGED = "unchanged"
    CHANGED = "CHANGED"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Checked:
    """One source, checked; as a string the line that is printed."""

    source: Source
    finding: Finding
    why: str
    """What was found, as a sentence."""
    to_do: str = ""
    """What the person who runs this should do, as a sentence; empty where there is nothing to do."""
    lacks: tuple[Effect, ...] = ()
    """Amendments that the text on this machine says it lacks."""

    def __str__(self) -> str:
        parts = [f"{self.finding}: {self.source.title}: {self.why}"]
        if self.lacks:
            parts.append(f"Amendments not yet in this text: {_listed(map(str, self.lacks))}.")
        return " ".join([*parts, self.to_do]).strip()


class _Hosts:
    """Which sites were found to be out of reach: they are not asked for each document again."""

    def __init__(self) -> None:
        self._gone: set[str] = set()

    def ask(self, url: str, question: Callable[[], str | None]) -> str | None:
        """The answer to `question`, which asks the site of `url`; raises SourceError where it can't be had."""
        host = urlsplit(url).netloc
        if host in self._gone:
            raise SourceError(f"{host} can't be reached")
        try:
            return question()
        except Unreachable:
            self._gone.add(host)
            raise


def check_sources(
    sources: Iterable[Source], folder: Path | None, settings: Settings, say: Say, *, pace: Pace = POLITE
) -> Iterator[Checked]:
    """Check each source against its official site, one after the other.

    What is on this machine stays as it is. A site that can't be reached, or gives something else than the
    document, leaves a source not checked: never unchanged. Progress and what is wrong on the way go to `say`.
    """
    hosts = _Hosts()
    for source in sources:
        located = held(source, folder, settings, say)
        if located is None:
            yield Checked(source, Finding.NOT_CHECKED, "its text isn't on this machine.", "Run `python -m ingest`.")
            continue
        check = _check_fixed if source.format == "pdf" else _check_legislation
        lacks = _lacking(source, located)
        try:
            with TemporaryDirectory() as scratch:
                finding, why, to_do = check(source, located, _Site(source, Path(scratch), settings, say, pace, hosts))
        except (SourceError, OSError) as error:
            again = "Try again later, or look at the page: " + source.page
            why = f"the text here is as at {_as_at(source, located)}; the official site gave none: {error}."
            finding, to_do = Finding.NOT_CHECKED, again
        yield Checked(source, finding, why, to_do, lacks)


@dataclass(frozen=True, slots=True)
class _Site:
    """The official site of a source, and where what it gives is put for the time of the check."""

    source: Source
    scratch: Path
    settings: Settings
    say: Say
    pace: Pace
    hosts: _Hosts

    def document(self, url: str, name: str, known: Record | None) -> Path | None:
        """The site's document; None where the site says that it is the one of `known`."""
        any_edition = self.source.model_copy(update={"sha256": None})
        target = self.scratch / name

        def accept(path: Path) -> str:
            return check_identity(any_edition, path, f"{name} from {url}")

        def ask() -> str | None:
            return download_unless(known, url, target, accept, self.settings, self.say, self.pace)

        return target if self.hosts.ask(url, ask) else None

    def page_files(self) -> list[str]:
        """The names of the files that the source's page on GOV.UK offers, from the site's content API."""
        parts = urlsplit(self.source.page)
        url = urlunsplit(parts._replace(path=f"/api/content{parts.path}"))
        target = self.scratch / "page.json"
        self.hosts.ask(url, lambda: download(url, target, _any_file, self.settings, self.say, self.pace))
        try:
            attachments = json.loads(target.read_text(encoding="utf-8"))["details"]["attachments"]
            names = [str(one["url"]).rpartition("/")[2] for one in attachments]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{url} does not say which files the page offers") from error
        if not names:
            raise SourceError(f"{url} names no file")
        return names


_Result = tuple[Finding, str, str]


def _check_fixed(source: Source, located: Located, site: _Site) -> _Result:
    """A document that is published once: it is another if its page no longer offers it, or its bytes differ."""
    document, here = source.documents[0], located.sha256[0]
    another = (
        f"This program is written for the edition of {source.as_at}. Read what is new at {source.page}, "
        "tell those who use this, and look for a newer version of this program."
    )
    offered = site.page_files()
    if document.name not in offered:
        return Finding.CHANGED, f"its page no longer offers {document.name}, but {_listed(offered)}.", another
    there = site.document(document.url, document.name, _known(located, document.name))
    if there is not None and _sha256(there) != here:
        return Finding.CHANGED, f"the site gives another file as {document.name}.", another
    return Finding.UNCHANGED, f"the edition of {source.as_at}.", ""


def _check_legislation(source: Source, located: Located, site: _Site) -> _Result:
    """Legislation: it has changed if a provision that is read has other words, or lacks other amendments."""
    here = dict(zip((path.name for path in located.paths), located.paths, strict=True))
    given = {
        document.name: site.document(document.url, document.name, _known(located, document.name))
        for document in source.documents
    }
    paths = [path or here[name] for name, path in given.items()]
    as_at = _as_at(source, located)
    stands = f"text as at {as_at}."
    if [_sha256(path) for path in paths] == list(located.sha256):
        return Finding.UNCHANGED, stands, ""
    to_do = _refresh(source, located)
    try:
        differing = _differing(read_clml(located.paths, source), read_clml(paths, source), source)
    except SourceError as error:
        return Finding.CHANGED, f"the site gives a text that can't be read as it was before ({error}).", to_do
    newest = _newest(source, paths)
    if differing:
        why = f"the site, with text as at {newest}, differs from ours as at {as_at}"
        return Finding.CHANGED, f"{why} in {_listed(differing)}.", to_do
    lacked = {effect.id for effect in _lacking(source, located)}
    new = [e for path in paths for e in read_edition(path, source).effects if e.id not in lacked]
    if new:
        return Finding.CHANGED, f"the site lists new amendments: {_listed(map(str, new))}.", to_do
    return Finding.UNCHANGED, f"{stands} The site's document is as at {newest}, with the same words.", ""


def _differing(here: Iterable[Passage], there: Iterable[Passage], source: Source) -> list[str]:
    """What the provisions are called whose words or place among the rest differ."""
    ours, theirs = _worded(here), _worded(there)
    names = [*ours, *(name for name in theirs if name not in ours)]
    return [
        (ours.get(name) or theirs[name])[0].removeprefix(f"{source.short}, ")
        for name in names
        if ours.get(name) != theirs.get(name)
    ]


def _worded(passages: Iterable[Passage]) -> Mapping[PassageId, tuple[str, str]]:
    return {passage.id: (passage.label, " ".join((passage.text or "").split())) for passage in passages}


def _lacking(source: Source, located: Located) -> tuple[Effect, ...]:
    """The amendments that the documents on this machine say they lack."""
    if source.format != "clml":
        return ()
    try:
        found = [effect for path in located.paths for effect in read_edition(path, source).effects]
    except SourceError:
        return ()  # what can't be read can't tell; the check itself says what is wrong
    return tuple({effect.id: effect for effect in found}.values())


def _as_at(source: Source, located: Located) -> str:
    """The date of the text on this machine: that of its newest document."""
    return source.as_at or _newest(source, located.paths)


def _newest(source: Source, paths: Iterable[Path]) -> str:
    return max((read_edition(path, source).valid for path in paths), default="") or "an unknown date"


def _known(located: Located, name: str) -> Record | None:
    """The record of the download of `name`, where the file is still what was downloaded."""
    for path, digest in zip(located.paths, located.sha256, strict=True):
        if path.name == name and (record := read_record(path)) and record.sha256 == digest:
            return record
    return None


def _refresh(source: Source, located: Located) -> str:
    if located.origin != "folder":
        return "Run `python -m ingest --fresh`, then start the app again."
    folder = located.paths[0].parent
    return (
        f"Put the site's files into {folder} ({_listed(document.url for document in source.documents)}), "
        "run `python -m ingest`, then start the app again."
    )


def _listed(items: Iterable[str]) -> str:
    every = list(items)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return "; ".join(every[:_SHOWN]) + more


def _any_file(path: Path) -> str:
    return _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
