"""Figures of the Code that have no readable text: transcribed in our own words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from corpus.passage import PassageId

FIGURES_FILE = Path(__file__).with_name("figures.yaml")


class Figure(BaseModel):
    """One figure: where it stands, and what it says where that has a meaning of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PassageId
    title: str
    pages: tuple[int, ...]
    whole: bool
    """Whether the figure fills its pages."""
    chapter: int
    lines: tuple[str, ...]
    """The transcription; empty for a figure that only illustrates the text beside it."""


@cache
def load_figures(path: Path = FIGURES_FILE) -> tuple[Figure, ...]:
    """The figures in the order of their pages."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(sorted((Figure.model_validate(row) for row in rows), key=lambda figure: figure.pages))
