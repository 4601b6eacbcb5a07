"""A stand-in for the embedding model: its vectors depend on the text and on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


class StandIn:
    """What a build needs of a model."""

    limit = 254
    identity = "stand-in"

    def __init__(self, name: str) -> None:
        self.name = name

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def split(self, text: str, limit: int) -> list[str]:
        return [text]

    def embed_many(self, texts: list[str]) -> NDArray[np.float32]:
        return np.array([vector_of(text) for text in texts], dtype=np.float32)


def vector_of(text: str) -> NDArray[np.float32]:
    """The vector that stands for `text`, of length 1."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    vector = np.random.default_rng(seed).normal(size=384)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
