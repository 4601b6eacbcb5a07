"""Keeping figures, and seeing that one fell."""

from __future__ import annotations

import json
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from examples import interval

from eval.questions import Split
from eval.results import (
    HEADLINES,
    ResultsError,
    commit,
    fallen,
    questions_digest,
    read_kept,
    read_one,
    save,
    tidy,
)


def _results() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for headline in HEADLINES:
        place = figures
        for key in headline.path[:-1]:
            place = place.setdefault(key, {})
        place[headline.path[-1]] = interval(0.1, 0.05, 0.15) if headline.lower_is_better else interval(0.9, 0.85, 0.95)
    return {"kind": "scores", "date": "2026-01-01T00:00:00+00:00", "splits": {Split.DEV.value: figures}}


def _with(results: dict[str, Any], path: tuple[str, ...], mean: float) -> dict[str, Any]:
    changed = deepcopy(results)
    place = changed["splits"][Split.DEV]
    for key in path:
        place = place[key]
    place["mean"] = mean
    return changed


def test_equal_figures_pass() -> None:
    assert list(fallen(_results(), _results())) == []


@pytest.mark.parametrize("headline", HEADLINES, ids=lambda headline: headline.name)
def test_each_headline_that_gets_worse_by_more_than_its_interval_is_named(headline: Any) -> None:
    worse, slightly = (0.16, 0.14) if headline.lower_is_better else (0.84, 0.86)
    (line,) = fallen(_with(_results(), headline.path, worse), _results())
    assert line.startswith(f"dev: {headline.name} ")
    assert list(fallen(_with(_results(), headline.path, slightly), _results())) == []


def test_a_headline_that_gets_better_passes() -> None:
    for headline in HEADLINES:
        better = 0.0 if headline.lower_is_better else 1.0
        assert list(fallen(_with(_results(), headline.path, better), _results())) == []


def test_a_split_or_figure_that_was_not_kept_before_is_passed_over() -> None:
    assert list(fallen(_results(), {"splits": {}})) == []
    assert list(fallen(_results(), {"splits": {Split.DEV.value: {}}})) == []


def test_kept_figures_are_read_back_oldest_first_and_studies_apart(tmp_path: Path) -> None:
    save(_results() | {"date": "2026-02-02"}, "bbb", tmp_path)
    save(_results() | {"date": "2026-01-01"}, "ccc", tmp_path)
    save({"kind": "growth", "date": "2026-03-03"}, "growth", tmp_path)
    assert [row["date"] for row in read_kept(tmp_path)] == ["2026-01-01", "2026-02-02"]
    assert read_one("growth", tmp_path) == {"kind": "growth", "date": "2026-03-03"}
    assert read_one("ablation", tmp_path) is None


def test_what_was_not_measured_is_kept_as_null(tmp_path: Path) -> None:
    path = save({"kind": "scores", "mean": float("nan"), "low": [0.123456789]}, "x", tmp_path)
    assert json.loads(path.read_text()) == {"kind": "scores", "mean": None, "low": [0.123457]}
    assert tidy(float("inf")) is None


def test_a_file_that_holds_no_results_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(ResultsError, match=r"broken\.json"):
        read_kept(tmp_path)
    (tmp_path / "broken.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ResultsError, match="holds no results"):
        read_kept(tmp_path)


def test_figures_that_cannot_be_written_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ResultsError, match="can't be kept"):
        save({}, "x", tmp_path / "file")


def test_the_commit_is_named_and_figures_can_be_made_without_git() -> None:
    def git(changes: str) -> Any:
        def run(words: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
            return subprocess.CompletedProcess(words, 0, stdout="1a2b3c4\n" if "rev-parse" in words else changes)

        return run

    def no_git(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError("git")

    def no_repository(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        raise subprocess.CalledProcessError(128, "git")

    assert commit(git(changes="")) == "1a2b3c4"
    assert commit(git(changes=" M eval/results.py\n")) == "1a2b3c4-changed"
    assert commit(no_git) is None
    assert commit(no_repository) is None


def test_another_question_set_has_another_digest(tmp_path: Path) -> None:
    for split in Split:
        (tmp_path / f"{split}.jsonl").write_text("{}\n", encoding="utf-8")
    before = questions_digest(tmp_path)
    assert questions_digest(tmp_path) == before
    (tmp_path / "test.jsonl").write_text("{ }\n", encoding="utf-8")
    assert questions_digest(tmp_path) != before
