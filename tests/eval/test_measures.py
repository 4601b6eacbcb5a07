"""The measures, held against sums done by hand."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest
from examples import answered, citation, question

from assistant.answer import DutyRow
from assistant.library import Library
from corpus.passage import Force
from eval.measures import (
    bootstrap,
    citation_precision,
    cites_gold,
    facts_stated,
    force_is_kept,
    paired_difference,
    quotes_are_verbatim,
    says_wrong,
    score_rankings,
)


def test_ndcg_is_the_discounted_gain_over_that_of_the_best_order() -> None:
    asked = question("q", "cop:9.14", "cop:9.3")
    scores = score_rankings([asked], {"q": ["cop:9.3", "cop:1.1", "cop:9.14"]})
    gain = 1 / log2(2) + 1 / log2(4)
    best = 1 / log2(2) + 1 / log2(3)
    assert scores["nDCG@10"]["q"] == pytest.approx(gain / best)


def test_reciprocal_rank_recall_and_hits_are_as_by_hand() -> None:
    asked = question("q", "cop:9.14", "cop:9.3")
    scores = score_rankings([asked], {"q": ["cop:1.1", "cop:1.2", "cop:9.14"]})
    assert scores["MRR@10"]["q"] == pytest.approx(1 / 3)
    assert scores["recall@10"]["q"] == pytest.approx(0.5)
    assert [scores[f"hit@{k}"]["q"] for k in (1, 3, 5, 10)] == [0, 1, 1, 1]


def test_a_passage_in_the_eleventh_place_counts_for_nothing() -> None:
    ranking = [f"cop:1.{place}" for place in range(1, 11)] + ["cop:9.14"]
    scores = score_rankings([question("q", "cop:9.14")], {"q": ranking})
    assert {name: values["q"] for name, values in scores.items()} == dict.fromkeys(scores, 0.0)


def test_a_question_that_found_nothing_counts_as_nought_and_not_at_all() -> None:
    scores = score_rankings([question("a", "cop:1.1"), question("b", "cop:1.2")], {"a": ["cop:1.1"], "b": []})
    assert scores["hit@1"] == {"a": 1.0, "b": 0.0}


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = bootstrap([0.0, 1.0] * 10), bootstrap([0.0, 1.0] * 500)
    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < few.high - few.low
    # for 1,000 fair coins the normal approximation gives 0.5 ± 1.96 * sqrt(0.25 / 1000)
    assert many.high - many.low == pytest.approx(2 * 1.96 * (0.25 / 1000) ** 0.5, rel=0.1)


def test_the_interval_is_the_same_on_every_run() -> None:
    assert bootstrap([0.0, 1.0, 1.0]) == bootstrap([0.0, 1.0, 1.0])


def test_nothing_measured_is_said_to_be_nothing() -> None:
    empty = bootstrap([])
    assert empty.count == 0
    assert empty.mean != empty.mean


def test_a_difference_is_taken_question_by_question() -> None:
    ahead = paired_difference({"a": 1.0, "b": 0.5}, {"b": 0.5, "a": 0.0})
    assert ahead.mean == pytest.approx(0.5)
    never = paired_difference({str(n): 1.0 for n in range(50)}, {str(n): 0.8 for n in range(50)})
    assert never.low == pytest.approx(0.2) == pytest.approx(never.high)


def test_a_part_of_a_right_passage_counts_as_that_passage() -> None:
    asked = question("q", "cfa2014:s36")
    assert cites_gold(asked, answered("cfa2014:s36(8)"))
    assert not cites_gold(asked, answered("cfa2014:s37"))
    assert citation_precision(asked, answered("cfa2014:s36(8)", "cop:9.1")) == 0.5
    assert citation_precision(asked, answered()) is None


def test_a_fact_is_stated_where_one_of_its_wordings_stands_whatever_the_marks() -> None:
    asked = question("q", must_mention=("six weeks|6 weeks", "parent"))
    assert facts_stated(asked, answered(text="Within **6\nweeks**.")) == 0.5
    assert facts_stated(question("q"), answered()) is None


def test_a_wrong_statement_is_looked_for_in_the_direct_answer() -> None:
    asked = question("q", must_not=("needs a diagnosis",))
    assert says_wrong(asked, answered(text="He “needs a diagnosis”."))
    assert not says_wrong(asked, answered(text="No diagnosis is needed."))


def test_a_quotation_that_differs_by_one_word_is_not_verbatim(library: Library) -> None:
    text = library.passages["cop:9.14"].text or ""
    quote = text[:200]
    assert quotes_are_verbatim(answered(citations=(citation("cop:9.14", quote),)), library)
    altered = quote.replace("should", "must", 1)
    assert altered != quote
    assert not quotes_are_verbatim(answered(citations=(citation("cop:9.14", altered),)), library)


def test_a_citation_that_calls_should_must_does_not_keep_the_force(library: Library) -> None:
    right = citation("cop:9.14", "The local authority should consider it.", Force.SHOULD)
    assert force_is_kept(answered(citations=(right,)), library)
    assert not force_is_kept(answered(citations=(replace(right, force=Force.MUST),)), library)


def test_a_duty_that_its_passage_does_not_bear_does_not_keep_the_force(library: Library) -> None:
    name, duty = next(
        (name, duty)
        for name, annotation in library.annotations.items()
        for duty in annotation.duties
        if duty.force is Force.SHOULD and not annotation.law and "must" not in (library.passages[name].text or "must")
    )
    row = DutyRow(duty.who, duty.force, duty.what, duty.when, citation=1)
    cited = (citation(name),)
    assert force_is_kept(answered(citations=cited, duties=(row,)), library)
    assert not force_is_kept(answered(citations=cited, duties=(replace(row, force=Force.MUST),)), library)
    assert not force_is_kept(answered(citations=cited, duties=(replace(row, citation=2),)), library)
