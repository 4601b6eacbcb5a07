"""A cross-encoder, where one is configured: it reads question and passage together, and ranks better than vectors do.

None is in a package, so none is used by default; one costs many times what all else does.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.errors import EmbedderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker:
    """A sentence-transformers cross-encoder, loaded when it is first used."""

    def __init__(self, name: str) -> None:
        """`name` is a sentence-transformers name or folder."""
        self.name = name
        self._working = threading.Lock()

    @cached_property
    def model(self) -> CrossEncoder:
        """The model; raises EmbedderError where it can't be loaded."""
        local = Path(self.name).is_dir()
        if local:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(self.name, local_files_only=local)
        except (OSError, ValueError) as error:
            raise EmbedderError(
                f"The cross-encoder {self.name!r} can't be loaded: {error}. "
                "Unset ASK_THE_CODE_RERANKER to do without one."
            ) from error
        return model

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each of `texts` answers `question`: higher is better, comparable within one question only."""
        with self._working:
            found = self.model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(found, dtype=np.float32).reshape(len(texts))
