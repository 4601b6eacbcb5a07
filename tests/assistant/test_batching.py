"""Vectors of questions asked at the same moment: embedded together, each given to who asked, the last ones kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.batching import TOGETHER, QuestionVectors

_LONGEST = 20.0


def _vector(text: str) -> NDArray[np.float32]:
    return np.array([int(text)], dtype=np.float32)


class Model:
    """Embeds numbers; its first batch waits until it is told to go on."""

    def __init__(self, *, waits: bool = False) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.may_go_on = Event(), Event()
        if not waits:
            self.may_go_on.set()

    def __call__(self, texts: list[str]) -> NDArray[np.float32]:
        self.batches.append(texts)
        self.begun.set()
        assert self.may_go_on.wait(_LONGEST)
        if "13" in texts:
            raise ValueError("13")
        return np.array([_vector(text) for text in texts])


def _wait_for(vectors: QuestionVectors, number: int) -> None:
    """Wait until so many questions wait for their vector."""
    done = Event()
    for _ in range(10_000):
        if len(vectors._waiting) >= number:
            return
        done.wait(0.001)
    pytest.fail("the questions don't come")


def test_a_lone_question_is_embedded_at_once_and_alone() -> None:
    model = Model()
    assert QuestionVectors(model).of("7") == _vector("7")
    assert model.batches == [["7"]]


def test_questions_that_come_while_another_is_embedded_are_embedded_together() -> None:
    model = Model(waits=True)
    vectors = QuestionVectors(model)
    with ThreadPoolExecutor(5) as people:
        first = people.submit(vectors.of, "1")
        assert model.begun.wait(_LONGEST)
        others = [people.submit(vectors.of, text) for text in "2345"]
        _wait_for(vectors, 5)
        model.may_go_on.set()
        assert first.result() == _vector("1")
        assert [other.result() for other in others] == [_vector(text) for text in "2345"]
    assert model.batches[0] == ["1"]
    assert sorted(model.batches[1]) == ["2", "3", "4", "5"]


def test_the_same_question_of_many_people_is_embedded_once() -> None:
    model = Model(waits=True)
    vectors = QuestionVectors(model)
    with ThreadPoolExecutor(8) as people:
        asked = [people.submit(vectors.of, "4") for _ in range(8)]
        assert model.begun.wait(_LONGEST)
        model.may_go_on.set()
        assert all(one.result() == _vector("4") for one in asked)
    assert model.batches == [["4"]]


def test_many_people_each_get_the_vector_of_their_own_question() -> None:
    model = Model()
    vectors = QuestionVectors(model, kept=3)
    start = Barrier(32)

    def person(number: int) -> bool:
        start.wait(_LONGEST)
        return all(vectors.of(str(text)) == text for text in range(number, number + 100) if text != 13)

    with ThreadPoolExecutor(32) as people:
        assert all(people.map(person, range(32)))
    assert max(map(len, model.batches)) <= TOGETHER


def test_what_was_asked_last_is_kept_and_no_more_than_that() -> None:
    model = Model()
    vectors = QuestionVectors(model, kept=2)
    for text in ("1", "2", "1", "3", "1", "2"):
        assert vectors.of(text) == _vector(text)
    assert model.batches == [["1"], ["2"], ["3"], ["2"]]
    assert len(vectors._kept) == 2


def test_a_failure_is_told_to_all_who_waited_for_it_and_is_not_kept() -> None:
    model = Model(waits=True)
    vectors = QuestionVectors(model)
    with ThreadPoolExecutor(3) as people:
        first = people.submit(vectors.of, "1")
        assert model.begun.wait(_LONGEST)
        failing = [people.submit(vectors.of, text) for text in ("13", "2")]
        _wait_for(vectors, 3)
        model.may_go_on.set()
        assert first.result() == _vector("1")
        for one in failing:
            with pytest.raises(ValueError, match="13"):
                one.result()
    assert vectors.of("2") == _vector("2")
    with pytest.raises(ValueError, match="13"):
        vectors.of("13")


def test_a_vector_that_is_shared_cannot_be_written_to() -> None:
    vector = QuestionVectors(Model()).of("5")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1
