from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.copying import LONGEST_COPY, copied_run

OFFICIAL = (
    "Farmers who keep hens should count them every evening at dusk before the door is shut. "
    "Then the local authority for the village counts all of the remaining hens once more by candle light."
)


def test_nine_words_in_a_row_are_a_copy() -> None:
    assert copied_run("Do count them every evening at dusk before the door, please.", OFFICIAL) == (
        "count them every evening at dusk before the door"
    )


def test_eight_words_in_a_row_are_not() -> None:
    assert copied_run("Do count them every evening at dusk before the gate.", OFFICIAL) is None


def test_capitals_and_punctuation_hide_no_copy() -> None:
    assert copied_run("COUNT them, every evening; at dusk: before the door", OFFICIAL)


def test_a_quoted_phrase_may_be_copied() -> None:
    assert copied_run("Hens “count them every evening at dusk before the door” it says.", OFFICIAL) is None


def test_a_term_of_art_neither_counts_nor_hides_a_copy() -> None:
    beside = "is shut. Then the local authority for the village counts"
    assert copied_run(beside, OFFICIAL) is None
    assert copied_run(f"{beside} all of the", OFFICIAL) == "is shut then for the village counts all of"


def test_straight_and_curly_apostrophes_are_the_same() -> None:
    official = "the farmer’s hens eat corn from the miller’s old wooden bowl"
    assert copied_run("the farmer's hens eat corn from the miller's old wooden", official)


@given(st.lists(st.sampled_from("abcdefg"), min_size=LONGEST_COPY + 1, max_size=40), st.data())
def test_every_long_enough_run_of_the_official_text_is_found(official: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(official) - LONGEST_COPY - 1))
    run = " ".join(official[start : start + LONGEST_COPY + 1])
    assert copied_run(f"zzz {run} zzz", " ".join(official)) == run


@pytest.mark.parametrize("text", ["", "hens", "“”", "¶"])
def test_a_text_too_short_to_copy_is_no_copy(text: str) -> None:
    assert copied_run(text, OFFICIAL) is None
