"""Exact references are read as such, and what only looks like one is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.references import ELSEWHERE, Missing, Neighbour, Reference, find_references, names_plan_section
from corpus.catalogue import load_catalogue
from corpus.passage import PassageId


def _ids(question: str) -> list[str]:
    return [reference.id + reference.part for reference in find_references(question)[0]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("9.14", ["cop:9.14"]),
        ("para 9.14", ["cop:9.14"]),
        ("what does paragraph 6.36 mean for me?", ["cop:6.36"]),
        ("section 36", ["cfa2014:s36"]),
        ("s.36(3)", ["cfa2014:s36(3)"]),
        ("s36(8)(a) CFA 2014", ["cfa2014:s36(8)(a)"]),
        ("reg 12", ["sendregs2014:r12"]),
        ("SEND reg 5(4)", ["sendregs2014:r5(4)"]),
        ("Sch 1 para 4", ["sendregs2014:sch1.p4"]),
        ("Schedule 13 to the Equality Act, paragraph 2", ["eqa2010:sch13.p1"]),
        ("sch 13 para 2 equality act", ["eqa2010:sch13.p2"]),
        ("section 20 of the Equality Act 2010", ["eqa2010:s20"]),
        ("section 20", ["cfa2014:s20"]),
        ("section 149", ["eqa2010:s149"]),
        ("s.19 Education Act 1996", ["ea1996:s19"]),
        ("section 508B", ["ea1996:s508B"]),
        ("regulation 4A of the personal budgets regulations", ["pbregs2014:r4A"]),
        ("section 17 of the Children Act 1989", ["ca1989:s17"]),
        ("section 2 CSDPA", ["csdpa1970:s2"]),
        ("9.14, 9.15 and s.42", ["cop:9.14", "cop:9.15", "cfa2014:s42"]),
        ("ss.36, 37 and 42", ["cfa2014:s36", "cfa2014:s37", "cfa2014:s42"]),
        ("regs 5(4), 10(4) and 13(3)", ["sendregs2014:r5(4)", "sendregs2014:r10(4)", "sendregs2014:r13(3)"]),
        ("introduction paragraph iv", ["cop:intro.iv"]),
        ("annex 1", ["cop:annex1"]),
        ("the timescales diagram", ["cop:figure.timescales"]),
    ],
)
def test_a_reference_is_found(question: str, expected: list[str]) -> None:
    assert _ids(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "he only gets 2.5 hours a day",
        "school starts at 9.30 and the taxi comes at 8.15",
        "the bus costs £3.50",
        "it's 4 weeks since we asked",
        "what goes in section F of the plan?",
        "my son is 9 and a half",
        "he is in the bottom 1.5% of readers",
    ],
)
def test_what_only_looks_like_a_reference_is_none(question: str) -> None:
    assert find_references(question) == ([], [])


def test_what_comes_after_and_before_is_understood() -> None:
    name = PassageId("cop:9.14")
    assert find_references("what comes after 9.14?")[0] == [Reference(name, neighbour=Neighbour.NEXT)]
    assert find_references("show the paragraph before 9.14")[0] == [Reference(name, neighbour=Neighbour.PREVIOUS)]


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("para 9.300", Missing("cop", "9.300")),
        ("paragraph 12.5", Missing("cop", "12.5")),
        ("7.36", Missing("cop", "7.36")),
        ("section 100 of the children and families act", Missing("cfa2014", "s100")),
        ("regulation 99", Missing("sendregs2014", "r99")),
        ("schedule 7 para 3", Missing("sendregs2014", "sch7.p3")),
    ],
)
def test_what_does_not_exist_is_named(question: str, missing: Missing) -> None:
    assert find_references(question) == ([], [missing])


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("what does section 22 of the Care Act say?", "section 22 of the Care Act"),
        ("section 93 of the 2002 Act", "section 93 of the 2002 Act"),
        ("s.175 EA 2002", "s.175 EA 2002"),
        ("is he owed aftercare under s117 MHA?", "s117 MHA"),
        ("section 19 transport act permit", "section 19 transport act"),
        ("Care Act 2014 s.9", "Care Act 2014 s.9"),
        ("reg 5 School Premises Regulations", "reg 5 School Premises Regulations"),
        ("para 2.17 of the School Admissions Code", "para 2.17 of the School Admissions Code"),
        ("section 19 of the Education Act 2011", "section 19 of the Education Act 2011"),
        ("section 17 of the Children Act 2004", "section 17 of the Children Act 2004"),
        ("section 83 of the Apprenticeships, Skills, Children and Learning Act 2009", None),
        ("regulation 7 of the Education (Special Educational Needs) (England) (Consolidation) Regulations 2001", None),
    ],
)
def test_a_provision_of_another_law_is_not_taken_for_one_of_ours(question: str, named: str | None) -> None:
    assert find_references(question) == ([], [Missing(ELSEWHERE, named or question)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("does the Care Act matter for section 42?", ["cfa2014:s42"]),
        ("section 42 and the Care Act", ["cfa2014:s42"]),
        ("the council must act under section 42", ["cfa2014:s42"]),
        ("section 42 means the Council must Act", ["cfa2014:s42"]),
        ("reg 12 of the Special Educational Needs and Disability Regulations 2014", ["sendregs2014:r12"]),
        ("reg 6 of the Special Educational Needs (Personal Budgets) Regulations 2014", ["pbregs2014:r6"]),
        ("s.85 EA 2010", ["eqa2010:s85"]),
        ("reg 12 of the 2014 Regulations", ["sendregs2014:r12"]),
        ("s.36 of the 2014 Act", ["cfa2014:s36"]),
        ("section 36 of Part 3 of the Children and Families Act 2014", ["cfa2014:s36"]),
        ("s.42 CFA and s.9 Care Act", ["cfa2014:s42"]),
    ],
)
def test_another_law_beside_it_does_not_hide_one_of_ours(question: str, expected: list[str]) -> None:
    assert _ids(question) == expected


def test_a_section_of_a_plan_is_told_from_a_section_of_an_act() -> None:
    assert names_plan_section("is section F legally binding")
    assert names_plan_section("sections B, F and I")
    assert not names_plan_section("section 36")


@given(st.sampled_from(sorted(name for name in load_catalogue() if name[:4] == "cop:" and name[4].isdigit())))
def test_every_paragraph_of_the_code_is_found_by_its_number(name: str) -> None:
    assert _ids(f"what does paragraph {name.removeprefix('cop:')} say?") == [name]


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error_and_only_real_passages_are_named(text: str) -> None:
    references, _ = find_references(text)
    assert all(reference.id in load_catalogue() for reference in references)
