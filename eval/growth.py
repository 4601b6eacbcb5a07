"""Does it still serve when there is ten or a hundred times as much to search? The same store, filled up and timed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from assistant.library import Library
from assistant.retrieve import DEPTH
from corpus.settings import settings
from eval.speed import machine, percentiles
from ingest.vectors import open_collection

Vectors = NDArray[np.float32]
JITTER = 0.5
"""Length of the random step from a unit to its copy, whose own length is 1: their cosine is about 0.89."""
FACTORS = (1, 10)
_NEAREST = 10
_BATCH = 5000
_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Grown:
    """What a store of one size costs and finds."""

    factor: int
    units: int
    build_s: float
    """Seconds to write all units into the store."""
    disk_mb: float
    p50_ms: float
    """Half of the searches, as deep as the assistant's own, took no longer."""
    p95_ms: float
    exact_p50_ms: float
    """The same by comparing with every unit, in memory."""
    recall: float
    """The share of the ten truly nearest units that the store names among its first ten."""


def grow(library: Library, questions: Sequence[str], factors: Sequence[int] = FACTORS) -> dict[str, Any]:
    """Measure stores of the library's units times each of `factors`, one after another in a temporary folder."""
    asked = library.embed_many(questions)
    units = _stored(library)
    return {
        "machine": machine(),
        "questions": len(questions),
        "depth": DEPTH,
        "jitter": JITTER,
        "sizes": [asdict(measure_growth(units, asked, factor)) for factor in factors],
    }


def _stored(library: Library) -> Vectors:
    """The vectors of the library's own units."""
    collection = open_collection(library.folder, settings().chroma_url)
    return np.asarray(collection.get(include=["embeddings"])["embeddings"], dtype=np.float32)


def measure_growth(units: Vectors, asked: Vectors, factor: int) -> Grown:
    """Fill a store with `units` and their copies, and search it for each vector of `asked`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        free, wanted = shutil.disk_usage(folder).free, 6 * units.nbytes * factor
        if free < wanted:
            raise OSError(f"{factor} times as many units need {wanted >> 20} MB of disk; {free >> 20} MB are free.")
        whole = copies(units, factor)
        started = time.perf_counter()
        collection = open_collection(folder)
        for start in tqdm(range(0, len(whole), _BATCH), desc=f"Filling, {factor} times", unit="batch"):
            part = whole[start : start + _BATCH]
            collection.add(ids=[f"copy:{start + place}" for place in range(len(part))], embeddings=part)
        build = time.perf_counter() - started
        seconds, found = [], []
        for place, vector in enumerate([*asked[:_WARM_UP], *asked]):
            started = time.perf_counter()
            row = collection.query(query_embeddings=vector.reshape(1, -1), n_results=DEPTH, include=["distances"])
            if place >= _WARM_UP:
                seconds.append(time.perf_counter() - started)
                found.append([int(unit.partition(":")[2]) for unit in row["ids"][0][:_NEAREST]])
        exact_seconds, exact = _exact(whole, asked)
        shares = [len({*mine} & {*true}) / _NEAREST for mine, true in zip(found, exact, strict=True)]
        p50, p95 = percentiles(seconds)
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
        return Grown(factor, len(whole), build, disk, p50, p95, percentiles(exact_seconds)[0], float(np.mean(shares)))


def copies(units: Vectors, factor: int, jitter: float = JITTER, seed: int = 0) -> Vectors:
    """`units`, then `factor` - 1 copies of each a random step of length `jitter` away, all of length 1."""
    random = np.random.default_rng(seed)
    whole = np.empty((len(units) * factor, units.shape[1]), dtype=np.float32)
    for place, block in enumerate(_blocks(units, factor, jitter, random)):
        whole[place * len(units) : (place + 1) * len(units)] = block
    return whole


def _blocks(units: Vectors, factor: int, jitter: float, random: np.random.Generator) -> Iterator[Vectors]:
    yield units / np.linalg.norm(units, axis=1, keepdims=True)
    for _ in range(factor - 1):
        step = random.standard_normal(units.shape, dtype=np.float32)
        step *= jitter / np.linalg.norm(step, axis=1, keepdims=True)
        moved = units + step
        yield moved / np.linalg.norm(moved, axis=1, keepdims=True)


def _exact(whole: Vectors, asked: Vectors) -> tuple[list[float], list[list[int]]]:
    """The truly nearest units of each vector, and the seconds that finding them took."""
    seconds, found = [], []
    for vector in asked:
        started = time.perf_counter()
        likeness = whole @ vector
        best = np.argpartition(-likeness, _NEAREST)[:_NEAREST]
        seconds.append(time.perf_counter() - started)
        found.append([int(place) for place in best])
    return seconds, found


def table(study: dict[str, Any]) -> str:
    """The study in Markdown."""
    lines = ["| units | filling | disk | search p50 | p95 | exact p50 | recall@10 |", "|---" * 7 + "|"]
    for row in study["sizes"]:
        cells = (
            f"{row['units']:,}",
            f"{row['build_s']:.0f} s",
            f"{row['disk_mb']:.0f} MB",
            f"{row['p50_ms']:.1f} ms",
            f"{row['p95_ms']:.1f} ms",
            f"{row['exact_p50_ms']:.1f} ms",
            f"{row['recall']:.3f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
