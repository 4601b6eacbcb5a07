"""The addresses that are served. All else that Gradio would serve (files, uploads, proxies, monitoring) is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

API = "/gradio_api"


class Kind(StrEnum):
    """What serving an address means."""

    PAGE = "page"
    """What the page is made of, and what programs read before they call."""
    CALL = "call"
    """A call of one of our functions: it costs something, so it is limited."""
    STREAM = "stream"
    """An answer on its way, or the sign that a page is still open: it stays open."""
    SMALL = "small"
    """A small request of the page about a call."""
    OPERATION = "operation"
    """For those who run the app."""
    PROBE = "probe"
    """For those who run the app, open without a login: it says nothing but yes or no."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address that is served; `{name}` in it stands for one part, `{path}` for the rest."""

    template: str
    kind: Kind

    @property
    def methods(self) -> frozenset[str]:
        """The HTTP methods it answers."""
        return frozenset({"POST"} if self.kind in (Kind.CALL, Kind.SMALL) else {"GET", "HEAD"})


_TEMPLATES = {
    Kind.PAGE: (
        "/",
        "/assets/{path}",
        "/static/{path}",
        "/svelte/{path}",
        "/theme.css",
        "/manifest.json",
        "/favicon.ico",
        "/pwa_icon/{size}",
        "/robots.txt",
        "/config",
        f"{API}/info",
        f"{API}/openapi.json",
        f"{API}/startup-events",
    ),
    Kind.CALL: (
        f"{API}/queue/join",
        f"{API}/call/{{name}}",
        f"{API}/call/v2/{{name}}",
        f"{API}/run/{{name}}",
        f"{API}/api/{{name}}",
    ),
    Kind.STREAM: (
        f"{API}/queue/data",
        f"{API}/heartbeat/{{session}}",
        f"{API}/call/{{name}}/{{event}}",
        f"{API}/call/v2/{{name}}/{{event}}",
    ),
    Kind.SMALL: (f"{API}/cancel", f"{API}/reset"),
    Kind.OPERATION: ("/metrics",),
    Kind.PROBE: ("/health", "/ready"),
}
ADDRESSES = tuple(Address(template, kind) for kind, templates in _TEMPLATES.items() for template in templates)


def find_addresses(path: str) -> list[Address]:
    """The addresses that `path` may be: none where it isn't served, more than one where the method tells."""
    if ".." in path or "\\" in path or "\0" in path or "//" in path:
        return []
    return [address for pattern, address in _patterns() if pattern.fullmatch(path)]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Address], ...]:
    return tuple((_pattern(address.template), address) for address in ADDRESSES)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    fixed = [
        (".+" if part == "{path}" else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts if part
    ]
    return re.compile("".join(fixed) + ("/?" if template != "/" else ""))
