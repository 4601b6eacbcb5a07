"""Whatever goes wrong while the index is built or opened: it is said, nothing is lost, and the next start heals."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tiny_corpus
from fault_injection import FULL, READ_ONLY, Builder, Ended

from corpus.settings import Settings
from corpus.sources import load_sources
from ingest.errors import IndexMissing
from ingest.faults import BuildFailed
from ingest.fetch import locate
from ingest.index import _store, read_stamp
from ingest.kept_vectors import open_kept_vectors
from ingest.reading import Serving, read_all
from ingest.units import Unit
from ingest.whole import damage, fingerprints

UNITS = {1: 5, 2: 5}
"""The units of each version of the tiny corpus."""


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    with tempfile.TemporaryDirectory() as scratch:
        running = Builder(Path(scratch))
        yield running
        running.close()


@pytest.fixture(scope="module")
def built(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a whole index of version 1, to be copied."""
    home = tmp_path_factory.mktemp("built") / "home"
    assert builder.run(home).status == 0
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "home"))


def serving(home: Path) -> Path:
    folder = Settings(home=home).current_index
    assert folder is not None
    return folder


def version_served(home: Path) -> int:
    """The version of the index that serves, once it is shown to be whole."""
    return int(read_stamp(serving(home)).digest.removeprefix("version "))


def embedded(ended: Ended) -> int:
    found = re.search(r"(\d+) embedded", ended.out)
    assert found, ended
    return int(found[1])


def points_of(builder: Builder, home: Path, version: int) -> int:
    counted = builder.run(home, version=version, fault={"kind": "count"})
    assert counted.status == 0
    assert counted.points > 30
    return counted.points


def heals(builder: Builder, home: Path, version: int, *, most_left: int = 1) -> Ended:
    """Start once more, and see that all is well and nothing is left over."""
    ended = builder.run(home, version=version)
    assert ended.status == 0, ended
    assert version_served(home) == version
    left = {path.name for path in serving(home).parent.iterdir() if path.is_dir()} - {serving(home).name}
    assert len(left) <= most_left, f"more than the index before is left: {left}"
    assert builder.run(home, version=version).out.count(" 0 embedded, 0 removed") == 1, "the healed index is rebuilt"
    return ended


def is_told(ended: Ended, *words: str) -> None:
    """Ended with a message that says what to do, and without a traceback."""
    assert ended.status == 1, ended
    assert "Traceback" not in ended.err
    assert all(word in ended.err for word in words), ended.err


# The build

EVERY = int(os.environ.get("FAULT_STEP", "4"))
"""Each so manieth point of a build is tried; FAULT_STEP=1 tries them all, which takes many minutes."""


def test_a_build_killed_at_any_point_leaves_an_index_that_serves_and_the_next_build_goes_on(
    builder: Builder, home: Path
) -> None:
    before, building = 1, 2
    points = points_of(builder, home, building)
    heals(builder, home, before)
    for at in range(1, points + 1, EVERY):
        ended = builder.run(home, version=building, fault={"kind": "kill", "at": at})
        if ended.status == 0:  # the two ways differ by a few points
            assert at > points - 10
            break
        assert ended.status == -signal.SIGKILL, (at, ended)
        assert version_served(home) in (before, building), at
        healed = heals(builder, home, building)
        assert embedded(healed) <= 3, (at, healed)
        before, building = building, before


def test_a_first_build_killed_at_any_point_is_gone_on_with(builder: Builder, tmp_path: Path) -> None:
    points = points_of(builder, tmp_path / "counted", 1)
    kept_after_a_batch = 0
    for at in range(1, points + 1, 2 * EVERY):
        home = tmp_path / str(at)
        ended = builder.run(home, fault={"kind": "kill", "at": at})
        assert ended.status == -signal.SIGKILL, (at, ended)
        again = embedded(heals(builder, home, 1))
        assert 0 <= again <= UNITS[1]
        kept_after_a_batch += again < UNITS[1]
    assert kept_after_a_batch > points / EVERY / 4, "most interruptions come after something was embedded"


@pytest.mark.parametrize("limit", [2_000, 4_000, 16_000, 50_000, 150_000, 250_000])
def test_a_process_ended_in_the_middle_of_a_write_does_no_harm(builder: Builder, home: Path, limit: int) -> None:
    ended = builder.run(home, version=2, fault={"kind": "size", "limit": limit, "deadly": True})
    assert ended.status in (-signal.SIGXFSZ, 0), ended
    assert version_served(home) in (1, 2)
    heals(builder, home, 2)


def test_a_disk_that_is_full_at_any_point_is_said_and_costs_nothing(builder: Builder, home: Path) -> None:
    before, building = 1, 2
    points = points_of(builder, home, building)
    heals(builder, home, before)
    told = 0
    for at in range(1, points + 1, EVERY):
        ended = builder.run(home, version=building, fault={"kind": "errno", "at": at, "errno": FULL})
        if ended.status:
            is_told(ended, "is full", "Free some space", "python -m ingest")
            told += 1
        assert version_served(home) in (before, building), at
        # an old index that could not be removed stays until the next build
        assert embedded(heals(builder, home, building, most_left=2)) <= 3, at
        before, building = building, before
    assert told > points / EVERY / 2


@pytest.mark.parametrize("limit", [2_000, 4_000, 16_000, 50_000, 150_000])
def test_a_disk_that_takes_no_more_bytes_is_said_and_costs_nothing(builder: Builder, home: Path, limit: int) -> None:
    ended = builder.run(home, version=2, fault={"kind": "size", "limit": limit, "deadly": False})
    is_told(ended, "python -m ingest", "Nothing is lost")
    assert version_served(home) == 1
    heals(builder, home, 2)


def test_a_database_that_is_full_is_said_and_costs_nothing(builder: Builder, tmp_path: Path) -> None:
    ended = builder.run(tmp_path, fault={"kind": "full", "limit": 3})
    is_told(ended, "database or disk is full", "Free some space")
    assert embedded(heals(builder, tmp_path, 1)) == UNITS[1]


def test_a_disk_that_turns_read_only_is_said(builder: Builder, home: Path) -> None:
    for at in (2, 10, 25):
        ended = builder.run(home, version=2, fault={"kind": "errno", "at": at, "errno": READ_ONLY})
        is_told(ended, "can't be written", "ASK_THE_CODE_HOME")
        assert version_served(home) == 1
    heals(builder, home, 2)


@pytest.fixture
def forbidden_home(built: Path) -> Iterator[Path]:
    """A home that may be read and not written, in a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(shutil.copytree(built, Path(scratch) / "home"))
        for path in (Path(scratch), home, *home.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield home
        for path in (Path(scratch), home, *home.rglob("*")):
            path.chmod(0o755)


def test_a_home_that_may_not_be_written_is_said_for_building_and_for_asking(
    builder: Builder, forbidden_home: Path
) -> None:
    is_told(builder.run(forbidden_home, version=2, as_nobody=True), "can't be written", "ASK_THE_CODE_HOME")
    is_told(builder.run(forbidden_home, ask=True, as_nobody=True), "can't be written", "ASK_THE_CODE_HOME")
    for path in (forbidden_home, *forbidden_home.rglob("*")):
        path.chmod(0o755)
    assert embedded(heals(builder, forbidden_home, 2)) == 3


def test_two_that_start_at_once_on_an_empty_machine_build_once(builder: Builder, tmp_path: Path) -> None:
    first, second = builder.run_two_at_once(tmp_path / "home")
    assert (first.status, second.status) == (0, 0), (first, second)
    assert embedded(first) == UNITS[1]
    assert "Another process is building the index. Waiting" in second.err
    assert embedded(second) == 0
    assert version_served(tmp_path / "home") == 1


def test_wrong_clocks_neither_break_an_index_nor_build_it_again(builder: Builder, home: Path) -> None:
    stamp = serving(home) / "stamp.json"
    row = json.loads(stamp.read_text())
    stamp.write_text(json.dumps(row | {"built": "2999-01-01T00:00:00+00:00"}))
    for number, path in enumerate(sorted(home.rglob("*"))):
        moment = (0, 1, 32_503_680_000)[number % 3]  # 1970, and the year 3000
        os.utime(path, (moment, moment))
    assert embedded(builder.run(home)) == 0
    assert version_served(home) == 1


# What is damaged


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def scramble(path: Path) -> None:
    with path.open("r+b") as file:
        old = file.read(4096)
        file.seek(0)
        file.write(bytes(value ^ 0x5A for value in old))


def remove(path: Path) -> None:
    path.unlink()


DAMAGES: tuple[Callable[[Path], None], ...] = (cut, empty, scramble, remove)


def test_every_damaged_file_of_an_index_is_named_before_anything_is_opened(home: Path, tmp_path: Path) -> None:
    names = [path.relative_to(serving(home)) for path in serving(home).rglob("*") if path.is_file()]
    assert len(names) > 25
    for number, name in enumerate(sorted(names)):
        for hurt in DAMAGES:
            copy = Path(shutil.copytree(serving(home), tmp_path / f"{number}-{hurt.__name__}"))
            if not (copy / name).stat().st_size:
                continue
            hurt(copy / name)
            with pytest.raises(IndexMissing, match="python -m ingest") as caught:
                read_stamp(copy)
            assert name.name in str(caught.value) or "stamp" in str(caught.value), name
            shutil.rmtree(copy)


@pytest.mark.parametrize(
    "name",
    ["chroma/chroma.sqlite3", "words/all/vocab.index.json", "scope.npz", "stamp.json", "passages.jsonl"],
)
@pytest.mark.parametrize("hurt", DAMAGES)
def test_a_damaged_index_is_refused_in_a_sentence_and_the_next_build_mends_it(
    builder: Builder, home: Path, name: str, hurt: Callable[[Path], None]
) -> None:
    hurt(serving(home) / name)
    is_told(builder.run(home, ask=True), "python -m ingest")
    healed = heals(builder, home, 1)
    assert embedded(healed) == 0, "the vectors are kept"
    assert "Building the index again" in healed.err


@pytest.mark.parametrize("pointer", [b"", b"\xff\xfe\x00", b"nowhere", b"..", b"/", b"\x00", b"x" * 5000])
def test_a_damaged_pointer_is_refused_in_a_sentence_and_the_next_build_mends_it(
    builder: Builder, home: Path, pointer: bytes
) -> None:
    (home / "index" / "current").write_bytes(pointer)
    is_told(builder.run(home, ask=True), "python -m ingest")
    assert embedded(heals(builder, home, 1)) == 0


@pytest.mark.parametrize("hurt", DAMAGES)
def test_damaged_vectors_are_embedded_again(builder: Builder, home: Path, hurt: Callable[[Path], None]) -> None:
    hurt(home / "index" / "vectors.sqlite")
    assert embedded(heals(builder, home, 2)) == UNITS[2]


def test_a_kept_vector_with_a_wrong_bit_is_not_used(tmp_path: Path) -> None:
    unit = Unit("cop:9.1#text.0", "Most children")
    with open_kept_vectors(tmp_path / "vectors", "model") as kept:
        kept.add([unit], [tiny_corpus.vector_of(unit.text)])
        assert set(kept.of([unit])) == {unit.id}
        with kept._database:
            kept._database.execute("UPDATE kept SET vector = zeroblob(1536)")
        assert kept.of([unit]) == {}


def test_vectors_of_another_model_are_not_used(tmp_path: Path) -> None:
    unit = Unit("cop:9.1#text.0", "Most children")
    with open_kept_vectors(tmp_path / "vectors", "one") as kept:
        kept.add([unit], [tiny_corpus.vector_of(unit.text)])
    with open_kept_vectors(tmp_path / "vectors", "another") as kept:
        assert kept.of([unit]) == {}


def test_damaged_files_of_the_vector_graph_are_found_without_opening_them(tmp_path: Path) -> None:
    units = [Unit(f"cop:9.1#text.{number}", f"text {number}") for number in range(1100)]  # Chroma writes at 1,000
    _store(tmp_path, units, {unit.id: tiny_corpus.vector_of(unit.text) for unit in units}, "")
    files = fingerprints(tmp_path)
    graph = [name for name in files if name.endswith((".bin", ".pickle"))]
    assert len(graph) >= 4
    assert damage(tmp_path, files, len(units)) is None
    for name in graph:
        whole = (tmp_path / name).read_bytes()
        for hurt in (cut, scramble, remove):
            if whole:
                hurt(tmp_path / name)
                assert name in (damage(tmp_path, files, len(units)) or ""), (name, hurt)
                (tmp_path / name).write_bytes(whole)


# Sources that change under our feet

ACT = "uksi-2017-1306.xml"


def test_a_source_that_changes_between_locating_and_reading_stops_the_build(mirror: Path, tmp_path: Path) -> None:
    source = load_sources()["recregs2017"]
    shutil.copyfile(mirror / ACT, tmp_path / ACT)
    located = locate(source, tmp_path, Settings(home=tmp_path / "home"), print)
    assert read_all({source.id: located}, Serving({}), print)[1][0].origin == "folder"
    with (tmp_path / ACT).open("ab") as file:
        file.write(b"<!-- later -->")
    with pytest.raises(BuildFailed, match=r"changed while it was being read.*python -m ingest"):
        read_all({source.id: located}, Serving({}), print)


def test_a_source_that_vanishes_between_locating_and_reading_stops_the_build(mirror: Path, tmp_path: Path) -> None:
    source = load_sources()["recregs2017"]
    shutil.copyfile(mirror / ACT, tmp_path / ACT)
    located = locate(source, tmp_path, Settings(home=tmp_path / "home"), print)
    (tmp_path / ACT).unlink()
    with pytest.raises(BuildFailed, match="changed while it was being read"):
        read_all({source.id: located}, Serving({}), print)


def test_a_source_that_cannot_be_had_any_more_is_kept_as_it_stands_in_the_index(mirror: Path, tmp_path: Path) -> None:
    source = load_sources()["recregs2017"]
    located = locate(source, mirror, Settings(home=tmp_path), print)
    passages, states = read_all({source.id: located}, Serving({}), print)
    said: list[str] = []
    kept, stands = read_all({source.id: None}, Serving({source.id: states[0]}, tuple(passages)), said.append)
    assert kept == passages
    assert stands == states
    assert "kept as it stands" in said[0]
