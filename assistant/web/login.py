"""The optional login of a shared server: HTTP Basic, so that it covers page and programs alike and needs no cookie."""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import Error as NotBase64

from starlette.datastructures import Headers

from assistant.web.buckets import Buckets
from assistant.web.refusal import Refused
from corpus.settings import Settings

_WRONG_A_MINUTE = 20


class Login:
    """Who may come in."""

    def __init__(self, config: Settings) -> None:
        """Ask for the name and the password of the settings, where there are any."""
        password = config.login_password.get_secret_value() if config.login_password else ""
        self.asked_for = bool(config.login_user)
        self._user = config.login_user.encode()
        self._password = password.encode()
        self._wrong = Buckets(_WRONG_A_MINUTE)

    def check(self, headers: Headers, client: str) -> None:
        """Raise Refused unless the request brings the right name and password."""
        if not self.asked_for:
            return
        given = headers.get("authorization")
        if given is None:
            raise Refused("login_needed")
        if wait := self._wrong.take(client, 0):
            raise Refused("login_paused", wait=wait)
        if not self._is_right(given):
            self._wrong.take(client)
            raise Refused("login_needed")

    def _is_right(self, given: str) -> bool:
        scheme, _, coded = given.partition(" ")
        try:
            user, _, password = b64decode(coded, validate=True).partition(b":")
        except (NotBase64, ValueError):
            return False
        # both are always compared, in constant time
        right = [hmac.compare_digest(user, self._user), hmac.compare_digest(password, self._password)]
        return all(right) and scheme.lower() == "basic"
