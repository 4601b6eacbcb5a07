"""Stretches of a text that don't overlap: of two that would, the one that was found first stays."""

from __future__ import annotations

from bisect import bisect_left
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Stretches(Generic[Item]):
    """What was found in a text, in reading order; thousands of finds take no longer each than a few do."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._found: list[tuple[int, int, Item]] = []

    def add(self, start: int, end: int, item: Item) -> bool:
        """Add `item`, which stands from `start` to `end`; False where something found before overlaps it."""
        place = bisect_left(self._starts, start)
        before = place and self._found[place - 1][1] > start
        after = place < len(self._starts) and self._starts[place] < end
        if before or after:
            return False
        self._starts.insert(place, start)
        self._found.insert(place, (start, end, item))
        return True

    @property
    def items(self) -> list[Item]:
        """What was added, in reading order."""
        return [item for _, _, item in self._found]
