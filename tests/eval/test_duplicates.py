"""No test question may be one that was tuned on."""

from __future__ import annotations

from examples import question

from corpus.annotation import load_annotations
from eval.duplicates import near_duplicates, taught_questions
from eval.questions import Split, load_questions


def test_a_question_in_another_order_or_with_a_letter_changed_is_found() -> None:
    others = [("cop:9.14", "does my child need a diagnosis before the council will assess?")]
    asked = question("q", text="Before the council will asess, does my child need a diagnosis")
    (pair,) = near_duplicates([asked], others)
    assert (pair.question, pair.other) == ("q", "cop:9.14")


def test_a_question_made_of_the_same_words_of_substance_is_found() -> None:
    others = [("cop:9.1", "When must the council review the education plan and the placement?")]
    asked = question("q", text="Must a council review the placement and the plan for education, and when?")
    assert [pair.other for pair in near_duplicates([asked], others)] == ["cop:9.1"]


def test_a_long_question_that_holds_a_short_one_is_another_question() -> None:
    others = [("cop:1.1", "what is an EHC plan")]
    asked = question("q", text="What is the deadline for the council to put right an EHC plan after we won an appeal?")
    assert near_duplicates([asked], others) == []


def test_the_same_words_with_another_number_are_another_question() -> None:
    others = [("dev-1", "what does paragraph 9.14 of the Code say?")]
    assert near_duplicates([question("q", text="What does paragraph 9.41 of the Code say?")], others) == []
    assert near_duplicates([question("q", text="What does paragraph 9.14 of the Code say?")], others) != []


def test_questions_in_another_script_are_told_apart() -> None:
    others = [("dev-1", "كم من الوقت لدى البلدية؟")]
    assert near_duplicates([question("q", text="هل يحتاج ابني إلى تشخيص طبي؟")], others) == []
    assert near_duplicates([question("q", text="كم من الوقت لدى البلدية؟")], others) != []


def test_a_follow_up_is_not_judged_by_its_few_words() -> None:
    asked = question("q", text="and if they refuse?", history=("can I ask for a budget?",))
    assert near_duplicates([asked], [("dev-1", "and if they refuse?")]) == []


def test_no_test_question_nearly_stands_in_the_annotations() -> None:
    found = near_duplicates(load_questions(Split.TEST), taught_questions(load_annotations()))
    assert not found, "\n".join(map(str, found))


def test_no_test_question_nearly_stands_among_the_dev_questions() -> None:
    dev = [(asked.id, asked.question) for asked in load_questions(Split.DEV)]
    found = near_duplicates(load_questions(Split.TEST), dev)
    assert not found, "\n".join(map(str, found))
