"""The words of the report, kept in `report_words.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("report_words.yaml")


@cache
def report_words() -> dict[str, dict[str, Any]]:
    """What the figures call by short names, in words: group to name to words."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def sentence(name: str, **values: object) -> str:
    """A sentence of the report, with `{...}` filled in from `values`; KeyError where there is none."""
    return str(report_words()["sentences"][name]).format(**values)
