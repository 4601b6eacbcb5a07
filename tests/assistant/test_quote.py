"""Quotations are unbroken stretches of the official text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library import Library
from assistant.quote import force_of, mark_modals, quote_best, quote_part, shared_share
from corpus.passage import Force, PassageId

WORDS = st.lists(st.sampled_from("must school plan council child appeal weeks review should may".split()), max_size=12)


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("They must not refuse", Force.MUST_NOT),
        ("It must do so, and should say why", Force.MUST),
        ("Regulations shall apply", Force.MUST),
        ("They should not wait", Force.SHOULD_NOT),
        ("They should ask, and may write", Force.SHOULD),
        ("They may ask", Force.MAY),
        ("In mustard and shoulder", None),
    ],
)
def test_the_strongest_modal_is_the_force(text: str, force: Force | None) -> None:
    assert force_of(text) is force


@given(words=WORDS, number=st.integers(min_value=0, max_value=1294))
def test_a_quotation_is_an_unbroken_stretch_of_its_passage(library: Library, words: list[str], number: int) -> None:
    passage = library.passages[library.order[number]]
    quotation = quote_best(passage, " ".join(words))
    assert quotation is not None and quotation.text
    assert quotation.text in (passage.text or "")
    assert len(quotation.text.split()) <= 500


def test_the_sentence_that_answers_is_in_the_quotation(library: Library) -> None:
    passage = library.passages[PassageId("cop:9.69")]
    quotation = quote_best(passage, "must section F be detailed, specific and quantified")
    assert quotation is not None and "detailed and specific" in quotation.text
    assert quotation.force is Force.MUST


def test_a_part_of_a_provision_is_quoted_whole(library: Library) -> None:
    passage = library.passages[PassageId("cfa2014:s36")]
    quotation = quote_part(passage, "(3)")
    assert quotation is not None and quotation.text.startswith("(3) When a request is made")
    assert quote_part(passage, "(99)") is None


def test_modals_are_marked_and_nothing_else_is_touched() -> None:
    assert mark_modals("It must act, and may ask.") == "It **must** act, and **may** ask."
    assert mark_modals("mustard") == "mustard"


def test_shared_share_counts_words_of_substance() -> None:
    assert shared_share("appeal to the Tribunal", ["an appeal", "the Tribunal hears appeals"]) == 1.0
    assert shared_share("the and of", ["anything"]) == 0.0
