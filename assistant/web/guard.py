"""What stands before the page: who may come in, how often, with how much; and what is seen of it from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address

from gradio.route_utils import FnIndexInferError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.addresses import Address, Kind, find_addresses
from assistant.web.body import read_body
from assistant.web.buckets import Buckets, client_of
from assistant.web.login import Login
from assistant.web.logs import log_error
from assistant.web.refusal import Refused
from assistant.web.served import Listener, Served
from corpus.settings import Settings

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BACK_SOON = 10.0
"""Seconds after which it is worth trying again where many people are asking."""
_FORWARDED = ("forwarded", "x-forwarded-for")


class Guard:
    """An ASGI app around another: passes on what may be served, and refuses the rest in words."""

    def __init__(self, app: ASGIApp, config: Settings) -> None:
        """Guard `app` as the settings say."""
        self._app = app
        self._config = config
        self._login = Login(config)
        self._calls = Buckets(config.rate_limit)
        self.listeners: Sequence[Listener] = ()
        self.open = 0
        """Requests that are open now."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        served = Served(scope["method"] if scope["method"] in _METHODS else "(other)")
        send = served.watched(send)
        self.open += 1
        try:
            await self._serve(scope, receive, send, served)
        except Refused as refused:
            await refused.response(scope)(scope, receive, send)
        except ClientDisconnect:
            pass  # nobody is there to be told
        except Exception as error:
            log_error(error, "A request")
            if served.begun:
                raise  # the connection ends: half an answer must not look whole
            await Refused("failed").response(scope)(scope, receive, send)
        finally:
            self.open -= 1
            for listener in self.listeners:
                listener(served)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, served: Served) -> None:
        address = _find(scope, served)
        headers = Headers(scope=scope)
        self._admit(scope, headers, address)
        if "content-length" in headers or "transfer-encoding" in headers:
            seconds = self._config.request_timeout
            receive = await read_body(headers, receive, most=self._config.max_body, seconds=seconds)
        if address.kind is Kind.STREAM:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._config.request_timeout):
                await self._in_our_words(scope, receive, send, address)
        except TimeoutError:
            if served.begun:
                raise
            raise Refused("took_too_long") from None

    async def _in_our_words(self, scope: Scope, receive: Receive, send: Send, address: Address) -> None:
        """Pass the request on; what Gradio says where it fails, or where its queue is full, is put into our words."""
        failed = 0

        async def hold(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start" and message["status"] in _held(address):
                failed = message["status"]
            if not failed:
                await send(message)

        try:
            await self._app(scope, receive, hold)
        except FnIndexInferError:
            raise Refused("unknown_call") from None
        if failed == HTTPStatus.SERVICE_UNAVAILABLE:
            raise Refused("queue_full", wait=_BACK_SOON)
        if failed:
            raise Refused("failed")

    def _admit(self, scope: Scope, headers: Headers, address: Address) -> None:
        """Raise Refused unless the request may come in."""
        if address.kind is Kind.PROBE:
            return
        if self.open > self._config.max_open:
            raise Refused("too_many_open", wait=_BACK_SOON)
        host = scope["client"][0] if scope.get("client") else ""
        client = client_of(host)
        self._login.check(headers, client)
        if address.kind is Kind.OPERATION and not self._may_read_figures(host, headers):
            raise Refused("not_for_you")
        # a browser says so where another site's page sends the request; it would bring the login along
        if "POST" in address.methods and headers.get("sec-fetch-site") == "cross-site":
            raise Refused("other_site")
        if address.kind is Kind.CALL and (wait := self._calls.take(client)):
            raise Refused("too_many", wait=wait)

    def _may_read_figures(self, host: str, headers: Headers) -> bool:
        # through a proxy that isn't trusted everyone seems to come from the proxy's own address
        if not self._config.trusted_proxies and any(name in headers for name in _FORWARDED):
            return False
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._config.metrics_from)


def _find(scope: Scope, served: Served) -> Address:
    """The address that is asked for; raises Refused where it isn't served."""
    found = find_addresses(scope["path"])
    address = next((address for address in found if scope["method"] in address.methods), None)
    known = address or next(iter(found), None)
    if known is None:
        raise Refused("unknown_address")
    served.route, served.kind = known.template, known.kind
    if address is None:
        raise Refused("wrong_method")
    return address


def _held(address: Address) -> frozenset[int]:
    """The statuses that are not passed on as they are."""
    if address.kind is Kind.CALL:
        return frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE})
    return frozenset({HTTPStatus.INTERNAL_SERVER_ERROR})
