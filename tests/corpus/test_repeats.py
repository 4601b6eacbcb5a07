from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from corpus import repeats
from corpus.repeats import NEARLY_SAME, repeated_between, repeated_within
from corpus.words import asked_words, words

questions = st.lists(
    st.lists(st.sampled_from("can son appeal school council plan refuse late who when".split()), max_size=5).map(
        " ".join
    ),
    max_size=8,
)


def test_case_punctuation_and_the_order_of_words_make_no_other_question() -> None:
    assert list(repeated_within(["Who can appeal?", "when is it due", "can appeal, WHO"])) == [(0, 2)]


def test_a_few_letters_make_no_other_question() -> None:
    near = [
        "we're moving house to a different council, what happens",
        "we're moving house to a different councils what happens",
    ]
    assert list(repeated_within(near)) == [(0, 1)]


def test_the_same_content_in_other_small_words_is_the_same_question() -> None:
    assert list(
        repeated_between(["can my son go to a special school?"], ["could she", "can the girl go to special school"])
    ) == [(0, 1)]


def test_a_question_word_makes_another_question() -> None:
    assert (
        list(repeated_within(["who decides about the special school place", "when decides special school place"])) == []
    )


def test_two_short_questions_with_one_content_word_are_compared_by_their_letters_only() -> None:
    assert list(repeated_within(["the appeal?", "an appeal to it"])) == []


def test_nothing_is_repeated_where_nothing_is_asked() -> None:
    assert list(repeated_within([])) == list(repeated_between(["who"], [])) == []


@given(questions)
def test_the_quick_way_finds_what_holding_each_against_each_finds(asked: list[str]) -> None:
    def same(one: str, other: str) -> bool:
        letters = fuzz.token_sort_ratio(" ".join(words(one)), " ".join(words(other)))
        content = asked_words(one)
        return letters >= NEARLY_SAME or (len(content) >= 3 and content == asked_words(other))

    expected = [(i, j) for i in range(len(asked)) for j in range(i + 1, len(asked)) if same(asked[i], asked[j])]
    assert list(repeated_within(asked)) == expected


def test_a_repeat_is_found_across_the_blocks_that_the_work_is_cut_into() -> None:
    asked = [f"question number {number} of the {number}th child" for number in range(repeats._AT_ONCE + 2)]
    asked[-1] = asked[0]
    found = [pair for pair in repeated_within(asked) if pair == (0, len(asked) - 1)]
    assert found == [(0, len(asked) - 1)]
