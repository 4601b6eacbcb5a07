"""How many cases the fuzz tests tried; it runs after all of them."""

from __future__ import annotations

from hostile import TRIED

LEAST = 100_000


def test_at_least_100_000_hostile_cases_were_tried() -> None:
    tried = sum(TRIED.values())
    assert tried >= LEAST, f"{tried:,} cases; run the whole folder: pytest tests/fuzz"
