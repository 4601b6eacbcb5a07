"""Many people at once: each answer is held against that of a quiet run, and whatever isn't right is counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from eval.load.figures import summarise, table
from eval.load.people import Asked, Crowd, Ending
from eval.load.server import Watch, gauges
from eval.questions import Question

_QUESTIONS = [Question(id=str(number), type="answerable", question=f"Question {number}?") for number in range(12)]
_ANSWERS = {question.id: {"text": f"The answer to {question.question}"} for question in _QUESTIONS}
_CEILING = {"alone_per_second": 20.0, "together_per_second": 40.0, "together_per_processor_second": 8.0}
Reply = Callable[[str], tuple[int, dict[str, str], Any]]


def _right(question: str) -> tuple[int, dict[str, str], Any]:
    return 200, {}, {"text": f"The answer to {question}"}


@contextmanager
def _server(reply: Reply) -> Iterator[str]:
    """The address of a server that speaks as Gradio does; `reply` gives status, headers and answer of a question."""
    called: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["content-length"])))["data"][0]
            status, headers, found = reply(question)
            called[str(id(found))] = found
            self._send(status, headers, json.dumps({"event_id": str(id(found))}))

        def do_GET(self) -> None:
            found = called.get(self.path.rpartition("/")[2])
            kind = "error" if found is None else "complete"
            self._send(200, {}, f"event: heartbeat\ndata: null\n\nevent: {kind}\ndata: {json.dumps([found])}\n\n")

        def _send(self, status: int, headers: dict[str, str], body: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _crowd(reply: Reply, people: int = 6) -> list[Asked]:
    with _server(reply) as url:
        return asyncio.run(Crowd(url, people, seconds=0.3, pause=0.0).ask(_QUESTIONS, _ANSWERS))


def test_people_ask_their_own_questions_and_get_their_own_answers() -> None:
    asked = _crowd(_right)
    assert {item.ending for item in asked} == {Ending.RIGHT}
    assert {item.question for item in asked} >= {question.id for question in _QUESTIONS[:6]}


def test_the_answer_of_another_question_is_a_mix_up() -> None:
    asked = _crowd(lambda question: _right("Question 3?"))
    for item in asked:
        assert item.ending is (Ending.RIGHT if item.question == "3" else Ending.MIXED_UP)


def test_an_answer_that_nobody_gets_in_quiet_is_counted_as_changed() -> None:
    assert {item.ending for item in _crowd(lambda question: (200, {}, {"text": "?"}))} == {Ending.CHANGED}


def test_a_refusal_that_says_when_to_come_back_is_no_failure() -> None:
    asked = _crowd(lambda question: (429, {"Retry-After": "1"}, None))
    assert {item.ending for item in asked} == {Ending.REFUSED}
    assert len(asked) == 6, "each comes back only after the second that was asked for"


def test_whatever_else_the_server_does_is_a_failure_and_says_why() -> None:
    for reply, why in (
        (lambda question: (500, {}, None), "500"),
        (lambda question: (429, {}, None), "429"),
        (lambda question: (200, {}, None), "the server says"),
        (lambda question: (200, {}, {"error": {"code": "search_away"}}), "search_away"),
    ):
        asked = _crowd(reply)
        assert {item.ending for item in asked} == {Ending.FAILED}
        assert all(why in item.why for item in asked)


def test_a_server_that_is_not_there_is_a_failure() -> None:
    asked = asyncio.run(Crowd("http://127.0.0.1:9", 2, seconds=0.2, pause=0.0).ask(_QUESTIONS, _ANSWERS))
    assert {item.ending for item in asked} == {Ending.FAILED}


def test_figures_count_endings_and_time_only_what_was_answered() -> None:
    asked = [Asked("1", Ending.RIGHT, 0.1), Asked("2", Ending.RIGHT, 0.3), Asked("1", Ending.REFUSED, 9.0)]
    watch = Watch("", memory=[700.0, 900.0, 800.0], waiting=[0.0, 7.0], processor=[5.0, 5.5])
    found = summarise(asked, 2.0, _CEILING, [watch, Watch("")])
    assert found["endings"] == {"right": 2, "mixed up": 0, "changed": 0, "refused": 1, "failed": 0}
    assert (found["requests"], found["different_questions"], found["per_second"]) == (3, 2, 1.0)
    assert round(found["p50_ms"]) == 200 and found["share_of_embedder"] == 1 / 40
    assert (found["per_processor_second"], found["share_of_embedder_by_processor"]) == (4.0, 0.5)
    assert found["servers"][0] == {
        "memory_start_mb": 700.0,
        "memory_end_mb": 800.0,
        "memory_most_mb": 900.0,
        "waiting_most": 7.0,
    }
    assert set(found["servers"][1].values()) == {None}
    told = table({"people": 2, **found})
    assert "2 right, 0 mixed up, 0 changed, 1 refused, 0 failed" in told and "900 at most" in told


def test_figures_with_labels_and_comments_are_passed_over() -> None:
    text = '# HELP a b\nplain 2.5\nlabelled{a="b c"} 3\nprocess_resident_memory_bytes 7.5e+08\nbroken x\n'
    assert gauges(text) == {"plain": 2.5, "process_resident_memory_bytes": 7.5e8}
