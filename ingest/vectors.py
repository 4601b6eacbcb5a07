"""The store of vectors: one Chroma collection for each index, in its folder or on a Chroma server."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexMissing

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

COLLECTION = "units"
"""The name of the collection in an index folder."""
_PREFIX = "ask-the-code-"  # of the names of collections on a server, which other programs may use too
_CONNECT, _READ, _WRITE = 3.0, 10.0, 60.0  # seconds to reach the server, for a search, and for a batch of units


class VectorsAway(IndexMissing):
    """The vectors of an index can't be had now, so nothing can be answered; the message says what to do."""


def open_collection(folder: Path, url: str = "") -> Collection:
    """The Chroma collection of the index in `folder`, made if it isn't there; distances are cosine distances.

    It is in the folder itself or, where `url` names a Chroma server, on that server under the folder's name.
    Raises VectorsAway where the server can't be reached.
    """
    if url:
        with reaching(url):
            return _Server(url, _WRITE).collection(folder, make=True)
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(path=str(folder / "chroma"), settings=ChromaSettings(anonymized_telemetry=False))
    return client.get_or_create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )


def drop_collection(folder: Path, url: str) -> None:
    """Remove the collection of the index in `folder` from the server, where it is there; raises VectorsAway."""
    with reaching(url), closing(_Server(url, _WRITE)) as server:
        server.drop(folder)


def lack_of_vectors(folder: Path, units: int, url: str) -> str:
    """What the store of the index in `folder` lacks of its `units` vectors, in words; empty where all are there.

    Raises VectorsAway where the server can't be reached.
    """
    if not url:
        return "" if (folder / "chroma").is_dir() else f"its vectors are not in {folder}"
    with reaching(url), closing(_Server(url, _READ)) as server:
        found = server.count(folder)
    return "" if found == units else f"{url} has {found} of its {units} vectors"


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Raise VectorsAway for whatever goes wrong between here and the Chroma server `url`; without one, nothing."""
    try:
        yield
    except VectorsAway:
        raise
    except Exception as error:  # those of Chroma's client, of HTTP and of what isn't Chroma share no parent
        if not url:
            raise
        raise VectorsAway(
            f"The Chroma server at {url} doesn't serve ({str(error) or type(error).__name__}). "
            "Start it with `chroma run`, or mend ASK_THE_CODE_CHROMA_URL."
        ) from error


class Vectors:
    """The vectors of one whole index, to be searched. A server that was away is found again by itself."""

    def __init__(self, folder: Path, units: int, url: str = "") -> None:
        """The index in `folder`, which has `units` of them: in the folder itself, or on the Chroma server `url`."""
        self._folder, self._units, self._url = folder, units, url
        self._lock = threading.Lock()
        self._open: _Open | None = None

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """The units nearest to `vector` as (unit id, cosine similarity), nearest first: all that were asked for.

        Raises VectorsAway where the store can't be reached, or holds less than it should.
        """
        wanted = min(limit, self._units)
        with reaching(self._url):
            opened = self._opened()
            try:
                return _search(opened.collection, vector, wanted)
            except Exception:
                if not self._url:
                    raise
                self._forget(opened)
            # the connection may have been an old one, or the server have its collections under other ids by now
            return _search(self._opened().collection, vector, wanted)

    def _opened(self) -> _Open:
        with self._lock:
            if self._open is None:
                if lack := lack_of_vectors(self._folder, self._units, self._url):
                    raise VectorsAway(
                        f"This index can't be searched: {lack}. Run `python -m ingest`, then start again."
                    )
                if self._url:
                    server = _Server(self._url, _READ)
                    self._open = _Open(server.collection(self._folder), server)
                else:
                    self._open = _Open(open_collection(self._folder))
            return self._open

    def _forget(self, opened: _Open) -> None:
        with self._lock:
            if self._open is opened:
                self._open = None
                if opened.server is not None:
                    opened.server.close()


@dataclass(frozen=True, slots=True)
class _Open:
    """A collection that is open and, where it is on one, the server."""

    collection: Collection
    server: _Server | None = None


class _Server:
    """A Chroma server, with time-outs: `chromadb.HttpClient` has none, not even while it is made."""

    def __init__(self, url: str, patience: float) -> None:
        """The server at `url`, which may take `patience` seconds for an answer."""
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import httpx
        from chromadb.api.fastapi import FastAPI
        from chromadb.config import Settings as ChromaSettings
        from chromadb.config import System

        system = System(
            ChromaSettings(
                anonymized_telemetry=False,
                chroma_server_host=url,
                chroma_server_http_port=0,  # asked for, but the address has its own
                chroma_server_ssl_verify=url.startswith("https:"),
            )
        )
        self._api = system.instance(FastAPI)
        self._api._session.timeout = httpx.Timeout(patience, connect=_CONNECT)

    def collection(self, folder: Path, *, make: bool = False) -> Collection:
        """The collection of the index in `folder`, made where that is wanted, else NotFoundError is raised."""
        from chromadb.api.models.Collection import Collection

        name = _PREFIX + folder.name
        if make:
            model = self._api.create_collection(name, configuration={"hnsw": {"space": "cosine"}}, get_or_create=True)
        else:
            model = self._api.get_collection(name)
        return Collection(client=self._api, model=model, embedding_function=None)

    def count(self, folder: Path) -> int:
        """The number of vectors of the index in `folder`; none where it has no collection."""
        from chromadb.errors import NotFoundError

        try:
            return self.collection(folder).count()
        except NotFoundError:
            return 0

    def drop(self, folder: Path) -> None:
        """Remove the collection of the index in `folder`, where it is there."""
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            self._api.delete_collection(_PREFIX + folder.name)

    def close(self) -> None:
        """Close the connections."""
        self._api._session.close()


def _search(collection: Collection, vector: NDArray[np.float32], wanted: int) -> list[tuple[str, float]]:
    found = collection.query(query_embeddings=vector.reshape(1, -1), n_results=wanted, include=["distances"])
    names, distances = found["ids"][0], (found["distances"] or [[]])[0]
    if len(names) != wanted:
        raise VectorsAway(f"The store of vectors gave {len(names)} of {wanted} units. Run `python -m ingest`.")
    return [(name, 1 - distance) for name, distance in zip(names, distances, strict=True)]
