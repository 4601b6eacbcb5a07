"""Building the index: only what changed is embedded, and an interrupted run loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ingest.index as index_module
from corpus.annotation import QA, Annotation
from corpus.passage import Passage, PassageId, read_passages
from corpus.scope import Scope, load_scope_questions
from corpus.settings import Settings
from ingest.embedder import PACKAGED, Embedder
from ingest.errors import IndexMissing
from ingest.index import Outcome, SourceState, build_index, index_digest, read_stamp
from ingest.kept_vectors import KeptVectors
from ingest.units import make_units, passage_of
from ingest.vectors import open_collection
from ingest.words import LetterIndex, WordIndex

STATE = (SourceState("cop", "January 2015", "folder", 3),)


def _passage(number: str, text: str) -> Passage:
    return Passage(
        id=PassageId(f"cop:{number}"),
        source="cop",
        label=f"SEND Code of Practice, paragraph {number}",
        headings=("Chapter 9: Plans",),
        text=text,
        url="https://example.org/code.pdf#page=1",
    )


PASSAGES = [
    _passage("9.1", "Most children have their needs met in mainstream schools."),
    _passage("9.2", "A plan sets out provision. " * 120),
    _passage("9.3", "A local authority must conduct an assessment when it may be necessary."),
]
ANNOTATIONS = {
    PassageId("cop:9.3"): Annotation(
        id=PassageId("cop:9.3"),
        gist="The council must assess when a plan may be needed.",
        qa=(QA(q="When does the council have to assess?", a="When a plan may be needed."),),
    )
}


Build = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def few_scope_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each build learns what belongs here: a few questions of each kind do for these tests."""
    few = {kind: questions[:6] for kind, questions in load_scope_questions().items()}
    monkeypatch.setattr(index_module, "load_scope_questions", lambda: {kind: [*few[kind]] for kind in few})


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def build(config: Settings) -> Build:
    def run(
        passages: list[Passage] = PASSAGES, annotations: dict[PassageId, Annotation] = ANNOTATIONS, **options: bool
    ) -> Outcome:
        digest = index_digest([repr(passages)], annotations, PACKAGED)
        return build_index(digest, lambda: (passages, STATE), annotations, config, progress=False, **options)

    return run


def test_a_second_run_with_nothing_changed_reads_and_embeds_nothing(build: Build, config: Settings) -> None:
    first = build()
    assert first.embedded == first.units > 4

    def must_not_read() -> tuple[list[Passage], tuple[SourceState, ...]]:
        raise AssertionError("nothing changed, so nothing needs to be read")

    digest = index_digest([repr(PASSAGES)], ANNOTATIONS, PACKAGED)
    second = build_index(digest, must_not_read, ANNOTATIONS, config, progress=False)
    assert (second.embedded, second.removed, second.folder) == (0, 0, first.folder)


def test_a_changed_passage_alone_is_embedded_again_and_a_vanished_one_is_removed(build: Build) -> None:
    first = build()
    changed = [PASSAGES[0], replace(PASSAGES[2], text="A local authority must assess.")]
    second = build(changed)
    assert second.embedded == 1
    assert second.removed == first.units - second.units > 0
    kept = set(open_collection(second.folder).get(include=[])["ids"])
    assert {passage_of(unit) for unit in kept} == {"cop:9.1", "cop:9.3"}
    assert len(kept) == second.units
    assert [passage.id for passage in read_passages(second.folder / "passages.jsonl")] == ["cop:9.1", "cop:9.3"]


def test_a_new_question_about_what_belongs_here_alone_is_embedded(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    known = index_module.load_scope_questions()
    more = {**known, Scope.OUT_OF_SCOPE: ["How do I prune a plum tree?", *known[Scope.OUT_OF_SCOPE]]}
    monkeypatch.setattr(index_module, "load_scope_questions", lambda: more)
    embedded: list[str] = []
    original = Embedder.embed_many

    def noted(self: Embedder, texts: list[str]) -> Any:
        embedded.extend(texts)
        return original(self, texts)

    monkeypatch.setattr(Embedder, "embed_many", noted)
    outcome = build(PASSAGES[:2], {})
    assert embedded == ["How do I prune a plum tree?"]
    assert outcome.embedded == 0


def test_the_changed_text_is_what_is_found_afterwards(build: Build) -> None:
    build()
    outcome = build([*PASSAGES[:2], replace(PASSAGES[2], text="Transport by taxi to a swimming pool.")])
    vector = Embedder(PACKAGED).embed("Transport by taxi to a swimming pool")
    found = open_collection(outcome.folder).query(query_embeddings=vector.reshape(1, -1), n_results=1)
    assert found["ids"] == [["cop:9.3#text.0"]]
    words = WordIndex.load(outcome.folder / "words" / "all")
    assert words.passages[int(words.scores("swimming pool taxi").argmax())] == "cop:9.3"


def test_an_interrupted_run_leaves_the_old_index_serving_and_is_gone_on_with(
    build: Build, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = build([PASSAGES[0]], {})
    monkeypatch.setattr(index_module, "_BATCH", 1)
    original = KeptVectors.add
    saved: list[int] = []

    def stop_after_two(self: KeptVectors, *batch: Any) -> None:
        original(self, *batch)
        saved.append(1)
        if len(saved) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(KeptVectors, "add", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        build()
    assert config.current_index == old.folder
    assert read_stamp(old.folder).units == old.units
    monkeypatch.setattr(KeptVectors, "add", original)
    resumed = build()
    assert config.current_index == resumed.folder != old.folder
    assert 0 < resumed.embedded == resumed.units - old.units - 2


def test_rebuild_embeds_everything_anew(build: Build) -> None:
    first = build()
    again = build(rebuild=True)
    assert again.embedded == first.units and again.folder != first.folder


def test_an_unreadable_stamp_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "stamp.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexMissing, match="python -m ingest --rebuild"):
        read_stamp(tmp_path)


def test_no_unit_is_longer_than_the_embedder_reads_and_a_long_passage_loses_nothing() -> None:
    embedder = Embedder(PACKAGED)
    units = list(make_units(PASSAGES, ANNOTATIONS, embedder.split, embedder.count_tokens, embedder.limit))
    assert embedder.limit == 254
    assert all(embedder.count_tokens(unit.text) <= embedder.limit for unit in units)
    pieces = [unit.text.removeprefix("Chapter 9: Plans. ") for unit in units if unit.id.startswith("cop:9.2#")]
    assert len(pieces) > 1
    assert "".join("".join(pieces).split()) == "".join((PASSAGES[1].text or "").split())


def test_distances_are_cosine_distances(build: Build) -> None:
    collection = open_collection(build().folder)
    assert collection.configuration["hnsw"]["space"] == "cosine"


def test_bm25_keeps_references_whole(tmp_path: Path) -> None:
    names = [PassageId("a"), PassageId("b"), PassageId("c")]
    texts = ["see paragraph 9.14 there", "see 9 and 14 there", "x 8(4)"]
    WordIndex.build(list(zip(names, texts, strict=True))).save(tmp_path)
    words = WordIndex.load(tmp_path)
    assert (words.scores("9.14") > 0).tolist() == [True, False, False]
    assert (words.scores("36 8(4)") > 0).tolist() == [False, False, True]
    assert not words.scores("the of").any()


def test_letters_find_what_is_misspelt(tmp_path: Path) -> None:
    texts = [(PassageId("a"), "appeal to the tribunal"), (PassageId("b"), "transport by taxi")]
    LetterIndex.build(texts).save(tmp_path)
    scores = LetterIndex.load(tmp_path).scores("apeal too the tribunul")
    assert scores[0] > 2 * scores[1]


def test_altered_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import ingest.embedder as module
    from ingest.errors import EmbedderError

    monkeypatch.setattr(module, "_WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EmbedderError, match="aren't those that were tested"):
        _ = Embedder(PACKAGED).folder
