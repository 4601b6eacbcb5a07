"""Getting the official documents: real ones, from a folder, the cache and a server that misbehaves."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from misbehaving_server import (
    MisbehavingServer,
    Reply,
    announces,
    drips,
    endless,
    good,
    hangs_up,
    misbehaving_server,
    redirect,
    silent,
    stalls_after,
    status,
    truncated,
)

from corpus.settings import Settings
from corpus.sources import Document, Source, load_sources
from ingest.download import LARGEST, DownloadFailed, Pace, check_address, is_loopback, retry_after
from ingest.errors import SourceError, SourceUnavailable
from ingest.fetch import Located, fetch, locate
from ingest.identity import WrongDocument, check_identity

ACT = "uksi-2017-1306.xml"
OTHER_ACT = "ukpga-1989-41-section-17.xml"
CODE = "SEND_Code_of_Practice_January_2015.pdf"
HTML = b"<!DOCTYPE html>\n<html lang='en'><head><title>Sorry</title></head><body>Busy.</body></html>"


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


@pytest.fixture
def act(mirror: Path) -> bytes:
    return (mirror / ACT).read_bytes()


class World:
    """A machine of its own: a home, a clock that is not waited for, and a record of what was said."""

    def __init__(self, home: Path, retries: int = 0, timeout: float = 0.3) -> None:
        self.settings = Settings(home=home, sources=None, timeout=timeout, retries=retries)
        self.said: list[str] = []
        self.waits: list[float] = []
        self.pace = Pace(pause=0.0, sleep=self.waits.append)

    def locate(self, source: Source, folder: Path | None = None) -> Located:
        return locate(source, folder, self.settings, self.said.append, pace=self.pace)

    def refusal(self, source: Source, folder: Path | None = None) -> str:
        with pytest.raises(SourceUnavailable) as caught:
            self.locate(source, folder)
        return str(caught.value)

    def cached(self, source: Source) -> list[Path]:
        """What lies in the source's cache, the lock aside."""
        folder = self.settings.downloads / source.id
        return sorted(path for path in folder.glob("*") if path.name != ".lock")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "home")


def an_act(*urls: str) -> Source:
    """The regulations of 2017 as `urls` serve them."""
    documents = tuple(
        Document(name=ACT if number == 0 else f"part-{number}.xml", url=url) for number, url in enumerate(urls)
    )
    return load_sources()["recregs2017"].model_copy(update={"documents": documents})


def the_code(url: str) -> Source:
    """The Code's PDF as `url` serves it."""
    return load_sources()["cop"].model_copy(update={"documents": (Document(name=CODE, url=url),)})


# Where a source is taken from


def test_every_source_is_found_in_the_mirror(mirror: Path, world: World) -> None:
    for source in load_sources().values():
        located = world.locate(source, mirror)
        assert located.origin == "folder"
        assert located.source == source.id
        assert [path.name for path in located.paths] == list(source.mirror)
        assert list(located.sha256) == [hashlib.sha256(p.read_bytes()).hexdigest() for p in located.paths]
    assert world.said == []


def test_the_folder_of_the_settings_is_used_when_none_is_named(mirror: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, sources=mirror)
    assert locate(load_sources()["cop"], None, settings, print).origin == "folder"


def test_a_folder_may_hold_the_files_under_the_names_of_the_site(mirror: Path, world: World) -> None:
    folder = world.settings.home / "by-hand"
    folder.mkdir(parents=True)
    source = load_sources()["csdpa1970"]
    for document in source.documents:
        shutil.copy(mirror / source.mirror[0], folder / document.name)
    located = world.locate(source, folder)
    assert [path.name for path in located.paths] == [document.name for document in source.documents]
    assert world.said == []


def test_a_folder_is_preferred_to_the_cache_and_the_cache_to_the_site(
    mirror: Path, world: World, server: MisbehavingServer, act: bytes
) -> None:
    source = an_act(server.serve("/act", good(act)))
    assert world.locate(source).origin == "site"
    assert world.locate(source).origin == "cache"
    assert server.asked_for("/act") == 1
    assert world.locate(source, mirror).paths == (mirror / ACT,)


def test_a_bad_file_in_the_folder_is_reported_and_the_site_is_asked(
    world: World, server: MisbehavingServer, act: bytes, tmp_path: Path
) -> None:
    (tmp_path / ACT).write_bytes(act[:5000])
    located = world.locate(an_act(server.serve("/act", good(act))), tmp_path)
    assert located.origin == "site"
    assert any(str(tmp_path) in line and "truncated" in line for line in world.said)


def test_a_bad_file_in_the_cache_is_replaced_from_the_site(world: World, server: MisbehavingServer, act: bytes) -> None:
    source = an_act(server.serve("/act", good(act)))
    path = world.locate(source).paths[0]
    path.write_bytes(HTML)
    assert world.locate(source).origin == "site"
    assert path.read_bytes() == act


def test_only_the_documents_that_the_cache_lacks_are_downloaded(
    world: World, server: MisbehavingServer, act: bytes
) -> None:
    source = an_act(server.serve("/one", good(act)), server.serve("/two", status(404), good(act)))
    world.refusal(source)
    assert world.locate(source).origin == "site"
    assert (server.asked_for("/one"), server.asked_for("/two")) == (1, 2)


# What the error says


def test_the_error_names_the_source_what_was_tried_and_what_to_do(
    world: World, server: MisbehavingServer, tmp_path: Path
) -> None:
    source = an_act(server.url("/gone"))
    message = world.refusal(source, tmp_path)
    assert source.title in message
    assert f"{tmp_path} lacks {ACT}" in message
    assert "404" in message
    assert f"{source.documents[0].url} saved as {ACT}" in message
    assert str(world.settings.downloads / source.id) in message
    assert "--from" in message


def test_the_advice_of_the_error_works(world: World, server: MisbehavingServer, act: bytes) -> None:
    source = an_act(server.url("/gone"))
    world.refusal(source)
    (world.settings.downloads / source.id / ACT).write_bytes(act)
    assert world.locate(source).origin == "cache"


def test_the_error_mentions_the_bad_file_of_the_folder(world: World, server: MisbehavingServer, tmp_path: Path) -> None:
    (tmp_path / ACT).write_bytes(HTML)
    assert f"not used from {tmp_path}: {ACT} is an HTML page" in world.refusal(an_act(server.url("/gone")), tmp_path)


def test_a_folder_that_does_not_exist_is_named(world: World, server: MisbehavingServer) -> None:
    absent = Path("no-such-folder")
    assert "no-such-folder is not a folder" in world.refusal(an_act(server.url("/gone")), absent)


def test_a_home_that_cannot_be_written_is_an_error_that_names_the_setting(
    tmp_path: Path, server: MisbehavingServer, act: bytes
) -> None:
    (tmp_path / "file").write_text("not a folder")
    blocked = World(tmp_path / "file")
    assert "ASK_THE_CODE_HOME" in blocked.refusal(an_act(server.serve("/act", good(act))))


# A good download


def test_a_download_is_kept_byte_for_byte_with_a_record_beside_it(
    world: World, server: MisbehavingServer, mirror: Path
) -> None:
    pdf = (mirror / CODE).read_bytes()
    modified = "Tue, 27 Jan 2015 10:00:00 GMT"
    source = the_code(server.serve("/code.pdf", good(pdf, ETag='"27a"', Last_Modified=modified)))
    located = world.locate(source)
    assert located.paths[0].read_bytes() == pdf
    assert located.sha256 == (source.sha256,)
    meta = json.loads((world.settings.downloads / "cop" / f"{CODE}.meta.json").read_text())
    assert (meta["etag"], meta["last_modified"]) == ('"27a"', modified)
    assert (meta["url"], meta["sha256"]) == (source.documents[0].url, source.sha256)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(meta["retrieved"])) < timedelta(minutes=5)
    assert [path.name for path in world.cached(source)] == [CODE, f"{CODE}.meta.json"]


def test_progress_names_the_file_the_bytes_so_far_and_the_total(
    world: World, server: MisbehavingServer, mirror: Path
) -> None:
    pdf = (mirror / CODE).read_bytes()
    world.locate(the_code(server.serve("/code.pdf", good(pdf))))
    steps = [line for line in world.said if line.startswith(f"{CODE}: ") and line.endswith(" of 3.4 MB")]
    assert steps[-1] == f"{CODE}: 3.4 MB of 3.4 MB"
    assert len(steps) >= 3


def test_a_compressed_answer_is_unpacked(world: World, server: MisbehavingServer, act: bytes) -> None:
    url = server.serve("/act", good(gzip.compress(act), Content_Encoding="gzip"))
    assert world.locate(an_act(url)).paths[0].read_bytes() == act


def test_the_client_says_honestly_what_it_is(world: World, server: MisbehavingServer, act: bytes) -> None:
    world.locate(an_act(server.serve("/act", good(act))))
    agent = server.requests[0][1]["User-Agent"]
    assert agent.startswith("ask-the-code/")
    assert "httpx" in agent
    assert "Mozilla" not in agent


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    world: World, server: MisbehavingServer, act: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url("/proxy"))
    assert world.locate(an_act(server.serve("/act", good(act)))).origin == "site"


def test_requests_to_one_host_are_spaced(world: World, server: MisbehavingServer, act: bytes) -> None:
    world.pace.pause = 60.0
    world.locate(an_act(server.serve("/one", good(act)), server.serve("/two", good(act))))
    assert len(world.waits) == 1
    assert 0 < world.waits[0] <= 60.0


def test_two_that_want_the_same_source_download_it_once(tmp_path: Path, server: MisbehavingServer, act: bytes) -> None:
    first_came, go_on = threading.Event(), threading.Event()

    def held(handler: object) -> None:
        first_came.set()
        go_on.wait(30)
        good(act)(handler)  # type: ignore[arg-type]

    source = an_act(server.serve("/act", held))
    one, two = World(tmp_path, timeout=30), World(tmp_path, timeout=30)
    waiting = threading.Event()

    def said_by_two(line: str) -> None:
        if "waiting for another process" in line:
            waiting.set()

    found: list[Located] = []
    threads = [
        threading.Thread(target=lambda: found.append(one.locate(source))),
        threading.Thread(target=lambda: found.append(locate(source, None, two.settings, said_by_two, pace=two.pace))),
    ]
    threads[0].start()
    assert first_came.wait(30)
    threads[1].start()
    assert waiting.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert sorted(located.origin for located in found) == ["cache", "site"]
    assert server.asked_for("/act") == 1


# Failures that pass


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(code: int, tmp_path: Path, server: MisbehavingServer, act: bytes) -> None:
    world = World(tmp_path, retries=1)
    assert world.locate(an_act(server.serve("/act", status(code), good(act)))).origin == "site"
    assert server.asked_for("/act") == 2
    assert any(str(code) in line and "trying again" in line for line in world.said)


def test_a_truncated_body_is_tried_again(tmp_path: Path, server: MisbehavingServer, act: bytes) -> None:
    world = World(tmp_path, retries=1)
    located = world.locate(an_act(server.serve("/act", truncated(act), good(act))))
    assert located.paths[0].read_bytes() == act


def test_a_dropped_connection_is_tried_again(tmp_path: Path, server: MisbehavingServer, act: bytes) -> None:
    world = World(tmp_path, retries=1)
    assert world.locate(an_act(server.serve("/act", hangs_up, good(act)))).origin == "site"


def test_a_silent_site_is_tried_again(tmp_path: Path, server: MisbehavingServer, act: bytes) -> None:
    world = World(tmp_path, retries=1)
    assert world.locate(an_act(server.serve("/act", silent, good(act)))).origin == "site"


def test_the_waits_between_tries_double_with_jitter(tmp_path: Path, server: MisbehavingServer) -> None:
    world = World(tmp_path, retries=4)
    world.refusal(an_act(server.serve("/act", status(500))))
    assert server.asked_for("/act") == 5
    assert len(world.waits) == 4
    for number, wait in enumerate(world.waits):
        assert 0.5 * 2**number <= wait <= 1.5 * 2**number


def test_no_wait_is_longer_than_the_cap(tmp_path: Path, server: MisbehavingServer) -> None:
    world = World(tmp_path, retries=3)
    world.pace.backoff, world.pace.longest = 1000.0, 60.0
    world.refusal(an_act(server.serve("/act", status(500))))
    assert world.waits == [60.0, 60.0, 60.0]


def test_retry_after_is_honoured_up_to_the_cap(tmp_path: Path, server: MisbehavingServer, act: bytes) -> None:
    world = World(tmp_path, retries=2)
    replies = (status(429, Retry_After="7"), status(429, Retry_After="86400"), good(act))
    assert world.locate(an_act(server.serve("/act", *replies))).origin == "site"
    assert world.waits == [7.0, world.pace.longest]


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(seconds=100), usegmt=True)
    assert retry_after("120") == 120.0
    assert retry_after(soon) == pytest.approx(100, abs=20)
    assert retry_after(past) == 0.0
    assert retry_after("soon") is None
    assert retry_after("-5") is None
    assert retry_after(None) is None


# Failures that stay


@pytest.mark.parametrize("code", [204, 401, 403, 404, 410])
def test_a_lasting_refusal_is_not_tried_again(code: int, tmp_path: Path, server: MisbehavingServer) -> None:
    world = World(tmp_path, retries=3)
    assert str(code) in world.refusal(an_act(server.serve("/act", status(code))))
    assert server.asked_for("/act") == 1
    assert world.waits == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (silent, "no answer within 0.3 seconds"),
        (stalls_after(b"<?xml", 5000), "no answer within 0.3 seconds"),
        (drips, "stalled"),
        (hangs_up, "truncated or garbled"),
        (endless, "too large"),
        (announces(LARGEST + 1), "too large"),
        (redirect("file:///etc/hostname"), "not an https address"),
        (redirect("ftp://127.0.0.1/act.xml"), "not an https address"),
        (redirect("http://example.org/act.xml"), "not an https address"),
        (redirect("/again"), "redirected more than"),
        (good(HTML), "is an HTML page"),
        (good(b""), "is empty"),
        (good(b"%PDF-1.4 ... %%EOF"), "is not XML"),
        (good(b"<feed xmlns='http://www.w3.org/2005/Atom'/>"), "not legislation.gov.uk's"),
    ],
)
def test_a_bad_answer_is_refused_for_what_it_is_and_nothing_is_left(
    reply: Reply, words: str, world: World, server: MisbehavingServer
) -> None:
    server.serve("/again", redirect("/again"))
    source = an_act(server.serve("/act", reply))
    assert words in world.refusal(source)
    assert world.cached(source) == []


def test_a_site_that_is_not_there_is_refused(world: World, server: MisbehavingServer) -> None:
    with misbehaving_server() as gone:
        url = gone.url("/act")
    assert "no connection" in world.refusal(an_act(url))


def test_a_truncated_body_is_refused(world: World, server: MisbehavingServer, act: bytes) -> None:
    assert "truncated" in world.refusal(an_act(server.serve("/act", truncated(act))))


def test_a_body_that_ends_early_without_an_announced_length_is_refused(
    world: World, server: MisbehavingServer, act: bytes
) -> None:
    assert "truncated" in world.refusal(an_act(server.serve("/act", good(act[:-300]))))


def test_another_act_is_refused_by_name(world: World, server: MisbehavingServer, mirror: Path) -> None:
    message = world.refusal(an_act(server.serve("/act", good((mirror / OTHER_ACT).read_bytes()))))
    assert "is other legislation: http://www.legislation.gov.uk/ukpga/1989/41, not uksi/2017/1306" in message


def test_a_redirect_to_the_document_is_followed(world: World, server: MisbehavingServer, act: bytes) -> None:
    server.serve("/new/act", good(act))
    server.serve("/moved", redirect(server.url("/new/act")))
    assert world.locate(an_act(server.serve("/act", redirect("/moved")))).origin == "site"
    assert [path for path, _ in server.requests] == ["/act", "/moved", "/new/act"]


def test_an_address_without_encryption_is_not_asked(world: World) -> None:
    assert "not an https address" in world.refusal(an_act("http://example.org/act.xml"))


@pytest.mark.parametrize("address", ["http://127.0.0.1/admin", "http://localhost:8080/", "http://[::1]/"])
def test_an_official_site_cannot_redirect_into_this_machine(address: str) -> None:
    with pytest.raises(DownloadFailed, match="not an https address"):
        check_address(address, "https://www.legislation.gov.uk/uksi/2017/1306/data.xml")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("127.0.0.1.example.org", False),
        ("10.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback_hosts_are_told_from_others(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "bad",
    [HTML, b"", status(404), status(500), hangs_up, drips, endless],
    ids=["html", "empty", "404", "500", "hangs up", "drips", "endless"],
)
def test_the_old_good_file_stays_when_a_new_download_is_bad(
    bad: bytes | Reply, world: World, server: MisbehavingServer, act: bytes
) -> None:
    reply = good(bad) if isinstance(bad, bytes) else bad
    source = an_act(server.serve("/act", good(act, ETag='"1"'), reply))
    world.locate(source)
    before = {path.name: path.read_bytes() for path in world.cached(source)}
    with pytest.raises((DownloadFailed, WrongDocument)):
        fetch(source, world.settings, world.said.append, fresh=True, pace=world.pace)
    assert {path.name: path.read_bytes() for path in world.cached(source)} == before


def test_a_fresh_fetch_replaces_the_old_file(world: World, server: MisbehavingServer, act: bytes) -> None:
    newer = act.replace(b"</Legislation>", b"<!-- revised --></Legislation>")
    source = an_act(server.serve("/act", good(act), good(newer)))
    world.locate(source)
    located = fetch(source, world.settings, world.said.append, fresh=True, pace=world.pace)
    assert located.paths[0].read_bytes() == newer
    assert located.sha256 == (hashlib.sha256(newer).hexdigest(),)


# Whether a file is what it should be


def test_a_pdf_with_one_byte_changed_is_refused(world: World, server: MisbehavingServer, mirror: Path) -> None:
    pdf = bytearray((mirror / CODE).read_bytes())
    pdf[100_000] ^= 1
    assert "another edition: its sha256" in world.refusal(the_code(server.serve("/code", good(bytes(pdf)))))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda pdf: pdf[:-3000], "truncated"),
        (lambda pdf: pdf[20:], "not a PDF"),
        (lambda pdf: HTML, "an HTML page"),
        (lambda pdf: b"", "empty"),
    ],
)
def test_what_is_wrong_with_a_pdf_is_said(change, words: str, mirror: Path, tmp_path: Path) -> None:
    (tmp_path / CODE).write_bytes(change((mirror / CODE).read_bytes()))
    with pytest.raises(WrongDocument, match=words):
        check_identity(load_sources()["cop"], tmp_path / CODE)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda xml: xml.replace(b"uksi/2017/1306", b"uksi/2017/13060"), "other legislation"),
        (lambda xml: xml.replace(b"/id/uksi/2017/1306", b"/id/uksi/2017/1307"), "other legislation"),
        (lambda xml: xml.replace(b"DocumentURI", b"x").replace(b"IdURI", b"y"), "no DocumentURI"),
        (lambda xml: xml.replace(b"<P1 ", b"<P9 ").replace(b"</P1>", b"</P9>"), "table of contents"),
        (lambda xml: xml.replace(b"<Body", b"<Boddy", 1), "not well-formed"),
        (lambda xml: xml.replace(b"namespaces/legislation", b"namespaces/other"), "not legislation.gov.uk's"),
        (
            lambda xml: xml.replace(b"<Legislation", b'<!DOCTYPE Legislation [<!ENTITY a "aaaa">]><Legislation', 1),
            "entities",
        ),
        (lambda xml: xml.replace(b"<Legislation", b"<!DOCTYPE html><Legislation", 1), "an HTML page"),
    ],
)
def test_what_is_wrong_with_legislation_is_said(change, words: str, act: bytes, tmp_path: Path) -> None:
    changed = change(act)
    assert changed != act
    (tmp_path / ACT).write_bytes(changed)
    with pytest.raises(SourceError, match=words):
        check_identity(load_sources()["recregs2017"], tmp_path / ACT)


def test_legislation_as_at_a_date_or_of_one_section_is_the_same_act(act: bytes, tmp_path: Path) -> None:
    for address in (b"uksi/2017/1306/2020-05-01", b"uksi/2017/1306/regulation/3"):
        (tmp_path / ACT).write_bytes(act.replace(b'uksi/2017/1306"', address + b'"'))
        check_identity(load_sources()["recregs2017"], tmp_path / ACT)


def test_every_file_of_the_mirror_is_refused_as_any_other_act(mirror: Path) -> None:
    acts = [source for source in load_sources().values() if source.format == "clml"]
    for source in acts:
        for other in acts:
            if other.id != source.id:
                with pytest.raises(WrongDocument, match="other legislation"):
                    check_identity(source, mirror / other.mirror[0])
