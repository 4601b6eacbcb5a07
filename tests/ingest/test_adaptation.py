"""The additions to the packaged embedder's weights."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load_file

from assistant.library import Library
from corpus.annotation import load_annotations
from corpus.settings import settings
from ingest import adaptation
from ingest.adaptation import RANK, SCALE, adapted_layers, is_held_out
from ingest.embedder import ADAPTED, PACKAGED, Embedder
from ingest.errors import IndexMissing

QUESTIONS = [qa.q for annotation in load_annotations().values() for qa in annotation.qa]


@pytest.fixture(scope="module")
def adapted() -> Embedder:
    return Embedder(ADAPTED)


@pytest.fixture(scope="module")
def packaged() -> Embedder:
    return Embedder(PACKAGED)


def test_every_layer_has_its_addition_and_the_weights_carry_it(adapted: Embedder, packaged: Embedder) -> None:
    kept = load_file(adaptation.FILE)
    own = adapted_layers(adapted.model._model[0].auto_model)
    plain = adapted_layers(packaged.model._model[0].auto_model)
    assert {name.rpartition(".")[0] for name in kept} == own.keys() == plain.keys()
    for name, layer in own.items():
        up, down = kept[f"{name}.up"].astype(np.float32), kept[f"{name}.down"].astype(np.float32)
        assert down.shape[0] == up.shape[1] == RANK
        change = (layer.weight - plain[name].weight).detach().numpy()
        assert np.allclose(change, SCALE * up @ down, atol=1e-5)


def test_the_two_models_are_told_apart(adapted: Embedder, packaged: Embedder) -> None:
    assert adapted.identity != packaged.identity
    assert adapted.embed("mediation") @ packaged.embed("mediation") < 0.999


def test_about_one_question_in_five_is_held_out_and_always_the_same_ones() -> None:
    held_out = [question for question in QUESTIONS if is_held_out(question)]
    assert 0.17 < len(held_out) / len(QUESTIONS) < 0.24
    assert is_held_out(QUESTIONS[0]) == is_held_out(str(QUESTIONS[0]))


def test_questions_it_never_saw_are_nearer_to_other_questions_of_their_passage(
    adapted: Embedder, packaged: Embedder
) -> None:
    """Mean reciprocal rank of a passage, by its own other questions among those of every tenth passage."""
    notes = [note for note in list(load_annotations().values())[::10] if len(note.qa) > 1]
    unseen = [(place, qa.q) for place, note in enumerate(notes) for qa in note.qa if is_held_out(qa.q)]
    shown = [(place, qa.q) for place, note in enumerate(notes) for qa in note.qa if not is_held_out(qa.q)]
    unseen = [(place, text) for place, text in unseen if any(place == other for other, _ in shown)]

    def rank(embedder: Embedder) -> float:
        scores = embedder.embed_many([t for _, t in unseen]) @ embedder.embed_many([t for _, t in shown]).T
        total = 0.0
        for (place, _), row in zip(unseen, scores, strict=True):
            order = list(dict.fromkeys(shown[column][0] for column in np.argsort(-row)))
            total += 1 / (1 + order.index(place))
        return total / len(unseen)

    assert len(unseen) > 50
    assert rank(adapted) > rank(packaged) + 0.05


def test_an_index_of_another_model_is_not_searched(library: Library) -> None:
    with pytest.raises(IndexMissing, match="another embedding model"):
        Library(library.folder, settings().model_copy(update={"embedder": PACKAGED}))
