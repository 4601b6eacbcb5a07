"""Whatever a program sends: the endpoints, the tools and the server answer in JSON and in words, and go on serving."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from hostile import QUESTIONS, SNIPPETS, count, hostile_json, mutants, thorough
from hypothesis import given

from assistant.answer import Status
from assistant.library import Library
from assistant.mcp_server import build_server
from assistant.web import api
from assistant.web.server import Server, address_of, listen
from corpus.catalogue import load_catalogue
from corpus.settings import settings

NAMES = (
    "cop:9.14", "cfa2014:s36(8)", "sendregs2014:sch1.p4", "paragraph 9.14", "s.36(8)", "reg 12",
    "cop:glossary.young-person",
    "cop:intro.iv", "cop:9.14(", "cop:", ":", "cop:9.14#page=1", "../cop:9.14", "COP:9.14", *SNIPPETS,
)  # fmt: skip
DAYS = (
    "2026-03-03", "2026-02-31", "0000-00-00", "0001-01-01", "9999-12-31", "99999-01-01", "2026-W10-2", "20260303",
    "٢٠٢٦-٠٣-٠٣",
)  # fmt: skip
_CODES = re.compile(r"[a-z_]+")
_JSON = {"content-type": "application/json"}


def _check(answered: dict[str, Any]) -> bool:
    """Whether it is an answer rather than an error; either is JSON in UTF-8."""
    assert isinstance(answered, dict)
    if set(answered) != {"error"}:
        json.dumps(answered, ensure_ascii=False, allow_nan=False).encode()
        return True
    told = answered["error"]
    assert _CODES.fullmatch(told["code"]) and told["message"].rstrip("”").endswith((".", "?", ")", "!")), told
    return False


def test_a_passage_is_one_of_the_sources_or_an_error(library: Library) -> None:
    for text in mutants("endpoint passage", 4_000, NAMES, longest=300):
        answered = api.passage(library, text)
        if _check(answered):
            name = answered["id"].split("(")[0]
            assert name in load_catalogue() and answered["text"] in (library.passages[name].text or "")
            assert answered["url"].startswith("https://")


def test_deadlines_are_dates_after_a_known_event_or_an_error() -> None:
    dice = random.Random("days")
    seeds = ("assessment-requested", "they refused to assess", *QUESTIONS)
    for text in mutants("endpoint deadlines", 400, seeds, longest=250):
        answered = api.deadlines(dice.choice((text, "assessment-requested")), dice.choice((*DAYS, text)))
        if _check(answered):
            assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", row["by"]) for row in answered["deadlines"])


@thorough(200)
@given(hostile_json, hostile_json)
def test_any_json_in_any_place_of_a_call_is_answered(library: Library, one: object, two: object) -> None:
    count("endpoints, any JSON", 3)
    _check(api.passage(library, one))
    _check(api.deadlines(one, two))
    if not isinstance(one, str):
        _check(api.search(library, one, two))
    elif not isinstance(two, int) or isinstance(two, bool) or not 1 <= two <= api.MOST_FOUND:
        assert not _check(api.search(library, one, two))


def test_a_search_gives_passages_or_an_error(library: Library) -> None:
    dice = random.Random("limits")
    library.warm_up()
    for text in mutants("endpoint search", 25, longest=300):
        limit = dice.choice((1, 20, 20, 5, 0, -1, 21, 10**30, True, "5", 2.5, None))
        answered = api.search(library, text, limit)
        if _check(answered):
            assert 1 <= len(answered["passages"]) <= limit
            assert all(row["id"] in load_catalogue() for row in answered["passages"])


def test_the_tools_answer_whatever_they_are_given(library: Library) -> None:
    from mcp import Client

    calls: list[tuple[str, dict[str, Any]]] = []
    for text in mutants("tools of the MCP server", 60, (*NAMES, *QUESTIONS), longest=300):
        text = text.encode("utf-8", "replace").decode()  # what JSON in UTF-8 can carry
        calls.append(("passage", {"id": text}))
        calls.append(("deadlines", {"event": text, "date": "2026-03-03"}))
        calls.append(("ask", {"question": "what does para 9.14 say", "audience": text}))
    calls += [("ask", {"question": text}) for text in ("", "\x00", "x" * 20_000, "9.14", "para 9.300", SNIPPETS[0])]
    calls += [("passage", {}), ("passage", {"id": [1]}), ("deadlines", {"event": 5})]
    calls += [("search", {"question": "x", "limit": "y"})]
    count("tools of the MCP server", len(calls) - 60)

    async def talk() -> None:
        async with Client(build_server(library)) as client:
            for name, given in calls:
                called = await client.call_tool(name, given)
                if called.is_error:  # the arguments are none of the tool's
                    assert "Traceback" not in called.content[0].text
                    continue
                answered = json.loads(called.content[0].text)
                if _check(answered) and name == "ask":
                    assert answered["status"] in set(Status)
            assert json.loads((await client.call_tool("passage", {"id": "cop:9.14"})).content[0].text)["page"] == 145

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, talk()).result()


@pytest.fixture(scope="module")
def site(library: Library) -> Iterator[str]:
    """The address of the page as app.py serves it, without a limit on how often one may call."""
    library.warm_up()
    config = settings().model_copy(update={"port": 0, "rate_limit": 1_000_000})
    ready = Event()
    with listen(config) as listening:
        server = Server(library, config, ready.set)
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        assert ready.wait(120), "the page is not served"
        yield address_of(listening)
        server.should_exit = True
        thread.join(60)


def _call(client: httpx.Client, name: str, data: Any) -> Any:
    """What the live endpoint answers; None where it refuses."""
    sent = client.post(f"/gradio_api/call/{name}", content=json.dumps({"data": data}), headers=_JSON)
    assert sent.status_code < 500 and "Traceback" not in sent.text, (name, data, sent.text[:300])
    if sent.status_code != 200:
        return None
    told = client.get(f"/gradio_api/call/{name}/{sent.json()['event_id']}").text
    assert "Traceback" not in told and "site-packages" not in told, told[:500]
    if not told.startswith("event: complete"):
        assert "event: error" in told
        return None
    return json.loads(told.partition("data: ")[2])[0]


def test_the_live_interface_answers_whatever_is_sent(site: str) -> None:
    dice = random.Random("live")
    with httpx.Client(base_url=site, timeout=300) as client:
        for text in mutants("live interface: passage and deadlines", 200, NAMES, longest=300):
            name, data = dice.choice((("passage", [text]), ("deadlines", [text, dice.choice(DAYS)])))
            answered = _call(client, name, data)
            assert answered is not None
            _check(answered)
        for text in mutants("live interface: ask and search", 15, longest=300):
            answered = _call(client, "ask", [text, None, [text]])
            assert answered is None or answered["status"] in set(Status)
            _call(client, "search", [text, 3])
        others = ([], [None], [{"a": [1]}], [[["x"] * 50] * 50], [1e308], "x", None, {"id": "cop:9.14"}, ["x"] * 100)
        for data in others:
            count("live interface: data of other kinds")
            _call(client, dice.choice(("passage", "deadlines", "search")), data)
        assert _call(client, "passage", ["cop:9.14"])["page"] == 145


BODIES = (
    b"", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b'{"data": ' + b"9" * 10_000 + b"}", b'{"data": ["\\ud800"]}',
    b"\x00" * 1000, b'{"data": [NaN]}', b'{"fn_index": 99999, "data": []}', b'{"data": ["' + b"x" * 1_000_000 + b'"]}',
)  # fmt: skip
PATHS = (
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=../../etc/passwd",
    "/gradio_api/file=%2fetc%2fpasswd",
    "/file=/etc/passwd",
    "/gradio_api/file=app.py",
    "/gradio_api/file=file:///etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/assets/..%2f..%2f..%2fetc/passwd",
    "/static/../../../../etc/passwd",
    "/theme.css/../../../etc/passwd",
    "/gradio_api/call/../../etc",
    "/gradio_api/proxy=http://127.0.0.1/",
    "/gradio_api/custom_component/../../x/y",
    "/\x00".replace("\x00", "%00"),
    "/" + "a" * 20_000,
    "/gradio_api/upload_progress?upload_id=../x",
)


def test_no_path_reaches_a_file_and_no_body_stops_the_server(site: str) -> None:
    with httpx.Client(base_url=site, timeout=120) as client:
        for path in PATHS:
            count("live interface: paths")
            got = client.get(path)
            assert "root:" not in got.text and "build_page" not in got.text, path
            assert got.status_code in {200, 400, 403, 404, 405, 414, 422}, (path, got.status_code)
            assert got.status_code != 200 or "etc" not in path, path
        for body in BODIES:
            for name in ("passage", "ask"):
                count("live interface: bodies")
                got = client.post(f"/gradio_api/call/{name}", content=body, headers=_JSON)
                assert "Traceback" not in got.text and "site-packages" not in got.text
                assert got.status_code < 600
        assert _call(client, "passage", ["cop:9.14"])["page"] == 145
