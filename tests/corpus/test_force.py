from __future__ import annotations

import pytest

from corpus.force import bears_duty, forces, unborne_claims
from corpus.passage import Force

CODE = (
    "The farm must keep a register of its hens. Farmers should feed the hens at dawn in line with their statutory "
    "duties. Children may collect the eggs. Under no circumstances should a fox be let in. "
    "Neighbours do not have to knock before they bring grain. The vet will need to weigh each chick. "
    "A complaint about the vet will also need to be referred by a judge. A farmer has two months to reply."
)
LAW = "(1) The owner shall repair the fence within the period that the farm agreed with its neighbour."


@pytest.mark.parametrize(
    ("force", "what"),
    [
        (Force.MUST, "keep a list of its hens"),
        (Force.SHOULD, "feed the hens at dawn"),
        (Force.MAY, "collect eggs"),
        (Force.SHOULD_NOT, "let a fox in"),
        (Force.MAY, "bring grain without knocking"),
        (Force.SHOULD, "weigh the chicks"),
        (Force.MUST, "have the complaint about the vet referred by a judge"),
        (Force.MAY, "reply"),
    ],
)
def test_a_duty_row_stands_on_the_sentence_that_lays_it_down(force: Force, what: str) -> None:
    assert bears_duty(force, what, None, CODE, ())


@pytest.mark.parametrize(
    ("force", "what"),
    [
        (Force.SHOULD, "keep a list of its hens"),
        (Force.MUST, "feed the hens at dawn"),
        (Force.MUST, "collect eggs"),
        (Force.MUST_NOT, "let a fox in"),
        (Force.MUST, "knock before they bring grain"),
        (Force.MUST, "weigh the chicks"),
        (Force.MUST, "paint the barn"),
    ],
)
def test_the_force_of_another_sentence_does_not_carry_it(force: Force, what: str) -> None:
    assert not bears_duty(force, what, None, CODE, ())


def test_a_provision_named_in_law_can_carry_the_row() -> None:
    row = (Force.MUST, "repair the fence in the agreed period", "when the farm agreed it")
    code = "The Regulations set a period in which the owner repairs the fence."
    assert not bears_duty(*row, code, ())
    assert bears_duty(*row, code, [LAW])


def test_a_provision_about_something_else_does_not_carry_it() -> None:
    assert not bears_duty(Force.MUST, "count the sheep by night", None, "Farmers count the sheep by night.", [LAW])


def test_an_occasion_helps_to_find_the_sentence() -> None:
    code = "In spring the farm must paint the barn. In autumn the farm should paint the barn."
    assert bears_duty(Force.MUST, "paint the barn", "in spring", code, ())
    assert bears_duty(Force.SHOULD, "paint the barn", "in autumn", code, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The farm must sing.", {Force.MUST}),
        ("The farm must not sing.", {Force.MUST_NOT}),
        ("The farm is required to sing.", {Force.MUST}),
        ("The farm is not required to sing.", {Force.MAY, Force.MUST_NOT}),
        ("The farm will have to sing.", {Force.MUST}),
        ("The farm should meet its requirements.", {Force.SHOULD}),
        ("The farm has a duty to sing.", {Force.MUST}),
        ("The farm need not sing.", {Force.MAY}),
        ("A farm is a place with animals.", set()),
    ],
)
def test_a_sentence_speaks_with_the_force_of_its_words(text: str, expected: set[Force]) -> None:
    assert forces(text) == expected


def test_a_must_for_a_should_in_an_answer_is_found_and_its_clause_named() -> None:
    answer = "Yes, at dawn. The farmer must feed the hens at dawn, and children may collect eggs."
    assert list(unborne_claims(answer, CODE, ())) == [(Force.MUST, "The farmer must feed the hens at dawn")]


def test_a_should_for_a_must_in_an_answer_is_found() -> None:
    answer = "The farm should keep a register of hens."
    assert [force for force, _ in unborne_claims(answer, CODE, ())] == [Force.SHOULD]


@pytest.mark.parametrize(
    "answer",
    [
        "The farm must keep a register of hens, and farmers should feed them at dawn.",
        "It must.",
        "The council decides whether the hens should be fed at dawn or register first.",
        "No. Neighbours don't have to knock before they bring grain.",
        "Cats must wear bells on Tuesdays.",
    ],
)
def test_an_answer_that_the_passage_bears_or_says_nothing_of_is_let_pass(answer: str) -> None:
    assert list(unborne_claims(answer, CODE, ())) == []


def test_a_must_in_an_answer_may_stand_on_a_provision_named_in_law() -> None:
    code = "The owner repairs the fence in the period agreed with the neighbour."
    answer = "The owner must repair the fence in the agreed period."
    assert [force for force, _ in unborne_claims(answer, code, ())] == [Force.MUST]
    assert list(unborne_claims(answer, code, [LAW])) == []
