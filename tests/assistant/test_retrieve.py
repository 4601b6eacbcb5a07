"""Retrieval over the real sources: what leads a ranking."""

from __future__ import annotations

import pytest

from assistant.library import Library
from assistant.retrieve import retrieve
from assistant.turn import Turn


@pytest.mark.parametrize("place", [0, 7, 19])
@pytest.mark.parametrize("name", ["cop:9.14", "cfa2014:s42", "sendregs2014:r12", "eqa2010:s20"])
def test_a_question_of_ours_put_in_a_few_other_words_is_led_by_its_passage(
    library: Library, name: str, place: int
) -> None:
    annotation = next(note for id, note in library.annotations.items() if id == name)
    pair = annotation.qa[place % len(annotation.qa)]
    turn = Turn(pair.q, resolved=f"please tell me, {pair.q}")
    retrieve(turn, library)
    assert turn.retrieved[0] == name


def test_the_question_that_is_nearly_the_one_asked_leads_whatever_else_is_like_it(library: Library) -> None:
    asked = "Does my son need a diagnosis before I can ask for an EHC assessment?"
    turn = Turn(asked, resolved=asked)
    retrieve(turn, library)
    assert turn.retrieved[0] == "cop:9.14"
    assert turn.hits[0].question_similarity == max(hit.question_similarity for hit in turn.hits)
    assert [hit.score for hit in turn.hits] == sorted((hit.score for hit in turn.hits), reverse=True)
