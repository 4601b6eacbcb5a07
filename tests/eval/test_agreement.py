"""Two judges of the same passages."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import question

from eval.agreement import Judgement, agreement, load_judgements
from eval.questions import QuestionError, Split, load_questions


def _judged(*pairs: tuple[str, str, bool]) -> list[Judgement]:
    return [Judgement(question=q, passage=p, relevant=yes, reason="") for q, p, yes in pairs]  # type: ignore[arg-type]


def test_kappa_is_what_is_agreed_beyond_chance() -> None:
    asked = [question("a", "cop:1.1", "cop:1.2"), question("b", "cop:2.1")]
    second = _judged(
        ("a", "cop:1.1", True), ("a", "cop:1.2", False), ("a", "cop:3.1", False), ("b", "cop:2.1", True),
        ("b", "cop:3.1", True), ("b", "cop:3.2", False),
    )  # fmt: skip
    found = agreement(asked, second)
    # 4 of 6 alike; by chance 3/6 · 3/6 + 3/6 · 3/6 = 1/2
    assert found.agreed == pytest.approx(4 / 6)
    assert found.kappa == pytest.approx((4 / 6 - 1 / 2) / (1 / 2))
    assert (found.gold_confirmed, found.one_confirmed) == (pytest.approx(2 / 3), 1.0)
    assert found.missed == pytest.approx(1 / 3)
    assert (found.questions, found.pairs) == (2, 6)


def test_a_judgement_of_a_question_that_does_not_exist_is_named() -> None:
    with pytest.raises(QuestionError, match="lost-1"):
        agreement([question("a", "cop:1.1")], _judged(("lost-1", "cop:1.1", True)))


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "second.jsonl"
    path.write_text('{"question": "a", "passage": "cop:1.1", "relevant": true, "reason": ""}\n{"question": 1}\n')
    with pytest.raises(QuestionError, match=r"second\.jsonl, line 2"):
        load_judgements(path)


def test_the_second_judge_confirms_the_gold_of_eighty_questions() -> None:
    questions = [question for split in Split for question in load_questions(split)]
    found = agreement(questions, load_judgements())
    assert found.questions == 80
    assert found.kappa > 0.8  # "almost perfect" in Landis and Koch's words
    assert found.one_confirmed == 1.0
