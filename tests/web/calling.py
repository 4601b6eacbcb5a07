"""A program that calls the server, down to the bytes, and reads its figures."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial

import httpx
from prometheus_client.parser import text_string_to_metric_families

Serve = Callable[..., str]
"""Serves the page with some settings changed; gives its address."""
JOIN = "/gradio_api/queue/join"
CALL = "/gradio_api/call/passage"
PASSAGE = {"data": ["cop:9.14"]}

_PATIENCE = 60
"""Seconds: where many tests run at once the machine is slow."""
get = partial(httpx.get, timeout=_PATIENCE)
post = partial(httpx.post, timeout=_PATIENCE)


def message(response: httpx.Response) -> str:
    return str(response.json()["error"]["message"])


def raw(site: str, request: bytes) -> bytes:
    """What the server answers to these bytes, until it closes the connection."""
    url = httpx.URL(site)
    with closing(socket.create_connection((url.host, url.port or 80), timeout=30)) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65536), b""))


def gauge(address: str, name: str) -> float:
    return figures(address)[(f"ask_the_code_{name}", ())]


def figures(address: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = get(f"{address}/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
