"""Two app processes over one Chroma server: what goes is noticed, what comes back is found, no answer is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any

import httpx
import pytest
from topology import (
    LONGEST,
    QUESTIONS,
    STATES,
    App,
    ChromaServer,
    annotations,
    answers_at,
    free_port,
    passages,
    running,
    wait_for,
)

import ingest.index as index_module
from assistant.library import Library
from assistant.pipeline import answer
from assistant.turn import Turn
from corpus.scope import load_scope_questions
from corpus.settings import Settings
from ingest.embedder import PACKAGED
from ingest.index import build_index

_CALL = "/gradio_api/call/ask"
_AWAY = "The search is away for a moment, so your question was not answered. Please try again in a minute."


class Topology:
    """A Chroma server, two apps, and the answers that a quiet process gives."""

    def __init__(self, chroma: ChromaServer, apps: tuple[App, App], right: dict[str, Any]) -> None:
        self.chroma, self.apps, self.right = chroma, apps, right

    def ask(self, question: str, turn: int) -> Any:
        """As a round-robin proxy would: where the app whose turn it is can't be reached, the next one is asked."""
        for place in range(len(self.apps)):
            try:
                return ask(self.apps[(turn + place) % len(self.apps)].url, question)
            except httpx.TransportError:
                continue
        raise AssertionError("no app can be reached")


def ask(url: str, question: str) -> Any:
    """The answer of one app, as its interface tells it."""
    with httpx.Client(base_url=url, timeout=LONGEST, trust_env=False) as client:
        event = client.post(_CALL, json={"data": [question, None, []]}).raise_for_status().json()["event_id"]
        told = client.get(f"{_CALL}/{event}").text
    kind, _, data = told.strip().rpartition("event: ")[2].partition("\ndata: ")
    assert kind == "complete", told
    return json.loads(data)[0]


def _is_away(found: Any) -> bool:
    return bool(found.get("error") == {"code": "search_away", "message": _AWAY})


def _answers(app: App) -> bool:
    return not _is_away(ask(app.url, QUESTIONS[0]))


def _says_not_ready(app: App) -> bool:
    return httpx.get(f"{app.url}/ready", timeout=LONGEST, trust_env=False).status_code == 503


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    home = tmp_path_factory.mktemp("home")
    chroma = ChromaServer(tmp_path_factory.mktemp("store") / "data", free_port())
    config = Settings(home=home, chroma_url=chroma.url, embedder=PACKAGED)
    few = {kind: questions[:6] for kind, questions in load_scope_questions().items()}
    with running(chroma):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(index_module, "load_scope_questions", lambda: few)
            build_index("one", lambda: (passages(), STATES), annotations(), config, progress=False)
        apps = (App(home, chroma.url, home / "1.log"), App(home, chroma.url, home / "2.log"))
        with running(*apps):
            library = Library.open(config)
            right = {text: json.loads(json.dumps(asdict(answer(Turn(text), library)))) for text in QUESTIONS}
            yield Topology(chroma, apps, right)


def test_each_question_has_an_answer_of_its_own(topology: Topology) -> None:
    assert len({found["text"] for found in topology.right.values()}) == len(QUESTIONS)
    assert {found["status"] for found in topology.right.values()} == {"answered"}


def test_both_apps_answer_as_one_quiet_process_does(topology: Topology) -> None:
    for app in topology.apps:
        assert {question: ask(app.url, question) for question in QUESTIONS} == topology.right


def test_while_chroma_is_away_the_apps_say_so_and_find_it_again_without_a_restart(topology: Topology) -> None:
    with ThreadPoolExecutor(4) as people:
        asking = [people.submit(topology.ask, text, turn) for turn, text in enumerate(QUESTIONS * 4)]
        wait_for("a first answer", lambda: any(one.done() for one in asking))
        topology.chroma.kill()
        ends = [(text, one.result()) for text, one in zip(QUESTIONS * 4, asking, strict=True)]
    assert all(found == topology.right[text] or _is_away(found) for text, found in ends)
    for app in topology.apps:
        assert not _answers(app)
        assert answers_at(f"{app.url}/health")
        wait_for("not ready", partial(_says_not_ready, app))
    topology.chroma.start()
    topology.chroma.wait_until_up()
    for app in topology.apps:
        wait_for("the answer", partial(_answers, app))
        assert {question: ask(app.url, question) for question in QUESTIONS} == topology.right
        wait_for("ready", partial(answers_at, f"{app.url}/ready"))


def test_one_app_killed_in_mid_load_costs_no_answer(topology: Topology) -> None:
    texts = QUESTIONS * 10
    with ThreadPoolExecutor(6) as people:
        asking = [people.submit(topology.ask, text, turn) for turn, text in enumerate(texts)]
        wait_for("ten answers", lambda: sum(one.done() for one in asking) >= 10)
        topology.apps[1].kill()
        assert not all(one.done() for one in asking)
        for text, one in zip(texts, asking, strict=True):
            assert one.result() == topology.right[text]
    assert topology.apps[0].alive and not topology.apps[1].alive
