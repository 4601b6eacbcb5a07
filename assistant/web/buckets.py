"""Token buckets: how many calls each client may make, in memory only."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

_MOST_CLIENTS = 10_000  # of which calls are remembered; the one unseen for longest goes first


class Buckets:
    """One bucket for each client: full at first, each call takes one token, and it fills up within a minute."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `a_minute` calls a minute, and as many at once; 0 for any number."""
        self._most = float(a_minute)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, client: str, tokens: int = 1) -> float:
        """Take tokens for one call of `client`; the seconds to wait where there are too few, else 0.

        With no tokens to take it only tells whether a call would be allowed.
        """
        if not self._most:
            return 0.0
        now = self._clock()
        left, counted = self._left.pop(client, (self._most, now))
        left = min(self._most, left + (now - counted) * self._most / 60)
        wait = max(0.0, (1 - left) * 60 / self._most)
        if not wait:
            left -= tokens
        self._left[client] = (left, now)
        if len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)
        return wait


def client_of(host: str) -> str:
    """Whom an address counts as: itself, or for IPv6 its network, for one household has billions of addresses."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or f"{address.exploded[:19]}::/64")
    return str(address)
