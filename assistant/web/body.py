"""The body of a request: read whole before anything acts on it, within bounds of size and time."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from assistant.web.refusal import Refused


async def read_body(headers: Headers, receive: Receive, *, most: int, seconds: float) -> Receive:
    """What stands in for `receive`, with the body in one piece; also one sent in chunks of unknown number is bounded.

    Raises Refused where it has more than `most` bytes or takes more than `seconds`.
    """
    stated = headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise Refused("too_big", limit=most)
    try:
        async with asyncio.timeout(seconds):
            body = await _whole(receive, most)
    except TimeoutError:
        raise Refused("too_slow") from None
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


async def _whole(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > most:
            raise Refused("too_big", limit=most)
        if not message.get("more_body"):
            return bytes(body)
