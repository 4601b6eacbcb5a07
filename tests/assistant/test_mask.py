"""Personal details are masked, and the words of the field are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mask import mask, unmask
from corpus.annotation import load_annotations

DEV_QUESTIONS = Path(__file__).parents[2] / "eval" / "questions" / "dev.jsonl"


@pytest.mark.parametrize(
    ("question", "secret"),
    [
        ("My son Tom is 7 and has autism", "Tom"),
        ("my son tom has adhd", "tom"),
        ("my daughter Grace needs support", "Grace"),
        ("MY SON TOM WAS EXCLUDED", "TOM"),
        ("my little boy, Oliver, is in Year 2", "Oliver"),
        ("his name is zubair and he is deaf", "zubair"),
        ("my name is Anna-Maria Kowalska", "Kowalska"),
        ("Mrs Smith says no", "Smith"),
        ("mrs jones said no", "jones"),
        ("Miss O'Brien is the SENCO", "O'Brien"),
        ("Kacper Nowak was excluded", "Kacper"),
        ("Kacper Nowak was excluded", "Nowak"),
        ("can Priya's school refuse", "Priya"),
        ("he goes to Oakfield Primary", "Oakfield"),
        ("Thomas has a plan", "Thomas"),
        ("her teacher is called McKenzie", "McKenzie"),
        ("we asked Łukasz and Şeyma", "Łukasz"),
    ],
)
def test_names_are_masked(question: str, secret: str) -> None:
    masked = mask(question)
    assert secret not in masked.text
    assert masked.kinds == ("names",)


@pytest.mark.parametrize(
    ("question", "secret", "kind"),
    [
        ("born on 12/03/2015, can he be assessed", "12/03/2015", "dates"),
        ("dob: 3rd May 2015", "3rd May 2015", "dates"),
        ("date of birth 2015", "2015", "dates"),
        ("they wrote on 2024-11-05", "2024-11-05", "dates"),
        ("we live in LS6 3AB", "LS6 3AB", "postcodes"),
        ("we live in sw1a 1aa", "sw1a 1aa", "postcodes"),
        ("at 14 Acacia Avenue", "14 Acacia Avenue", "street addresses"),
        ("at 3b high street", "3b high street", "street addresses"),
        ("write to jo.bloggs+x@example.co.uk", "jo.bloggs+x@example.co.uk", "e-mail addresses"),
        ("ring me on 07700 900123", "07700 900123", "telephone numbers"),
        ("ring +44 20 7946 0958 please", "7946", "telephone numbers"),
        ("upn A123456789012", "A123456789012", "pupil numbers"),
        ("his NHS number is 943 476 5919", "943 476 5919", "NHS numbers"),
        ("his number is 9434765919", "9434765919", "NHS numbers"),
        ("NI number AB 12 34 56 C", "AB 12 34 56 C", "National Insurance numbers"),
        ("appeal EH850/23/00123 was lodged", "EH850/23/00123", "case and reference numbers"),
        ("case number: 12345/AB", "12345/AB", "case and reference numbers"),
        ("see https://example.org/pupil?id=123", "example.org", "web addresses"),
    ],
)
def test_other_details_are_masked_and_their_kind_is_told(question: str, secret: str, kind: str) -> None:
    masked = mask(question)
    assert secret not in masked.text
    assert masked.kinds == (kind,)


@pytest.mark.parametrize(
    "question",
    [
        "Must Section F be detailed and specific, and who pays for Section I?",
        "what does section 36(8) of the Children and Families Act 2014 say, and para 9.14?",
        "They have 6 weeks under regulation 5, or 15 working days, until 31 March. Is that right?",
        "He is 7, in Year 2 at Key Stage 1, with ADHD and Down's syndrome. Does the EHC plan need OT and SaLT?",
        "Is it true that ICBs replaced CCGs on 1 July 2022, or was it 1 September 2014?",
        "Years 9/10/11 at a special academy, a PRU or a maintained nursery: Tribunal, Ombudsman or Local Offer?",
        "The DfE, a SENCo and SaLT: who decides?",
        "my son will be 5 in September and my daughter may start in Reception",
        "Hi, Can I ask about the SEND Code Of Practice? Thanks",
        "Can My Child Get An EHCP From The Council",
        "1 school place, 30 hours of support, y6 2nd term, 16-25 year olds, 2 weeks away",
        "[2022] EWHC 493 (Admin), S.I. 2014/1530, section 19(2)(d)",
    ],
)
def test_the_words_of_the_field_survive(question: str) -> None:
    assert mask(question).text == question


def test_our_own_questions_survive_but_for_a_handful() -> None:
    questions = [qa.q for annotation in load_annotations().values() for qa in annotation.qa]
    touched = [question for question in questions if mask(question).found]
    assert len(questions) > 4000
    assert len(touched) < 20, touched


def test_no_number_or_provision_of_a_question_is_ever_taken_for_a_detail() -> None:
    with DEV_QUESTIONS.open(encoding="utf-8") as lines:
        questions = [json.loads(line)["question"] for line in lines]
    kinds = {detail.kind for question in questions for detail in mask(question).found}
    assert kinds <= {"NAME"}


def test_the_same_name_gets_the_same_placeholder_and_another_gets_another() -> None:
    masked = mask("My son Tom is ill. Tom's sister Amy is not. Can tom stay?")
    assert masked.text == "My son NAME-A is ill. NAME-A's sister NAME-B is not. Can NAME-A stay?"


def test_a_placeholder_that_the_question_holds_already_is_not_used_again() -> None:
    masked = mask("NAME-A is what you call my son Tom")
    assert [detail.placeholder for detail in masked.found] == ["NAME-B"]
    assert unmask("NAME-A and NAME-B", masked) == "NAME-A and Tom"


def test_the_kinds_never_hold_the_details() -> None:
    masked = mask("Tom Baker, LS6 3AB, 07700 900123")
    assert not any(detail.original in kind for detail in masked.found for kind in masked.kinds)


def test_what_was_masked_can_be_put_back() -> None:
    question = "Tom Baker (dob 12/03/2015), 14 Acacia Avenue, Leeds LS6 3AB: can Mr Khan refuse?"
    assert unmask(mask(question).text, mask(question)) == question


@given(st.text(max_size=200))
def test_any_text_can_be_masked_and_put_back(text: str) -> None:
    masked = mask(text)
    assert unmask(masked.text, masked).lower() == text.lower()
