"""Feedback becomes candidates for questions, and only where the question was shared."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.feedback import FEEDBACK_FILE, FeedbackError, read_candidates
from eval.questions import Question


def _feedback(folder: Path, *rows: tuple[str, str, str | None, str, str | None, str]) -> Path:
    path = folder / FEEDBACK_FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "create table feedback(id integer primary key, at text, verdict text, why text, status text, "
            "question text null, citations text)"
        )
        connection.executemany(
            "insert into feedback(at, verdict, why, status, question, citations) values (?, ?, ?, ?, ?, ?)", rows
        )
        connection.commit()
    return path


def test_a_shared_question_becomes_a_line_that_the_question_file_takes(tmp_path: Path) -> None:
    path = _feedback(
        tmp_path,
        (
            "2026-01-01",
            "not useful",
            "wrong paragraph",
            "answered",
            "Can  they\nrefuse?",
            '["cop:9.14", "cfa2014:s36"]',
        ),
    )
    (candidate,) = read_candidates(path)
    row = json.loads(candidate.line())
    assert row["feedback"] == {
        "useful": False,
        "why": "wrong paragraph",
        "ended": "answered",
        "cited": ["cop:9.14", "cfa2014:s36"],
    }
    row.pop("feedback")
    assert Question.model_validate(row).question == "Can they refuse?"


def test_feedback_without_its_question_is_left_out_and_one_asked_twice_counts_once(tmp_path: Path) -> None:
    path = _feedback(
        tmp_path,
        ("2026-01-01", "useful", "", "answered", None, ""),
        ("2026-01-02", "useful", "", "answered", "Can they refuse?", "cop:9.14, cop:9.3"),
        ("2026-01-03", "not useful", "", "answered", "can they REFUSE?", ""),
        ("2026-01-04", "useful", "", "answered", "   ", ""),
    )
    (candidate,) = read_candidates(path)
    assert candidate.useful
    assert candidate.cited == ("cop:9.14", "cop:9.3")


def test_no_feedback_yet_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="There is no feedback yet"):
        list(read_candidates(tmp_path / FEEDBACK_FILE))


def test_a_file_that_is_no_feedback_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / FEEDBACK_FILE
    path.write_text("not a database, but long enough to be taken for one" * 50, encoding="utf-8")
    with pytest.raises(FeedbackError, match="can't be read as feedback"):
        list(read_candidates(path))


def test_reading_feedback_does_not_change_it(tmp_path: Path) -> None:
    path = _feedback(tmp_path, ("2026-01-01", "useful", "", "answered", "Can they refuse?", ""))
    before = path.read_bytes()
    list(read_candidates(path))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [FEEDBACK_FILE]


def test_the_command_line_says_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from corpus.settings import settings

    monkeypatch.setenv("ASK_THE_CODE_HOME", str(tmp_path))
    settings.cache_clear()
    try:
        assert main(["feedback"]) == 1
    finally:
        settings.cache_clear()
    assert "There is no feedback yet" in capsys.readouterr().err
