"""The vector store with several times as much in it."""

from __future__ import annotations

import numpy as np
import pytest

from eval.growth import copies, measure_growth, table


def _units(count: int = 120, size: int = 16) -> np.ndarray:
    units = np.random.default_rng(1).standard_normal((count, size)).astype(np.float32)
    return units / np.linalg.norm(units, axis=1, keepdims=True)


def test_copies_lie_near_their_units_and_none_is_the_same() -> None:
    units = _units()
    whole = copies(units, 3, jitter=0.5)
    assert whole.shape == (360, 16)
    assert np.linalg.norm(whole, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.allclose(whole[:120], units, atol=1e-6)
    likeness = (whole[120:240] * units).sum(axis=1)
    # a unit and a step of length 0.5 across it: cos = 1 / sqrt(1 + 0.25)
    assert likeness.mean() == pytest.approx(1 / 1.25**0.5, abs=0.03)
    assert not np.allclose(whole[120:240], whole[240:], atol=1e-3)


def test_a_grown_store_is_filled_searched_and_held_against_the_exact_search() -> None:
    units = _units()
    found = measure_growth(units, units[:20], 2)
    assert (found.factor, found.units) == (2, 240)
    assert found.recall >= 0.99  # so few vectors are as good as searched one by one
    assert 0 < found.p50_ms <= found.p95_ms
    assert found.disk_mb > 0


def test_the_table_has_a_row_for_each_size() -> None:
    row = {"units": 7503, "build_s": 3, "disk_mb": 20, "p50_ms": 1, "p95_ms": 2, "exact_p50_ms": 3, "recall": 0.99}
    lines = table({"sizes": [row, row | {"units": 75030}]}).splitlines()
    assert len(lines) == 4
    assert "75,030" in lines[3]
