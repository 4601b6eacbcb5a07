"""`python tests/fuzz/guided.py TARGET [ARGUMENTS]`: libFuzzer hunts where the seeded cases of the tests don't reach.

It needs the package atheris, which has wheels for x86-64 only, so no test and no installation depends on it. What it
finds becomes a seed in `hostile.py`. Arguments are libFuzzer's, such as `-max_total_time=600 -seed=1`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date

import atheris

with atheris.instrument_imports(include=["assistant", "corpus"]):
    from assistant.mask import mask
    from assistant.references import find_references
    from assistant.spoken_dates import find_dates
    from assistant.visible import clean
    from assistant.web.markup import blocks, official


def _masking(text: str) -> None:
    mask(clean(text)[:400])


def _markup(text: str) -> None:
    assert "<script" not in str(blocks(text)) + str(official(text))


TARGETS: dict[str, Callable[[str], object]] = {
    "references": find_references,
    "dates": lambda text: find_dates(text, date(2026, 11, 25)),
    "masking": _masking,
    "cleaning": lambda text: clean(clean(text)),
    "markup": _markup,
}


def main() -> None:
    """Fuzz the target that is named first on the command line."""
    target = TARGETS[sys.argv.pop(1)]

    def one(data: bytes) -> None:
        target(atheris.FuzzedDataProvider(data).ConsumeUnicode(len(data)))

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
