"""What people call things, in the words of the law."""

from __future__ import annotations

import re

_PLAN = re.compile(r"\be\.?h\.?c\.?p(s?)\b|\bechp(s?)\b", re.IGNORECASE)


def plan_in_full(question: str) -> str:
    """`question` with "EHCP" as "EHC plan": the embedder knows the words, not the letters."""
    return _PLAN.sub(lambda match: f"EHC plan{match[1] or match[2] or ''}", question)
