"""`python -m corpus check` from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.library import Library
from corpus import __main__ as command
from corpus.catalogue import load_catalogue
from corpus.passage import Passage, PassageId, write_passages
from corpus.settings import settings

ENTRY = """
- id: cop:9.1
  gist: "The farm counts its hens."
  qa:
    - {q: "who counts the hens?", a: "The farm does, within 6 weeks."}
"""
FARM = Passage(
    PassageId("cop:9.1"), "cop", "Code, paragraph 9.1", (), "Within 6 weeks the farm counts hens.", "https://…"
)

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Check]:
    """Runs the check over ENTRY on a machine with no index: (exit status, output, errors)."""
    monkeypatch.setenv("ASK_THE_CODE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "entries.yaml").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "dev.jsonl").write_text('{"question": "why do geese fly?"}\n', encoding="utf-8")
    write_passages(tmp_path / "passages.jsonl", [FARM])

    def run(*arguments: str) -> tuple[int, str, str]:
        folders = ["--folder", str(tmp_path / "notes"), "--questions", str(tmp_path / "questions")]
        status = command.main(["check", "--only", "cop:9.1", *folders, *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    yield run
    settings.cache_clear()


def rest_is_missing(output: str) -> list[str]:
    """The lines of the output, less those on passages that ENTRY doesn't cover."""
    return [line for line in output.splitlines() if "has no annotation" not in line]


def test_a_passage_without_annotation_is_reported(check: Check) -> None:
    status, output, _ = check()
    assert status == 1
    assert "cop:9.14: has no annotation" in output.splitlines()
    assert "cop:9.1: has no annotation" not in output.splitlines()


def test_without_official_text_it_says_what_it_could_not_check_and_what_to_do(check: Check) -> None:
    _, output, _ = check()
    last = output.splitlines()[-1]
    code = sum(name.startswith("cop:") for name in load_catalogue())
    assert f"cop ({code})" in last
    assert "python -m ingest" in last


def test_with_official_text_it_says_how_much_is_still_missing(check: Check, tmp_path: Path) -> None:
    _, output, _ = check("--passages", str(tmp_path / "passages.jsonl"))
    code = sum(name.startswith("cop:") for name in load_catalogue())
    assert f"cop ({code - 1})" in output.splitlines()[-1]
    assert len(rest_is_missing(output)) == 2


def test_a_slip_is_reported_with_the_id_of_its_entry(check: Check, tmp_path: Path) -> None:
    entry = tmp_path / "notes" / "entries.yaml"
    entry.write_text(ENTRY.replace("6 weeks", "7 weeks"), encoding="utf-8")
    _, output, _ = check("--passages", str(tmp_path / "passages.jsonl"))
    assert rest_is_missing(output)[0].startswith("cop:9.1: the number 7 isn't in the passage")


def test_a_passage_that_the_catalogue_lacks_is_reported(check: Check, tmp_path: Path) -> None:
    unlisted = Passage(PassageId("cop:9.1x"), "cop", "", (), "Hens.", "https://…")
    write_passages(tmp_path / "passages.jsonl", [FARM, unlisted])
    _, output, _ = check("--passages", str(tmp_path / "passages.jsonl"))
    assert "cop:9.1x: is in the sources but not in corpus/catalogue.tsv" in output


def test_a_question_of_the_evaluation_is_reported(check: Check, tmp_path: Path) -> None:
    (tmp_path / "questions" / "test.jsonl").write_text('{"question": "Who counts the hens"}\n', encoding="utf-8")
    _, output, _ = check()
    assert "this question is in the evaluation set" in output


def test_without_evaluation_questions_it_says_so(check: Check, tmp_path: Path) -> None:
    (tmp_path / "questions" / "dev.jsonl").unlink()
    _, output, _ = check()
    assert output.splitlines()[-1].startswith("Not checked against the evaluation's questions")


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("passages.jsonl", "not json\n", "python -m ingest"),
        ("passages.jsonl", '{"id": "cop:9.1"}\n', "python -m ingest"),
        ("questions/dev.jsonl", "{}\n", "line 1"),
        ("notes/entries.yaml", "- id: [", "not valid YAML"),
    ],
)
def test_a_broken_file_is_named_with_what_to_do(
    check: Check, tmp_path: Path, name: str, content: str, hint: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    status, _, errors = check("--passages", str(tmp_path / "passages.jsonl"))
    assert status == 2
    assert str(tmp_path / name) in errors
    assert hint in errors
    assert "Traceback" not in errors


def test_a_file_of_passages_that_is_not_there_is_named(check: Check, tmp_path: Path) -> None:
    status, _, errors = check("--passages", str(tmp_path / "none.jsonl"))
    assert status == 2
    assert "none.jsonl can't be read" in errors


def test_a_wrong_setting_is_explained(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASK_THE_CODE_PORT", "many")
    settings.cache_clear()
    status, _, errors = check()
    assert status == 2
    assert "ASK_THE_CODE_PORT" in errors


def test_an_id_that_does_not_exist_is_not_taken_for_one_without_problems(check: Check) -> None:
    status, output, errors = check("--only", "cop:99.")
    assert (status, output) == (2, "")
    assert "No passage id starts with 'cop:99.'" in errors


@pytest.mark.parametrize("package", ["rapidfuzz", "textstat"])
def test_a_missing_tool_is_named_with_how_to_install_it(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    unread = ENTRY.replace("counts its hens", f"has never heard of {package}")
    (tmp_path / "notes" / "entries.yaml").write_text(unread, encoding="utf-8")
    status, _, errors = check()
    assert status == 2
    assert f"needs the package {package}" in errors
    assert "pip install -e '.[dev]'" in errors


def test_the_annotations_say_no_more_than_the_official_text_and_the_check_prints_no_warning(library: Library) -> None:
    run = subprocess.run([sys.executable, "-m", "corpus", "check"], capture_output=True, text=True, check=False)
    known = len(load_catalogue())
    assert run.stderr == ""
    assert run.stdout == f"{known} annotations, {known} passages, 0 problems\n"
    assert run.returncode == 0


def test_the_assistant_needs_none_of_the_checkers_tools() -> None:
    code = "import sys, json, corpus.check; print(json.dumps([m in sys.modules for m in ('rapidfuzz', 'textstat')]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == [False, False]
