"""What the server serves, how often, and how much it takes; and that Gradio lives with its policy."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from calling import CALL, JOIN, PASSAGE, Serve, get, message, post, raw
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from visiting import QUESTION, VIEWS, Visitor

from assistant.web.addresses import find_addresses
from assistant.web.buckets import Buckets, client_of
from assistant.web.headers import SECURITY_HEADERS
from corpus.settings import Settings, settings

_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation',
    event => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
_FOREIGN = """() => {
    const add = (name, end) =>
        document.body.append(Object.assign(document.createElement(name), {src: `https://elsewhere.example/${end}`}));
    add('img', 'a.png'); add('iframe', ''); add('script', 'a.js');
    fetch('https://elsewhere.example/').catch(() => null);
}"""


@pytest.mark.parametrize("path", ["/", "/health", "/ready", "/metrics", "/config", "/nothing", JOIN, "/static/nothing"])
def test_every_response_has_the_security_headers(site: str, path: str) -> None:
    for response in (get(site + path), post(site + path, content=b"{")):
        assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "server" not in response.headers


def test_no_other_site_may_read_an_answer_or_send_a_call(site: str) -> None:
    read = get(f"{site}/config", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in read.headers
    sent = post(site + CALL, json=PASSAGE, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403
    assert "another site" in message(sent)
    assert httpx.options(site + CALL).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/gradio_api/file=file:///etc/passwd",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=app.py",
        "/gradio_api/file//etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/custom_component/x/client/component/../../../../app.py",
        "/assets/../../../../../../../../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5capp.py",
        "/static//etc/passwd",
        "/static/%00/etc/passwd",
        "/svelte/..%2f..%2f__init__.py",
    ],
)
def test_no_file_is_read_through_an_address(site: str, path: str) -> None:
    answered = raw(site, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answered.startswith(b"HTTP/1.1 404")
    assert b"root:" not in answered and b"import " not in answered


def test_the_home_and_the_feedback_are_not_read_through_an_address(site: str) -> None:
    home = settings().home
    wanted = [path for path in home.rglob("*") if path.is_file()]
    assert wanted
    for path in [home, home / "feedback.sqlite", *wanted[:20]]:
        assert get(f"{site}/gradio_api/file={path}").status_code == 404


def test_a_call_that_does_not_exist_or_fails_is_an_error_in_words(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = serve()
    unknown = post(f"{address}/gradio_api/call/nothing", json=PASSAGE)
    assert unknown.status_code == 404
    assert message(unknown) == "There is no call of that name. The address /gradio_api/info lists them."

    def broken(*rest: object) -> None:
        raise OSError("secret detail")

    monkeypatch.setattr("gradio.queueing.Queue.push", broken)
    failed = post(address + CALL, json=PASSAGE)
    assert failed.status_code == 500
    assert message(failed) == "Something went wrong on our side. Please try again."
    assert "secret detail" not in failed.text


def test_uploads_are_refused(site: str) -> None:
    sent = post(f"{site}/gradio_api/upload", files={"files": ("a.txt", b"text")})
    assert sent.status_code == 404
    assert message(sent) == "There is nothing at this address. The page is at /."


@given(st.text(max_size=60))
def test_any_address_is_one_that_is_served_or_none(text: str) -> None:
    for found in find_addresses(f"/gradio_api/{text}"):
        assert ".." not in text and "//" not in text
        assert not found.template.startswith(("/gradio_api/file", "/gradio_api/upload"))


def test_a_bucket_empties_call_by_call_and_fills_up_with_time() -> None:
    now = 100.0
    buckets = Buckets(6, clock=lambda: now)
    assert [buckets.take("one") for _ in range(6)] == [0.0] * 6
    assert buckets.take("one") == pytest.approx(10)
    assert buckets.take("another") == 0.0
    now += 9
    assert buckets.take("one") == pytest.approx(1)
    now += 1.01
    assert buckets.take("one") == 0.0
    assert buckets.take("one") > 0
    assert all(Buckets(0).take("anyone") == 0.0 for _ in range(1000))


def test_buckets_of_many_clients_take_bounded_memory() -> None:
    buckets = Buckets(6)
    for number in range(30_000):
        buckets.take(str(number))
    assert len(buckets._left) <= 10_000


def test_a_household_of_ipv6_counts_as_one_client() -> None:
    assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9") != client_of("2001:db8:1:3::1")
    assert client_of("::ffff:192.0.2.7") == client_of("192.0.2.7") != client_of("192.0.2.8")


@pytest.mark.usefixtures("stopped_clock")
def test_too_many_calls_are_refused_and_told_when_to_come_back(serve: Serve) -> None:
    address = serve(rate_limit=5)
    taken = [post(address + CALL, json=PASSAGE) for _ in range(8)]
    assert [response.status_code for response in taken] == [200] * 5 + [429] * 3
    assert 1 <= int(taken[-1].headers["Retry-After"]) <= 12
    assert re.search(r"Wait \d+ seconds?, then send it again", message(taken[-1]))
    for path in ("/", "/manifest.json", "/config", "/gradio_api/info", "/health"):
        assert all(get(address + path).status_code == 200 for _ in range(8))


@pytest.mark.usefixtures("stopped_clock")
def test_a_client_cannot_pretend_to_be_another(serve: Serve) -> None:
    address = serve(rate_limit=3)
    taken = [
        post(address + CALL, json=PASSAGE, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(5)
    ]
    assert taken == [200] * 3 + [429] * 2


@pytest.mark.usefixtures("stopped_clock")
def test_behind_a_trusted_proxy_each_client_counts_for_itself(serve: Serve) -> None:
    trusted = Settings(trusted_proxies="127.0.0.1,10.0.0.0/8").trusted_proxies
    address = serve(rate_limit=2, trusted_proxies=trusted)

    def call(forwarded: str) -> int:
        return post(address + CALL, json=PASSAGE, headers={"X-Forwarded-For": forwarded}).status_code

    assert [call("192.0.2.1"), call("192.0.2.1, 10.1.1.1"), call("192.0.2.1")] == [200, 200, 429]
    assert [call(f"203.0.113.{number}, 192.0.2.2") for number in range(3)] == [200, 200, 429]  # only the last counts


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_says_in_words_that_there_were_too_many(serve: Serve, visit: Visitor, width: int) -> None:
    here = visit(width, address=serve(rate_limit=5))
    told = here.page.locator("#atc-told")
    for _ in range(5):
        here.page.fill("#atc-question", "para 9.14")
        here.page.click("#atc-form [type=submit]")
        here.page.wait_for_function("!document.documentElement.classList.contains('atc-asking')")
        if told.is_visible():
            break
    expect(told).to_contain_text("A lot of questions came from your address just now")
    expect(told).to_contain_text("second")
    assert here.page.input_value("#atc-question") == "para 9.14"
    expect(here.page.locator("#atc-form [type=submit]")).to_be_enabled()
    expect(here.page.locator("#atc-status")).to_contain_text("A lot of questions")
    here.picture(f"server-too-many-{width}")
    assert here.errors == []


def test_a_body_that_is_too_big_is_refused_in_words_also_in_chunks(serve: Serve) -> None:
    address = serve(max_body=20_000)
    big = json.dumps({"data": ["x" * 30_000]}).encode()
    chunks = (big[place : place + 1000] for place in range(0, len(big), 1000))
    for content in (big, chunks):
        refused = post(address + CALL, content=content, headers={"Content-Type": "application/json"})
        assert refused.status_code == 413
        assert message(refused).startswith("That is more than the app takes at once (0.02 MB).")
    small = json.dumps(PASSAGE).encode()
    sent = post(address + CALL, content=iter([small]), headers={"Content-Type": "application/json"})
    assert sent.status_code == 200


def test_a_body_that_does_not_arrive_is_refused_in_time(serve: Serve) -> None:
    address = serve(request_timeout=0.5)
    answered = raw(address, f"POST {CALL} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\n{{".encode())
    assert answered.startswith(b"HTTP/1.1 408")
    assert b"took too long to arrive" in answered


def test_a_request_that_trickles_in_is_cut_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.web.connection.LONGEST_SILENCE", 0.3)
    assert raw(serve(), b"GET / HTTP/1.1\r\nHost: loc") == b""
    assert raw(serve(), b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hea").count(b"HTTP/1.1 200") == 1


def test_only_so_many_requests_are_open_at_once(serve: Serve) -> None:
    address = serve(max_open=10)
    held: list[Any] = []
    with httpx.Client(timeout=60) as client:
        for number in range(10):
            stream = client.stream("GET", f"{address}/gradio_api/heartbeat/{number}")
            held.append(stream)
            assert stream.__enter__().status_code == 200
        refused = get(address)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "10"
        assert get(f"{address}/health").status_code == 200
        for stream in held:
            stream.__exit__(None, None, None)


def test_no_view_breaks_the_content_security_policy(visit: Visitor) -> None:
    here = visit(script=_VIOLATIONS)
    said: list[str] = []
    here.page.on("console", lambda message: said.append(message.text))
    here.page.reload()
    here.page.wait_for_selector("html.atc-ready #atc-question")
    here.page.wait_for_selector("p.loading", state="hidden")
    for view in VIEWS:
        here.show(view)
    here.show("ask")
    here.ask(QUESTION)
    here.page.locator("[data-pin]").last.click()
    expect(here.page.locator("#atc-told")).to_contain_text("Kept for a meeting")
    here.open_source()
    here.show("deadlines")
    here.page.fill("#atc-d-day input, #atc-d-day textarea", "3 March 2026")
    here.page.click("#atc-d-work")
    here.page.wait_for_selector("#atc-d-shown table")
    here.show("pack")
    with here.page.expect_download() as downloaded:
        here.page.click("#atc-m-docx")
    assert downloaded.value.suggested_filename.endswith(".docx")
    assert here.page.evaluate("violations") == []
    assert [text for text in said if "Content Security Policy" in text or "Refused to" in text] == []
    assert here.errors == []


def test_the_policy_stops_what_it_should(visit: Visitor) -> None:
    here = visit(script=_VIOLATIONS)
    here.page.evaluate(_FOREIGN)
    here.page.wait_for_function("violations.length >= 4")
    stopped = {violation.split()[0] for violation in here.page.evaluate("violations")}
    assert stopped == {"img-src", "frame-src", "script-src-elem", "connect-src"}
