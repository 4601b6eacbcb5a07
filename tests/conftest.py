"""What the tests of every floor share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.library import Library
from ingest.errors import IndexMissing


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of the official documents; without it the tests fail, for they would prove nothing."""
    named = os.environ.get("ASK_THE_CODE_SOURCES")
    if not named:
        pytest.fail("Set ASK_THE_CODE_SOURCES to the folder of the official documents and run again.")
    folder = Path(named).resolve()
    if not folder.is_dir():
        pytest.fail(f"ASK_THE_CODE_SOURCES names {named}, which is not a folder.")
    return folder


@pytest.fixture(scope="session")
def library() -> Library:
    """The library over the real sources, as `python -m ingest` has built it."""
    try:
        opened = Library.open()
    except IndexMissing as error:
        pytest.fail(str(error))
    missing = [state.id for state in opened.stamp.sources if state.origin == "missing"]
    if missing:
        pytest.fail(f"The index lacks official text ({', '.join(missing)}). Run `python -m ingest --from FOLDER`.")
    return opened
