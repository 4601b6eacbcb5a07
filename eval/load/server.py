"""What a server under load tells of itself, read from its /metrics while people ask."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

_EVERY = 1.0  # seconds
_MEMORY = "process_resident_memory_bytes"
_PROCESSOR = "process_cpu_seconds_total"
_WAITING = "ask_the_code_queue_waiting"


@dataclass
class Watch:
    """Readings of one server, oldest first; empty where it doesn't let them be read."""

    url: str
    memory: list[float] = field(default_factory=list)
    """MB."""
    processor: list[float] = field(default_factory=list)
    """Seconds of processor time that it has used so far."""
    waiting: list[float] = field(default_factory=list)
    """Calls that wait for their turn."""

    async def until_cancelled(self) -> None:
        """Read every second."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False) as client:
            while True:
                await self.read(client)
                await asyncio.sleep(_EVERY)

    async def read(self, client: httpx.AsyncClient) -> None:
        """Read once; a reading that fails is left out."""
        with suppress(httpx.HTTPError):
            figures = gauges((await client.get("/metrics")).text)
            if _MEMORY in figures:
                self.memory.append(figures[_MEMORY] / 1_000_000)
            if _PROCESSOR in figures:
                self.processor.append(figures[_PROCESSOR])
            if _WAITING in figures:
                self.waiting.append(figures[_WAITING])


def gauges(text: str) -> dict[str, float]:
    """The figures without labels in Prometheus' text format."""
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name and not name.startswith("#") and "{" not in name:
            with suppress(ValueError):
                found[name] = float(value)
    return found
