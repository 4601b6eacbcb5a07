"""Vectors on a Chroma server: filled by a build, one collection for each index, never a partial answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tiny_vectors
from chromadb.api import ClientAPI
from topology import STATES, ChromaServer, annotations, free_port, passages

import ingest.index as index_module
import ingest.scope as scope_module
import ingest.vectors as vectors_module
from corpus.scope import load_scope_questions
from corpus.settings import Settings
from ingest.index import Outcome, build_index
from ingest.vectors import Vectors, VectorsAway, drop_collection, lack_of_vectors, open_collection

Build = Callable[..., Outcome]
_ASKED = tiny_vectors.vector_of("How often is a plan reviewed?")


@pytest.fixture
def config(tmp_path: Path, chroma: ChromaServer) -> Settings:
    return Settings(home=tmp_path, chroma_url=chroma.url)


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch, config: Settings) -> Build:
    """Builds the small index with a stand-in for the model; `digest` stands for what it is made from."""
    few = {kind: questions[:6] for kind, questions in load_scope_questions().items()}
    monkeypatch.setattr(index_module, "load_scope_questions", lambda: few)
    monkeypatch.setattr(index_module, "Embedder", tiny_vectors.StandIn)
    monkeypatch.setattr(scope_module, "_ROUNDS", 2)  # what it learns doesn't matter here
    monkeypatch.setattr(scope_module, "_BUCKETS", 64)

    def run(digest: str = "one", config: Settings = config) -> Outcome:
        return build_index(digest, lambda: (passages(), STATES), annotations(), config, progress=False)

    return run


@pytest.fixture
def client(chroma: ChromaServer) -> Iterator[ClientAPI]:
    import chromadb

    with chromadb.HttpClient(port=int(chroma.url.rpartition(":")[2])) as opened:
        yield opened


def _names(client: ClientAPI) -> set[str]:
    return {collection.name for collection in client.list_collections()}


def test_the_server_gives_the_same_units_as_a_store_in_the_folder(
    build: Build, config: Settings, tmp_path: Path
) -> None:
    served = build()
    local = build(config=Settings(home=tmp_path / "local"))
    assert not (served.folder / "chroma").exists()
    for limit in (1, 5, 1000):
        here = Vectors(local.folder, local.units).nearest(_ASKED, limit)
        there = Vectors(served.folder, served.units, config.chroma_url).nearest(_ASKED, limit)
        assert [name for name, _ in there] == [name for name, _ in here]
        assert np.allclose([score for _, score in there], [score for _, score in here], atol=1e-5)
        assert len(there) == min(limit, served.units)


def test_the_old_collection_serves_until_the_index_before_is_swept(
    build: Build, config: Settings, client: ClientAPI
) -> None:
    built = [build(digest) for digest in ("one", "two", "three")]
    assert len({outcome.folder for outcome in built}) == 3
    first, second, third = (Vectors(outcome.folder, outcome.units, config.chroma_url) for outcome in built)
    assert second.nearest(_ASKED, 3) == third.nearest(_ASKED, 3)
    with pytest.raises(VectorsAway, match=r"has 0 of its \d+ vectors. Run `python -m ingest`"):
        first.nearest(_ASKED, 3)
    names = _names(client)
    assert [any(outcome.folder.name in name for name in names) for outcome in built] == [False, True, True]
    assert not built[0].folder.exists()


def test_a_build_with_nothing_changed_fills_a_server_that_lost_its_vectors(build: Build, config: Settings) -> None:
    first = build()
    assert build() == Outcome(first.folder, 0, 0, first.units)
    drop_collection(first.folder, config.chroma_url)
    again = build()
    assert again.embedded == 0 and again.folder != first.folder
    assert not lack_of_vectors(again.folder, again.units, config.chroma_url)


def test_an_index_in_its_folder_moves_to_a_server_and_back(build: Build, config: Settings) -> None:
    alone = config.model_copy(update={"chroma_url": ""})
    assert (build(config=alone).folder / "chroma").is_dir()
    served = build()
    assert not lack_of_vectors(served.folder, served.units, config.chroma_url)
    with pytest.raises(VectorsAway, match="its vectors are not in"):
        Vectors(served.folder, served.units).nearest(_ASKED, 3)
    assert (build(config=alone).folder / "chroma").is_dir()


def test_a_collection_that_lacks_a_unit_gives_no_answer_at_all(build: Build, config: Settings) -> None:
    outcome = build()
    collection = open_collection(outcome.folder, config.chroma_url)
    collection.delete(ids=collection.get(limit=1, include=[])["ids"])
    searched = Vectors(outcome.folder, outcome.units, config.chroma_url)
    with pytest.raises(VectorsAway, match=f"has {outcome.units - 1} of its {outcome.units} vectors"):
        searched.nearest(_ASKED, 3)


def test_a_unit_lost_while_the_collection_is_open_is_noticed(build: Build, config: Settings) -> None:
    outcome = build()
    searched = Vectors(outcome.folder, outcome.units, config.chroma_url)
    assert len(searched.nearest(_ASKED, 1000)) == outcome.units
    collection = open_collection(outcome.folder, config.chroma_url)
    collection.delete(ids=collection.get(limit=1, include=[])["ids"])
    with pytest.raises(VectorsAway):
        searched.nearest(_ASKED, 1000)


def test_a_collection_made_anew_under_its_name_is_found_by_its_new_id(build: Build, config: Settings) -> None:
    outcome = build()
    searched = Vectors(outcome.folder, outcome.units, config.chroma_url)
    before = searched.nearest(_ASKED, 5)
    collection = open_collection(outcome.folder, config.chroma_url)
    kept = collection.get(include=["embeddings"])
    drop_collection(outcome.folder, config.chroma_url)
    open_collection(outcome.folder, config.chroma_url).add(ids=kept["ids"], embeddings=kept["embeddings"])
    assert searched.nearest(_ASKED, 5) == before


def test_a_server_that_accepts_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(vectors_module, "_READ", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(VectorsAway, match="doesn't serve"):
            Vectors(tmp_path, 5, url).nearest(_ASKED, 3)
        assert time.monotonic() - started < 20


def test_a_build_without_its_server_says_so_and_keeps_what_it_embedded(build: Build, config: Settings) -> None:
    away = config.model_copy(update={"chroma_url": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(VectorsAway, match="Start it with `chroma run`"):
        build(config=away)
    assert config.current_index is None
    assert build().embedded == 0
