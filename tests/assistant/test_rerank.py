"""A cross-encoder behind its setting: a tiny one with drawn weights stands in for one from a hub."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.library import Library
from assistant.rerank import Reranker
from assistant.retrieve import retrieve
from assistant.turn import Turn
from corpus.settings import settings
from ingest.embedder import PACKAGED, Embedder
from ingest.errors import EmbedderError

QUESTION = "how long has the council got to answer my request?"


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = AutoTokenizer.from_pretrained(Embedder(PACKAGED).folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_the_cross_encoder_puts_the_passages_found_in_order_once_more(library: Library, cross_encoder: Path) -> None:
    reranked = Library(library.folder, settings().model_copy(update={"reranker": str(cross_encoder)}))
    before, after = Turn(QUESTION, resolved=QUESTION), Turn(QUESTION, resolved=QUESTION)
    retrieve(before, library)
    retrieve(after, reranked)
    assert set(after.retrieved) == set(before.retrieved)
    assert after.retrieved != before.retrieved
    assert [hit.score for hit in after.hits] == [hit.score for hit in before.hits]
    texts = [
        f"{library.annotations[name].gist} {library.passages[name].text or ''}".strip() for name in after.retrieved
    ]
    scores = Reranker(str(cross_encoder)).scores(QUESTION, texts)
    assert np.all(np.diff(scores) <= 1e-5)


def test_each_passage_keeps_its_own_question(library: Library, cross_encoder: Path) -> None:
    reranked = Library(library.folder, settings().model_copy(update={"reranker": str(cross_encoder)}))
    before, after = Turn(QUESTION, resolved=QUESTION), Turn(QUESTION, resolved=QUESTION)
    retrieve(before, library)
    retrieve(after, reranked)
    assert {hit.passage: hit.question for hit in after.hits} == {hit.passage: hit.question for hit in before.hits}


def test_a_cross_encoder_that_is_not_there_is_said_before_the_first_question(library: Library, tmp_path: Path) -> None:
    named = Library(library.folder, settings().model_copy(update={"reranker": str(tmp_path)}))
    with pytest.raises(EmbedderError, match="ASK_THE_CODE_RERANKER"):
        named.warm_up()
