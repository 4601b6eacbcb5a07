"""The endpoints for programs and the tools over the Model Context Protocol: answers as JSON, errors as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gradio_client import Client as GradioClient

from assistant.library import Library
from assistant.mcp_server import build_server
from assistant.web import api


def _code(answered: dict[str, Any]) -> str:
    assert set(answered) == {"error"}
    assert answered["error"]["message"].endswith((".", "?", "”"))
    return str(answered["error"]["code"])


def test_a_passage_comes_with_text_summary_law_source_and_licence(library: Library) -> None:
    found = api.passage(library, "cop:9.14")
    assert found["label"] == "SEND Code of Practice, paragraph 9.14"
    assert found["text"] == library.passages[found["id"]].text
    assert found["url"].endswith("#page=145") and found["page"] == 145
    assert "cfa2014:s36(8)" in found["law"]
    assert found["source"]["as_at"] == "January 2015"
    assert "Open Government Licence v3.0" in found["attribution"]
    assert json.loads(json.dumps(found)) == found
    assert "cop:9.14" in api.passage(library, "cfa2014:s36")["cited_by"]


@pytest.mark.parametrize(
    ("named", "id"),
    [
        ("paragraph 9.14", "cop:9.14"),
        ("s.36(8)", "cfa2014:s36(8)"),
        (" cfa2014:s36(8) ", "cfa2014:s36(8)"),
        ("cop:9\u200b.14", "cop:9.14"),
    ],
)
def test_a_passage_is_found_by_id_or_by_name_whole_or_in_part(library: Library, named: str, id: str) -> None:
    found = api.passage(library, named)
    assert found["id"] == id
    if id.endswith("(8)"):
        assert found["text"].startswith("(8) The local authority must secure an EHC needs assessment")


@pytest.mark.parametrize(
    ("named", "code", "says"),
    [
        ("cop:99.1", "unknown_passage", "Ids look like"),
        ("paragraph 9.300", "unknown_passage", "Chapter 9 ends at 9.217"),
        ("cfa2014:s36(99)", "unknown_part", "has no (99)"),
        ("", "invalid_id", "Give the id"),
        (None, "invalid_id", "Give the id"),
        (5, "invalid_id", "Give the id"),
        (["cop:9.14"], "invalid_id", "Give the id"),
        ("x" * 10_000, "too_long", "at most 200 characters"),
        ("../../etc/passwd", "unknown_passage", "There is no passage"),
        ("\u202ecop:99.1\u2066", "unknown_passage", "no passage “cop:99.1”"),
        ("\u200b\U000e0041", "invalid_id", "Give the id"),
    ],
)
def test_a_passage_that_cannot_be_given_is_an_error_in_words(
    library: Library, named: Any, code: str, says: str
) -> None:
    answered = api.passage(library, named)
    assert _code(answered) == code
    assert says in answered["error"]["message"]


@pytest.mark.parametrize(
    ("question", "audience", "history", "code"),
    [
        (5, None, [], "invalid_question"),
        (["a"], None, [], "invalid_question"),
        ("What does section 42 say?", "judge", [], "unknown_audience"),
        ("What does section 42 say?", ["parent"], [], "unknown_audience"),
        ("What does section 42 say?", None, "earlier", "invalid_history"),
        ("What does section 42 say?", None, [None], "invalid_history"),
    ],
)
def test_a_question_that_cannot_be_put_is_an_error_in_words(
    library: Library, question: Any, audience: Any, history: Any, code: str
) -> None:
    assert _code(api.ask(library, question, audience, history)) == code


def test_an_answer_to_a_program_is_plain_json(library: Library) -> None:
    found = api.ask(library, "and how long does that take?", "parent", ["Can I ask for an EHC needs assessment?"])
    assert found["status"] == "answered"
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(found, default=str))


def test_a_search_gives_the_passages_best_first(library: Library) -> None:
    found = api.search(library, "Can I ask for an assessment without a diagnosis?", 5)["passages"]
    assert len(found) == 5
    assert [hit["score"] for hit in found] == sorted((hit["score"] for hit in found), reverse=True)
    assert all(hit["label"] and hit["url"].startswith("https://") for hit in found)


def test_a_search_for_a_number_gives_that_passage_first(library: Library) -> None:
    assert api.search(library, "para 9.14", 1)["passages"][0]["id"] == "cop:9.14"


@pytest.mark.parametrize(
    ("question", "limit", "code"),
    [
        ("", 5, "invalid_question"),
        ("???", 5, "invalid_question"),
        (None, 5, "invalid_question"),
        ("x " * 4000, 5, "too_long"),
        ("para 9.300", 5, "no_such_provision"),
        ("transport", 0, "invalid_limit"),
        ("transport", 21, "invalid_limit"),
        ("transport", "many", "invalid_limit"),
        ("transport", True, "invalid_limit"),
        ("transport", None, "invalid_limit"),
    ],
)
def test_a_search_that_cannot_be_made_is_an_error_in_words(
    library: Library, question: Any, limit: Any, code: str
) -> None:
    assert _code(api.search(library, question, limit)) == code


@pytest.mark.parametrize("event", ["assessment-requested", "someone asked for an EHC needs assessment"])
def test_deadlines_come_with_provision_and_caution(event: str) -> None:
    found = api.deadlines(event, "2026-03-03")
    assert found["event"]["id"] == "assessment-requested"
    first = found["deadlines"][0]
    assert (first["by"], first["ref"], first["force"]) == ("2026-04-14", "sendregs2014:r5(1)", "must")
    assert first["exceptions"]
    assert "Worked out from the law as it is written" in found["caution"]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("event", "day", "code"),
    [
        ("the moon rose", "2026-03-03", "unknown_event"),
        (None, "2026-03-03", "invalid_event"),
        ("", "2026-03-03", "invalid_event"),
        ("x" * 10_000, "2026-03-03", "too_long"),
        ("assessment-requested", "soon", "invalid_date"),
        ("assessment-requested", "2026-02-31", "invalid_date"),
        ("assessment-requested", None, "invalid_date"),
        ("assessment-requested", 20260303, "invalid_date"),
        ("assessment-requested", "1999-01-01", "date_out_of_range"),
        ("assessment-requested", "9999-12-31", "date_out_of_range"),
    ],
)
def test_deadlines_that_cannot_be_worked_out_are_an_error_in_words(event: Any, day: Any, code: str) -> None:
    answered = api.deadlines(event, day)
    assert _code(answered) == code
    if code in {"unknown_event", "invalid_event"}:
        assert {"id", "name", "date"} == set(answered["error"]["events"][0])


def test_programs_call_the_endpoints_of_the_page_and_read_how(site: str) -> None:
    client = GradioClient(site, verbose=False)
    described = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert {"/ask", "/passage", "/search", "/deadlines"} == set(described)
    for name, words in {
        "/passage": "Read one passage",
        "/search": "Find the passages",
        "/deadlines": "time limits",
    }.items():
        assert words in described[name]["description"]
    assert client.predict(id="cop:9.14", api_name="/passage")["page"] == 145
    assert client.predict(id="cop:0.0", api_name="/passage")["error"]["code"] == "unknown_passage"
    assert len(client.predict(question="school transport", limit=3, api_name="/search")["passages"]) == 3
    assert (
        client.predict(question="school transport", limit="x", api_name="/search")["error"]["code"] == "invalid_limit"
    )
    limits = client.predict(event="refused-to-assess", date="2026-03-03", api_name="/deadlines")
    assert limits["deadlines"][0]["url"].startswith("https://www.legislation.gov.uk/")


def _run(talk: Coroutine[Any, Any, None]) -> None:
    """Run `talk` in a thread of its own: the browser of other tests keeps this thread's event loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, talk).result()


async def _call(client: Any, tool: str, **given: Any) -> dict[str, Any]:
    called = await client.call_tool(tool, given)
    assert not called.is_error
    return json.loads(called.content[0].text)


async def _use(client: Any) -> None:
    """What any client of the server can rely on."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"ask", "passage", "search", "deadlines"}
    assert "verbatim quotations" in (tools["ask"].description or "")
    assert set(tools["deadlines"].input_schema["properties"]) == {"event", "date"}
    assert (await _call(client, "passage", id="cop:9.14"))["page"] == 145
    assert (await _call(client, "passage", id="cop:99.1"))["error"]["code"] == "unknown_passage"
    limits = await _call(client, "deadlines", event="assessment-requested", date="2026-03-03")
    assert limits["deadlines"][0]["by"] == "2026-04-14"
    found = await _call(client, "search", question="school transport", limit=2)
    assert len(found["passages"]) == 2
    answered = await _call(client, "ask", question="What does para 9.14 say?")
    assert answered["status"] == "answered"
    assert answered["citations"][0]["id"] == "cop:9.14"
    wrong = await _call(client, "ask", question="What does para 9.14 say?", audience="king")
    assert wrong["error"]["code"] == "unknown_audience"


def test_the_tools_work_in_process(library: Library) -> None:
    from mcp import Client

    async def talk() -> None:
        async with Client(build_server(library)) as client:
            await _use(client)

    _run(talk())


def test_the_tools_work_over_standard_input_and_output() -> None:
    from mcp import Client, StdioServerParameters

    async def talk() -> None:
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "assistant.mcp_server"], env=dict(os.environ)
        )
        async with Client(server, read_timeout_seconds=180) as client:
            await _use(client)

    _run(talk())
