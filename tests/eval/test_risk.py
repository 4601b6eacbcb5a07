"""The coverage and risk curve, and calibration, held against sums done by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Status
from assistant.library import Library
from assistant.turn import Hit, Turn
from corpus.passage import PassageId
from eval.questions import Question
from eval.risk import (
    Scored,
    area,
    calibration,
    decision_score,
    nearest_similarity,
    operating_point,
    risk_curve,
    scored,
    wilson,
)
from eval.run import answer_all


def _items(*rights: bool) -> list[Scored]:
    """From the surest to the least sure."""
    return [Scored(1 - place / 10, right, given=place < 2) for place, right in enumerate(rights)]


def test_the_curve_goes_from_the_surest_answer_to_all() -> None:
    points = risk_curve(_items(True, False, True, False))
    assert [(point.coverage, point.risk) for point in points] == [(0.25, 0), (0.5, 1 / 2), (0.75, 1 / 3), (1, 1 / 2)]
    assert area(points) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_questions_with_the_same_score_are_answered_together_or_not_at_all() -> None:
    tied = [Scored(0.5, True, True), Scored(0.5, False, True)]
    assert [(point.coverage, point.risk) for point in risk_curve(tied)] == [(1.0, 0.5)]
    assert risk_curve(tied) == risk_curve(tied[::-1])


def test_the_operating_point_is_what_was_answered() -> None:
    point = operating_point(_items(True, False, True, True))
    assert (point.coverage, point.risk) == (0.5, 0.5)
    assert operating_point([Scored(0.1, True, given=False)]).coverage == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_curve_ends_with_all_questions_and_all_errors(pairs: list[tuple[float, bool]]) -> None:
    items = [Scored(score, right, True) for score, right in pairs]
    points = risk_curve(items)
    assert points[-1].coverage == 1.0
    assert points[-1].risk == pytest.approx(sum(not right for _, right in pairs) / len(pairs))
    assert [point.coverage for point in points] == sorted(point.coverage for point in points)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_every_question_is_in_one_group_of_the_calibration(pairs: list[tuple[float, bool]]) -> None:
    rows = calibration([Scored(score, right, True) for score, right in pairs])
    assert sum(row["questions"] for row in rows) == len(pairs)
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    assert all(row["low"] <= row["right"] + 1e-9 and row["right"] <= row["high"] + 1e-9 for row in rows)


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    low, high = wilson(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson(10, 10)[0] == pytest.approx(0.7225, abs=1e-4)


def test_a_turn_that_ended_before_the_decision_has_no_score() -> None:
    assert nearest_similarity(Turn("?")) is None
    hits = [Hit(PassageId("cop:1.1"), 2.0, 0.3), Hit(PassageId("cop:1.2"), 1.0, 0.7)]
    assert nearest_similarity(Turn("?", hits=hits)) == 0.7


def test_the_assistants_own_score_is_high_for_what_the_sources_answer(library: Library) -> None:
    asked = ["How long does the council have to decide whether to assess?", "how do you make a white sauce"]
    score_of = decision_score(library)
    items = answer_all([Question(id=text, type="x", question=text) for text in asked], library)
    sure, unsure = (score_of(item.turn) for item in items)
    assert sure is not None
    assert unsure is not None
    assert 0 <= unsure < 0.5 < sure <= 1
    assert score_of(Turn("?")) is None


def test_a_refused_question_is_judged_by_the_answer_it_would_have_had(library: Library) -> None:
    asked = Question(
        id="q", type="answerable", question="does my child need a diagnosis?", gold=(PassageId("cop:9.14"),)
    )
    (item,) = answer_all([asked], library)
    assert item.answer.status is Status.ANSWERED
    gold = tuple(PassageId(citation.id.split("(")[0]) for citation in item.answer.citations)
    item.question = asked.model_copy(update={"gold": gold})
    item.answer = type(item.answer)(Status.NOT_COVERED, "no")
    item.turn.answer = item.answer
    (found,) = scored([item], library, nearest_similarity)
    assert found.right
    assert not found.given
    item.question = asked.model_copy(update={"status": Status.NOT_COVERED})
    assert not scored([item], library, nearest_similarity)[0].right
