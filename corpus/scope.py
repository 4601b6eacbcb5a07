"""Questions that teach what belongs here: answerable from the sources, near them, or not about them at all."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

SCOPE = Path(__file__).with_name("scope")


class Scope(StrEnum):
    """Where a question belongs."""

    ANSWERABLE = "answerable"
    """The sources answer it."""
    NOT_COVERED = "not_covered"
    """About special needs or disability in England, but not in the sources."""
    OUT_OF_SCOPE = "out_of_scope"
    """About something else."""
    URGENT = "urgent"
    """Someone may come to harm."""
    ELSEWHERE = "elsewhere"
    """About the law of another country."""


_FILES: dict[Scope, tuple[str, ...]] = {
    # words of danger without a danger, and places that are merely mentioned, are answerable like any other
    Scope.ANSWERABLE: ("answerable.txt", "not_urgent.txt", "england_places.txt"),
    Scope.NOT_COVERED: ("not_covered.txt",),
    Scope.OUT_OF_SCOPE: ("out_of_scope.txt",),
    Scope.URGENT: ("urgent.txt",),
    Scope.ELSEWHERE: ("elsewhere.txt",),
}


def load_scope_questions(folder: Path = SCOPE) -> dict[Scope, list[str]]:
    """The questions of each kind: one a line, lines that start with `#` aside."""
    return {kind: [line for name in names for line in _lines(folder / name)] for kind, names in _FILES.items()}


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
