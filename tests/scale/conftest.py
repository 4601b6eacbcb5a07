"""A Chroma server for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from topology import ChromaServer, free_port, running


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("chroma") / "data", free_port())
    with running(server):
        yield server
