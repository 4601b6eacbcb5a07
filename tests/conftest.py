"""What the tests of every floor share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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
