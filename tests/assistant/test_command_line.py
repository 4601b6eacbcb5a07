"""`python -m assistant` as scripts use it."""

from __future__ import annotations

import io
import json
import time

import pytest

from assistant.__main__ import main
from assistant.library import Library


def _batch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str) -> tuple[int, list[dict]]:  # type: ignore[type-arg]
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    status = main(["batch"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_ask_prints_the_answer_and_json_has_all_of_it(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "what does para 9.14 say"]) == 0
    assert "paragraph 9.14" in capsys.readouterr().out
    assert main(["ask", "what does para 9.14 say", "--json", "--audience", "advocate"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["status"] == "answered" and row["citations"][0]["id"] == "cop:9.14"


def test_batch_answers_line_by_line_in_order(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": "a", "question": "who must have a SENCO?", "history": [], "audience": "teacher"},
        {"id": 2, "question": "and what must they do?", "history": ["who must have a SENCO?"], "audience": None},
        {"id": "c", "question": "", "history": [], "audience": "parent"},
    ]
    status, rows = _batch(monkeypatch, capsys, "\n".join(json.dumps(line) for line in lines) + "\n\n")
    assert status == 0
    assert [row["id"] for row in rows] == ["a", 2, "c"]
    assert [row["status"] for row in rows] == ["answered", "answered", "invalid_question"]
    assert set(rows[0]) == {"id", "status", "text", "citations", "retrieved", "latency_ms"}
    assert set(rows[0]["citations"][0]) == {"id", "label", "quote", "force", "page", "url"}
    assert len(rows[0]["retrieved"]) >= 10


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "question": 5}'])
def test_a_bad_line_is_named_without_a_traceback(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(line))
    assert main(["batch"]) == 1
    assert "Line 1" in capsys.readouterr().err


def test_without_an_index_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from corpus.settings import Settings

    monkeypatch.setattr("assistant.library.settings", lambda: Settings(home="/nonexistent"))
    assert main(["ask", "anything"]) == 1
    assert "python -m ingest" in capsys.readouterr().err


def test_a_batch_is_quicker_a_question_than_embedding_them_one_by_one(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Side by side in one run: a batch embeds together, so a question costs less than four lone embeddings."""
    questions = [f"Who must review the plan of a child of {age}?" for age in range(3, 25)] * 4
    library.warm_up()
    started = time.perf_counter()
    for question in questions[:22]:
        library.embed(question)
    alone = (time.perf_counter() - started) / 22
    started = time.perf_counter()
    _, rows = _batch(
        monkeypatch, capsys, "\n".join(json.dumps({"id": i, "question": q}) for i, q in enumerate(questions))
    )
    each = sum(row["latency_ms"] for row in rows) / 1000 / len(questions)
    assert len(rows) == 88
    assert each < 4 * alone
