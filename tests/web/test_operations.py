"""What those who run the app see from outside: probes, figures, the log and the version."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from calling import JOIN, Serve, figures, get, raw
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect
from visiting import QUESTION, Visitor

from assistant.library import Library
from assistant.pipeline import STEPS
from assistant.version import program_version
from assistant.web import operations
from corpus.settings import Settings, settings

_ROOT = Path(__file__).parents[2]
_MARKED = "Can zyxomancy school zyxomancy refuse my son a place because of autism?"


def test_the_app_is_ready_once_its_index_answers(site: str) -> None:
    assert get(f"{site}/health").json() == {"status": "up"}
    assert get(f"{site}/ready").json() == {"status": "ready"}


def test_where_the_index_does_not_answer_the_app_is_up_but_not_ready(
    serve: Serve, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*rest: object) -> None:
        raise OSError("secret detail")

    monkeypatch.setattr(operations, "_LASTS", 0.0)
    address = serve()
    with monkeypatch.context() as patched:
        patched.setattr(library, "nearest", broken)
        refused = get(f"{address}/ready")
        assert refused.status_code == 503
        assert refused.json()["reason"].startswith("The index can't be read.")
        assert "secret detail" not in refused.text
        assert get(f"{address}/health").status_code == 200
    assert get(f"{address}/ready").status_code == 200


def test_the_figures_count_requests_answers_and_steps(serve: Serve) -> None:
    address = serve()
    before = figures(address)
    program = Client(address, verbose=False)
    program.predict(QUESTION, api_name="/ask")
    program.predict("How do I cook rice?", api_name="/ask")
    get(f"{address}/nothing/zyxomancy")
    after = figures(address)

    def grew(name: str, **labels: str) -> float:
        key = (f"ask_the_code_{name}", tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    assert grew("answers_total", status="answered") == 1
    assert sum(grew("answers_total", status=status) for status in ("out_of_scope", "not_covered")) == 1
    assert grew("step_seconds_count", step="retrieve") == 2
    assert 0 < grew("step_seconds_sum", step="retrieve") < 60
    assert grew("requests_total", route="(other)", method="GET", status="404") == 1
    assert grew("requests_total", route=JOIN, method="POST", status="200") == 2
    assert {dict(labels)["step"] for name, labels in after if name.endswith("step_seconds_count")} == {
        step.__name__ for step in STEPS
    }
    assert after[("ask_the_code_queue_capacity", ())] == settings().queue_size
    assert after[("ask_the_code_queue_waiting", ())] == 0
    assert after[("process_resident_memory_bytes", ())] > 50_000_000
    assert not any("zyxomancy" in str(key) for key in after)


def test_the_figures_are_only_for_those_who_run_the_app(serve: Serve, site: str) -> None:
    assert get(f"{site}/metrics").status_code == 200
    through_proxy = get(f"{site}/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert through_proxy.status_code == 403
    assert get(f"{serve(metrics_from=())}/metrics").status_code == 403
    allowed = Settings(metrics_from="192.0.2.0/24", trusted_proxies="127.0.0.1")
    address = serve(metrics_from=allowed.metrics_from, trusted_proxies=allowed.trusted_proxies)
    assert get(f"{address}/metrics", headers={"X-Forwarded-For": "192.0.2.9"}).status_code == 200
    assert get(f"{address}/metrics", headers={"X-Forwarded-For": "192.0.9.9"}).status_code == 403


@pytest.fixture
def app(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The app as people start it, with a login: its address, and the file of its log."""
    log = tmp_path / "log.txt"
    environment = os.environ | {
        "ASK_THE_CODE_PORT": "0",
        "ASK_THE_CODE_LOGIN_USER": "school",
        "ASK_THE_CODE_LOGIN_PASSWORD": "a-long-secret",
        "TMPDIR": str(tmp_path),
    }
    with (
        log.open("w") as out,
        subprocess.Popen(
            [sys.executable, "app.py"], cwd=_ROOT, env=environment, stdout=subprocess.PIPE, stderr=out, text=True
        ) as process,
    ):
        assert process.stdout
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, log.read_text()
        yield found[0], log
        process.terminate()
        process.wait(30)


def test_the_log_has_a_line_for_each_request_and_no_word_of_what_was_asked(app: tuple[str, Path]) -> None:
    address, log = app
    token = b64encode(b"school:a-long-secret").decode()
    program = Client(address, headers={"Authorization": f"Basic {token}"}, verbose=False)
    program.predict(_MARKED, api_name="/ask")
    for wrong in ((_MARKED, "zyxomancer"), ({"zyxomancy": 1}, None), (_MARKED, None, ["zyxomancy", {"zyxomancy": 2}])):
        with suppress(AppError):
            program.predict(*wrong, api_name="/ask")
    with httpx.Client(base_url=address, auth=("school", "a-long-secret"), timeout=60) as client:
        client.get("/zyxomancy?zyxomancy=1", headers={"User-Agent": "zyxomancy", "Referer": "http://zyxomancy/"})
        client.get("/config?zyxomancy=1")
        client.get("/gradio_api/heartbeat/x/zyxomancy")
        client.post("/gradio_api/call/zyxomancy", json={"data": ["zyxomancy"]})
        client.post("/gradio_api/call/ask", json={"data": "zyxomancy"})
        client.post("/gradio_api/run/ask", json={"data": ["zyxomancy"]})
        client.post(JOIN, json={"data": ["zyxomancy"], "fn_index": "zyxomancy", "session_hash": "zyxomancy"})
        client.post(JOIN, content=b'{"zyxomancy')
        client.get("/", headers={"Host": "zyxomancy.example", "X-Forwarded-For": "192.0.2.77"})
        client.request("ZYXOMANCY", "/")
    raw(address, b"zyxomancy zyxomancy\r\n\r\n")
    get(address, auth=("zyxomancy", "wrong-secret"))
    written = log.read_text()
    for secret in ("zyxomanc", "a-long-secret", token, "wrong-secret", "192.0.2.77", "127.0.0.1", "Traceback"):
        assert secret.lower() not in written.lower(), secret
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [line for line in lines if "route" in line]
    assert len(requests) > 15
    assert {frozenset(line) for line in requests} == {
        frozenset({"time", "level", "method", "route", "status", "ms", "size"})
    }
    joined = [line for line in requests if line["route"] == JOIN and line["status"] == 200]
    assert joined and joined[0]["method"] == "POST" and joined[0]["level"] == "info" and joined[0]["size"] > 10
    assert {line["level"] for line in requests if line["status"] in (401, 404)} == {"warning"}


@pytest.mark.parametrize(
    ("which", "kept"),
    [("all", [200, 404, 500]), ("problems", [404, 500]), ("failures", [500]), ("off", [])],
)
def test_a_setting_says_which_requests_are_logged(which: str, kept: list[int]) -> None:
    script = (
        "from assistant.web.logs import configure_logs, log_request\n"
        "from assistant.web.served import Served\n"
        "from corpus.settings import RequestLog\n"
        f"configure_logs(RequestLog({which!r}))\n"
        "for status in (200, 404, 500): log_request()(Served('GET', status=status))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=_ROOT, capture_output=True, text=True)
    assert [json.loads(line)["status"] for line in done.stderr.splitlines()] == kept


def test_the_footer_says_which_version_it_is(visit: Visitor, library: Library) -> None:
    here = visit()
    footer = here.page.locator("footer.atc-footer")
    expect(footer).to_contain_text(f"Ask the Code {program_version()}.")
    expect(footer).to_contain_text(library.stamp.built[:4])


def test_the_version_comes_with_the_sources_and_the_date_of_the_index(library: Library) -> None:
    done = subprocess.run([sys.executable, "-m", "assistant", "--version"], capture_output=True, text=True)
    assert done.returncode == 0
    first, index, *sources = done.stdout.splitlines()
    assert re.fullmatch(r"Ask the Code \d+\.\d+\.\d+", first)
    assert re.fullmatch(r"Index of \d+ units, built \d+ \w+ \d{4}, \d\d:\d\d UTC", index)
    assert len(sources) == len(library.stamp.sources)
    assert "- Children and Families Act 2014: as at 20" in done.stdout


def test_many_programs_at_once_each_get_their_own_answer(site: str) -> None:
    wanted = [f"cop:9.{number}" for number in range(1, 41)]

    def read(id: str) -> str:
        return str(Client(site, verbose=False).predict(id, api_name="/passage")["id"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, wanted)) == wanted
