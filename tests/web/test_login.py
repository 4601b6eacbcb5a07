"""The optional login of a shared server, and the settings of the server."""

from __future__ import annotations

from base64 import b64encode

import pytest
from calling import CALL, JOIN, PASSAGE, Serve, get, post
from gradio_client import Client
from playwright.sync_api import expect
from pydantic import SecretStr
from visiting import Visitor

from assistant.web.server import open_to_others
from corpus.settings import Settings, SettingsError, settings

_LOGIN = {"login_user": "school", "login_password": SecretStr("a-long-secret")}


def test_with_a_login_everything_but_the_probes_asks_for_it(serve: Serve) -> None:
    address = serve(**_LOGIN)
    for path in ("/", "/config", "/gradio_api/info", "/metrics", "/manifest.json", "/gradio_api/heartbeat/abc"):
        asked = get(address + path)
        assert asked.status_code == 401
        assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    assert post(address + CALL, json=PASSAGE).status_code == 401
    assert post(address + JOIN, json={}).status_code == 401
    assert get(f"{address}/health").status_code == 200
    assert get(f"{address}/ready").status_code == 200
    assert get(f"{address}/config", auth=("school", "a-long-secret")).status_code == 200


@pytest.mark.parametrize(
    "given",
    ["Basic " + b64encode(login).decode() for login in (b"school:wrong", b"other:a-long-secret", b"school", b":")]
    + ["Basic ???", "Bearer a-long-secret", "Bearer " + b64encode(b"school:a-long-secret").decode(), ""],
)
def test_a_wrong_login_is_refused(serve: Serve, given: str) -> None:
    assert get(serve(**_LOGIN), headers={"Authorization": given}).status_code == 401


@pytest.mark.usefixtures("stopped_clock")
def test_after_many_wrong_passwords_even_the_right_one_waits(serve: Serve) -> None:
    address = serve(**_LOGIN)
    tried = [get(address, auth=("school", f"guess {number}")) for number in range(25)]
    assert {response.status_code for response in tried[:20]} == {401}
    assert tried[-1].status_code == 429
    assert int(tried[-1].headers["Retry-After"]) >= 1
    assert get(address, auth=("school", "a-long-secret")).status_code == 429


def test_people_and_programs_use_the_app_with_the_login(serve: Serve, visit: Visitor) -> None:
    address = serve(**_LOGIN)
    here = visit(address=address, http_credentials={"username": "school", "password": "a-long-secret"})
    here.ask("para 9.14")
    expect(here.page.locator(".atc-answer")).to_have_attribute("data-status", "answered")
    assert here.page.context.cookies() == []
    token = b64encode(b"school:a-long-secret").decode()
    program = Client(address, headers={"Authorization": f"Basic {token}"}, verbose=False)
    assert program.predict("cop:9.14", api_name="/passage")["id"] == "cop:9.14"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"login_user": "school"}, "LOGIN_USER and ASK_THE_CODE_LOGIN_PASSWORD go together"),
        ({"login_password": "a-long-secret"}, "LOGIN_USER and ASK_THE_CODE_LOGIN_PASSWORD go together"),
        ({"login_user": "school", "login_password": "secret1"}, "LOGIN_PASSWORD should have at least 8 characters"),
        (
            {"login_user": "sch:ool", "login_password": "a-long-secret"},
            "LOGIN_USER can't be used: should have no colon",
        ),
        ({"trusted_proxies": "my-proxy"}, "TRUSTED_PROXIES can't be used"),
        ({"metrics_from": "10.0.0.1/8"}, "METRICS_FROM can't be used"),
        ({"request_log": "chatty"}, "REQUEST_LOG can't be used"),
    ],
)
def test_settings_of_the_server_that_cannot_be_used_are_explained_without_the_secret(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], says: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"ASK_THE_CODE_{name.upper()}", value)
    settings.cache_clear()
    try:
        with pytest.raises(SettingsError) as raised:
            settings()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert says in str(raised.value)
    assert given.get("login_password", "a-long-secret") not in str(raised.value)


def test_networks_are_given_with_commas_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASK_THE_CODE_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1,::1")
    assert [str(network) for network in Settings().trusted_proxies] == ["10.0.0.0/8", "127.0.0.1/32", "::1/128"]


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({"host": "127.0.0.1"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "login_user": "ann", "login_password": "a long enough password"}, False),
    ],
)
def test_a_page_that_others_can_reach_without_a_login_says_so(changes: dict[str, str], warned: bool) -> None:
    warning = open_to_others(Settings(**changes))
    assert bool(warned) is (warning is not None and "ASK_THE_CODE_LOGIN_USER" in warning)
