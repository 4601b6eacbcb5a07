"""Whether official sources have changed: asked of a server that behaves, and of one that doesn't."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from misbehaving_server import (
    MisbehavingServer,
    Reply,
    announces,
    drips,
    good,
    hangs_up,
    misbehaving_server,
    redirect,
    silent,
    status,
    truncated,
)

import ingest.__main__ as ingest_main
from corpus.settings import Settings
from corpus.sources import Document, Source, load_sources
from ingest.check_record import age_of, record_check
from ingest.download import Pace
from ingest.editions import read_edition
from ingest.errors import SourceError
from ingest.fetch import fetch
from ingest.freshness import Checked, Finding, check_sources
from ingest.index import SourceState, Stamp

ACT = "uksi-2017-1306.xml"
CODE = "SEND_Code_of_Practice_January_2015.pdf"
HTML = b"<!DOCTYPE html>\n<html lang='en'><head><title>Sorry</title></head><body>Busy.</body></html>"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


@pytest.fixture
def act(mirror: Path) -> bytes:
    return (mirror / ACT).read_bytes()


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", sources=None, timeout=30, retries=0)


def an_act(*urls: str) -> Source:
    documents = tuple(Document(name=ACT if n == 0 else f"part-{n}.xml", url=url) for n, url in enumerate(urls))
    return load_sources()["recregs2017"].model_copy(update={"documents": documents})


def effect(touches: str = "regulation-3", **changed: str) -> bytes:
    given = {"EffectId": "key-1", "RequiresApplied": "true", "AffectedExtent": "E+W"} | changed
    by = "http://www.legislation.gov.uk/id/uksi/2026/7"
    attributes = " ".join(f'{name}="{value}"' for name, value in given.items())
    return (
        f'<ukm:UnappliedEffect {attributes} AffectingURI="{by}"><ukm:AffectedProvisions>'
        f'<ukm:Section Ref="{touches}"/></ukm:AffectedProvisions>'
        '<ukm:InForceDates><ukm:InForce Date="2026-09-01"/></ukm:InForceDates></ukm:UnappliedEffect>'
    ).encode()


def with_effects(act: bytes, *effects: bytes) -> bytes:
    listed = b"<ukm:UnappliedEffects>" + b"".join(effects) + b"</ukm:UnappliedEffects>"
    return act.replace(b"</ukm:Metadata>", listed + b"</ukm:Metadata>", 1)


def check(source: Source, config: Settings, folder: Path | None = None) -> Checked:
    said: list[str] = []
    [found] = check_sources([source], folder, config, said.append, pace=Pace(pause=0.0, sleep=lambda _: None))
    return found


def downloaded(source: Source, config: Settings) -> Source:
    fetch(source, config, lambda _: None, pace=Pace(pause=0.0))
    return source


def everything(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


# Nothing has changed


def test_a_site_that_says_not_modified_is_believed_for_what_it_gave(
    server: MisbehavingServer, act: bytes, config: Settings
) -> None:
    modified = "Mon, 08 Jan 2018 10:00:00 GMT"
    url = server.serve("/act", good(act, ETag='"7"', Last_Modified=modified), status(304))
    source = downloaded(an_act(url), config)
    before = everything(config.home)
    found = check(source, config)
    assert (found.finding, found.to_do) == (Finding.UNCHANGED, "")
    asked = server.requests[-1][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"7"', modified)
    assert everything(config.home) == before


def test_a_site_without_etags_is_compared_word_for_word(
    server: MisbehavingServer, act: bytes, config: Settings
) -> None:
    source = downloaded(an_act(server.serve("/act", good(act))), config)
    assert check(source, config).finding is Finding.UNCHANGED
    assert "If-None-Match" not in server.requests[-1][1]


def test_a_document_published_again_with_the_same_words_is_no_change(
    server: MisbehavingServer, act: bytes, config: Settings
) -> None:
    again = act.replace(b"2020-05-01</dct:valid>", b"2021-06-02</dct:valid>")
    source = downloaded(an_act(server.serve("/act", good(act), good(again))), config)
    found = check(source, config)
    assert found.finding is Finding.UNCHANGED
    assert "2021-06-02" in found.why and "2020-05-01" in found.why


def test_a_folder_under_other_names_is_compared_word_for_word(
    server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    act = (mirror / ACT).read_bytes()
    url = server.serve("/act", good(act))
    source = an_act(url).model_copy(update={"documents": (Document(name="data.xml", url=url),)})
    assert check(source, config, mirror).finding is Finding.UNCHANGED


def test_the_code_is_unchanged_where_its_page_offers_it_and_its_bytes_are_the_same(
    server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    found = check(the_code(server, (mirror / CODE).read_bytes()), config, mirror)
    assert found.finding is Finding.UNCHANGED, found
    assert "January 2015" in str(found)


def the_code(server: MisbehavingServer, pdf: bytes, *offered: str) -> Source:
    files = [{"url": f"https://assets.example.org/media/1/{name}"} for name in offered or (CODE,)]
    server.serve("/api/content/code", good(json.dumps({"details": {"attachments": files}}).encode()))
    url = server.serve("/code.pdf", good(pdf))
    changed = {"page": server.url("/code"), "documents": (Document(name=CODE, url=url),)}
    return load_sources()["cop"].model_copy(update=changed)


# Something has changed


def test_a_provision_with_other_words_is_named_with_what_to_do(
    server: MisbehavingServer, act: bytes, config: Settings
) -> None:
    newer = act.replace(b"These Regulations may be cited", b"These Rules may be cited", 1)
    assert newer != act
    source = downloaded(an_act(server.serve("/act", good(act, ETag='"1"'), good(newer, ETag='"2"'))), config)
    before = everything(config.home)
    found = check(source, config)
    assert found.finding is Finding.CHANGED
    assert "regulation 1" in found.why and "regulation 2" not in found.why
    assert "python -m ingest --fresh" in found.to_do
    assert "\n" not in str(found)
    assert everything(config.home) == before


def test_a_change_against_a_folder_says_where_the_new_file_goes(
    server: MisbehavingServer, mirror: Path, act: bytes, config: Settings
) -> None:
    newer = act.replace(b"These Regulations may be cited", b"These Rules may be cited", 1)
    found = check(an_act(server.serve("/act", good(newer))), config, mirror)
    assert found.finding is Finding.CHANGED
    assert str(mirror) in found.to_do and server.url("/act") in found.to_do


def test_a_new_amendment_that_the_site_has_not_worked_in_is_a_change(
    server: MisbehavingServer, act: bytes, config: Settings
) -> None:
    newer = with_effects(act, effect())
    source = downloaded(an_act(server.serve("/act", good(act), good(newer))), config)
    found = check(source, config)
    assert found.finding is Finding.CHANGED
    assert "r3 by uksi/2026/7 (in force from 2026-09-01)" in found.why


def test_a_site_whose_document_lacks_what_is_read_has_changed(
    server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    name = "ukpga-1989-41-section-17.xml"
    act = (mirror / name).read_bytes()
    without = act.replace(b'id="section-17"', b'id="section-17ZZ"', 1).replace(b"/section/17", b"/section/17ZZ")
    source = load_sources()["ca1989"]
    document = Document(name=name, url=server.serve("/act", good(without)))
    found = check(source.model_copy(update={"documents": (document,)}), config, mirror)
    assert found.finding is Finding.CHANGED
    assert "s17" in found.why


def test_another_pdf_under_the_address_of_the_code_is_a_change(
    server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    pdf = bytearray((mirror / CODE).read_bytes())
    pdf[100_000] ^= 1
    found = check(the_code(server, bytes(pdf)), config, mirror)
    assert found.finding is Finding.CHANGED
    assert "newer version of this program" in found.to_do


def test_a_page_that_offers_another_code_is_a_change_though_the_old_file_still_stands(
    server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    found = check(the_code(server, (mirror / CODE).read_bytes(), "SEND_Code_2027.pdf"), config, mirror)
    assert found.finding is Finding.CHANGED
    assert "SEND_Code_2027.pdf" in found.why


# Nothing can be said


@pytest.mark.parametrize(
    "reply",
    [
        status(304),
        status(404),
        status(429),
        status(500),
        silent,
        drips,
        hangs_up,
        announces(10**12),
        redirect("http://example.org/act.xml"),
        good(HTML),
        good(b""),
        good(b"<feed xmlns='http://www.w3.org/2005/Atom'/>"),
    ],
    ids=lambda reply: getattr(reply, "__name__", ""),
)
def test_a_site_that_gives_no_document_is_never_taken_for_unchanged(
    reply: Reply, server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    impatient = config.model_copy(update={"timeout": 0.3})
    found = check(an_act(server.serve("/act", reply)), impatient, mirror)
    assert found.finding is Finding.NOT_CHECKED
    assert "Try again later" in found.to_do
    assert "\n" not in str(found)


def test_a_truncated_or_other_act_is_never_taken_for_unchanged(
    server: MisbehavingServer, mirror: Path, act: bytes, config: Settings
) -> None:
    other = (mirror / "ukpga-1989-41-section-17.xml").read_bytes()
    for reply in (truncated(act), good(act[:-300]), good(other)):
        assert check(an_act(server.serve("/act", reply)), config, mirror).finding is Finding.NOT_CHECKED


@pytest.mark.parametrize("body", [HTML, b"{}", b'{"details": {"attachments": []}}', b'{"details": {"attachments": 3}}'])
def test_a_page_that_does_not_say_what_it_offers_leaves_the_code_unchecked(
    body: bytes, server: MisbehavingServer, mirror: Path, config: Settings
) -> None:
    source = the_code(server, (mirror / CODE).read_bytes())
    server.serve("/api/content/code", good(body))
    assert check(source, config, mirror).finding is Finding.NOT_CHECKED


def test_a_record_of_another_file_is_not_used_to_ask(server: MisbehavingServer, act: bytes, config: Settings) -> None:
    source = downloaded(an_act(server.serve("/act", good(act, ETag='"7"'), status(304))), config)
    path = config.downloads / source.id / ACT
    path.write_bytes(act + b"\n")
    assert check(source, config).finding is Finding.NOT_CHECKED
    assert "If-None-Match" not in server.requests[-1][1]


def test_a_source_that_is_not_on_this_machine_says_how_to_get_it(server: MisbehavingServer, config: Settings) -> None:
    found = check(an_act(server.url("/act")), config)
    assert (found.finding, found.to_do) == (Finding.NOT_CHECKED, "Run `python -m ingest`.")
    assert server.requests == []


def test_a_site_out_of_reach_is_asked_once_and_not_for_each_source(mirror: Path, config: Settings) -> None:
    with misbehaving_server() as gone:
        url = gone.url("/act")
    said: list[str] = []
    sources = [an_act(url), an_act(url), an_act(url)]
    found = list(check_sources(sources, mirror, config.model_copy(update={"retries": 2}), said.append, pace=no_pace()))
    assert [one.finding for one in found] == [Finding.NOT_CHECKED] * 3
    assert sum("trying again" in line for line in said) == 2


def no_pace() -> Pace:
    return Pace(pause=0.0, sleep=lambda _: None)


# Amendments that a text says it lacks


def test_a_text_that_says_it_lacks_an_amendment_is_reported_without_a_network(
    act: bytes, config: Settings, tmp_path: Path
) -> None:
    (tmp_path / ACT).write_bytes(with_effects(act, effect()))
    with misbehaving_server() as gone:
        url = gone.url("/act")
    found = check(an_act(url), config, tmp_path)
    assert found.finding is Finding.NOT_CHECKED
    assert "Amendments not yet in this text: r3 by uksi/2026/7 (in force from 2026-09-01)." in str(found)


@pytest.mark.parametrize(
    ("listed", "touches"),
    [
        (effect(), ["r3"]),
        (effect(RequiresApplied="false"), []),
        (effect(AffectedExtent="S"), []),
        (effect(AffectedExtent="N.I."), []),
        (effect(AffectedExtent="S+A+M+E"), ["r3"]),
        (effect("regulation-2-1-a"), ["r2"]),
        (effect("schedule"), ["sch1"]),
        (effect("part-2"), []),
    ],
)
def test_only_amendments_that_touch_england_and_are_wanting_are_told(
    listed: bytes, touches: list[str], act: bytes, tmp_path: Path
) -> None:
    (tmp_path / ACT).write_bytes(with_effects(act, listed))
    found = read_edition(tmp_path / ACT, load_sources()["recregs2017"]).effects
    assert [unit for one in found for unit in one.touches] == touches


def test_amendments_of_what_is_not_read_are_left_out(mirror: Path) -> None:
    edition = read_edition(mirror / "ukpga-2010-15-body.xml", load_sources()["eqa2010"])
    assert edition.valid == "2025-02-24"
    assert edition.effects == ()
    whole = load_sources()["eqa2010"].model_copy(update={"provisions": ()})
    touched = {unit for one in read_edition(mirror / "ukpga-2010-15-body.xml", whole).effects for unit in one.touches}
    assert {"s104", "s140AA", "sch19", "sch26"} == touched


def test_a_range_of_provisions_touches_what_lies_between(act: bytes, tmp_path: Path) -> None:
    ranged = effect().replace(b'<ukm:Section Ref="regulation-3"/>', b'<ukm:R Start="regulation-3" End="regulation-6"/>')
    (tmp_path / ACT).write_bytes(with_effects(act, ranged))
    [found] = read_edition(tmp_path / ACT, load_sources()["recregs2017"]).effects
    assert set(found.touches) == {"r3", "r4", "r5", "r6"}


def test_an_edition_that_cannot_be_read_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / ACT).write_bytes(b"<Legislation")
    with pytest.raises(SourceError, match="can't be read"):
        read_edition(tmp_path / ACT, load_sources()["recregs2017"])


# The command


Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, config: Settings) -> Run:
    def command(*sources: Source, folder: Path | None = None) -> int:
        monkeypatch.setattr(ingest_main, "load_sources", lambda: {str(n): source for n, source in enumerate(sources)})
        monkeypatch.setattr(ingest_main, "settings", lambda: config)
        return ingest_main.main(["--check", *(("--from", str(folder)) if folder else ())])

    return command


def test_the_exit_status_tells_a_scheduled_job(
    run: Run, server: MisbehavingServer, mirror: Path, act: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    same = an_act(server.serve("/same", good(act)))
    other = an_act(server.serve("/other", good(act.replace(b"Regulations may be cited", b"Rules may be cited"))))
    gone = an_act(server.url("/gone"))
    assert run(same, folder=mirror) == 0
    assert run(same, other, folder=mirror) == 4
    assert run(same, gone, folder=mirror) == 1
    assert run(gone, other, same, folder=mirror) == 4
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert [line.split(":")[0] for line in lines[-3:]] == ["not checked", "CHANGED", "unchanged"]


def test_a_check_that_cannot_be_recorded_still_tells(
    run: Run, server: MisbehavingServer, mirror: Path, act: bytes, config: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    config.home.write_text("a file, no folder")
    assert run(an_act(server.serve("/act", good(act))), folder=mirror) == 0
    assert "could not be recorded" in capsys.readouterr().err


def test_a_fresh_ingest_downloads_again_and_keeps_what_it_has_where_the_site_fails(
    server: MisbehavingServer, act: bytes, config: Settings
) -> None:
    newer = act.replace(b"</Legislation>", b"<!-- revised --></Legislation>")
    source = downloaded(an_act(server.serve("/act", good(act), good(newer), status(404))), config)
    first = ingest_main._locate(source, None, config, True)
    assert first is not None and first.paths[0].read_bytes() == newer
    second = ingest_main._locate(source, None, config, True)
    assert second is not None and second.paths[0].read_bytes() == newer


# How old the sources are


def a_stamp(*states: SourceState, built: str = "2026-01-01T00:00:00+00:00") -> Stamp:
    return Stamp("digest", built, "packaged", 1, states)


def had(source: str, when: datetime) -> SourceState:
    return SourceState(source, "2020-05-01", "cache", 3, "abc", when.isoformat())


def checked(source: str, finding: Finding) -> Checked:
    return Checked(load_sources()[source], finding, "")


def test_the_age_is_that_of_the_source_fetched_longest_ago(tmp_path: Path) -> None:
    old, new = NOW - timedelta(days=200), NOW - timedelta(days=3)
    assert age_of(a_stamp(had("cop", old), had("ca1989", new)), tmp_path, NOW).oldest == old


def test_a_check_that_finds_no_change_makes_a_source_young_again(tmp_path: Path) -> None:
    stamp = a_stamp(had("ca1989", NOW - timedelta(days=200)))
    record_check(tmp_path, [checked("ca1989", Finding.UNCHANGED)], NOW - timedelta(days=2))
    record_check(tmp_path, [checked("ca1989", Finding.NOT_CHECKED)], NOW - timedelta(days=1))
    assert age_of(stamp, tmp_path, NOW).oldest == NOW - timedelta(days=2)


def test_a_change_is_told_until_the_source_is_fetched_again(tmp_path: Path) -> None:
    record_check(tmp_path, [checked("ca1989", Finding.CHANGED)], NOW - timedelta(days=2))
    assert age_of(a_stamp(had("ca1989", NOW - timedelta(days=9))), tmp_path, NOW).changed == ("ca1989",)
    assert age_of(a_stamp(had("ca1989", NOW - timedelta(days=1))), tmp_path, NOW).changed == ()


def test_a_date_in_the_future_counts_as_no_date(tmp_path: Path) -> None:
    assert age_of(a_stamp(had("ca1989", NOW + timedelta(days=900))), tmp_path, NOW).oldest is None
    assert age_of(a_stamp(had("ca1989", NOW + timedelta(hours=5))), tmp_path, NOW).oldest is not None


def test_an_index_of_an_earlier_version_is_as_old_as_it_was_built(tmp_path: Path) -> None:
    stamp = a_stamp(SourceState("ca1989", "2026-03-25", "cache", 1))
    assert age_of(stamp, tmp_path, NOW).oldest == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"ca1989": 3}', b'{"ca1989": {"when": 3}}', b"\xff\xfe"])
def test_a_damaged_record_of_checks_counts_as_none(record: bytes, tmp_path: Path) -> None:
    (tmp_path / "checked.json").write_bytes(record)
    stamp = a_stamp(had("ca1989", NOW - timedelta(days=9)))
    assert age_of(stamp, tmp_path, NOW).oldest == NOW - timedelta(days=9)
    record_check(tmp_path, [checked("ca1989", Finding.UNCHANGED)], NOW)
    assert age_of(stamp, tmp_path, NOW).oldest == NOW


def test_files_in_a_folder_are_as_old_as_their_first_reading(mirror: Path, tmp_path: Path, act: bytes) -> None:
    from ingest.fetch import locate
    from ingest.reading import Serving, read_all

    source = load_sources()["recregs2017"]
    shutil.copyfile(mirror / ACT, tmp_path / ACT)
    config = Settings(home=tmp_path / "home", sources=None)
    _, [first] = read_all({source.id: locate(source, tmp_path, config, print)}, Serving({}), print)
    long_ago = SourceState(
        first.id, first.as_at, first.origin, first.passages, first.sha256, "2026-01-01T00:00:00+00:00"
    )
    serving = Serving({source.id: long_ago})
    _, [again] = read_all({source.id: locate(source, tmp_path, config, print)}, serving, print)
    assert again.had == long_ago.had
    (tmp_path / ACT).write_bytes(act + b"\n")
    _, [other] = read_all({source.id: locate(source, tmp_path, config, print)}, serving, print)
    assert other.had > long_ago.had
