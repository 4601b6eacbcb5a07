"""The fixed words of answers, kept in `phrases.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PHRASES_FILE = Path(__file__).with_name("phrases.yaml")


@cache
def _phrases() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(PHRASES_FILE.read_text(encoding="utf-8"))
    return loaded


def phrase(*path: str, **values: object) -> str:
    """The words at `path`, with `{...}` filled in from `values`; KeyError where there are none."""
    found: Any = _phrases()
    for key in path:
        found = found[key]
    return str(found).strip().format(**values)


def has_phrase(*path: str) -> bool:
    """Whether there are words at `path`."""
    found: Any = _phrases()
    for key in path:
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return True
