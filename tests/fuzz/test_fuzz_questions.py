"""Whatever is asked: the checks before retrieval end it in words, or hand on a question that is clean and bounded."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import asdict

import pytest
from hostile import QUESTIONS, SNIPPETS, count, hostile_text, mutants, thorough, unseen_in, with_unseen
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Audience, Status
from assistant.audience import recognise_audience
from assistant.check import (
    LONGEST_QUESTION,
    check_question,
    read_references,
    spot_deadlines,
    spot_proposals,
    spot_topic,
    translate_old_words,
)
from assistant.follow_up import resolve_follow_up
from assistant.language import detect, languages
from assistant.library import Library
from assistant.mask import mask, speaks_of_detail, unmask
from assistant.pipeline import answer
from assistant.retrieve import search_text
from assistant.rules import other_jurisdiction, speaks_of_danger
from assistant.spoken import recognise_language
from assistant.turn import Turn
from assistant.visible import clean
from corpus.check import base_id

CHEAP = (
    check_question, recognise_audience, resolve_follow_up, read_references, spot_proposals,
    spot_topic, translate_old_words, spot_deadlines,
)  # fmt: skip
"""The checks that no model has a part in."""
_FOLLOW_UPS = ("and if they refuse?", "why?", "how long does that take?", "what about section I?", "")


def _check_ending(found: Answer) -> None:
    assert found.status in set(Status)
    assert found.text and not unseen_in(found.text), found.text
    assert not unseen_in(found.question) and not unseen_in(found.asked)
    json.dumps(asdict(found), ensure_ascii=False).encode()


def _through(turn: Turn, library: Library) -> Turn:
    for step in CHEAP:
        step(turn, library)
        if turn.answer is not None:
            _check_ending(turn.answer)
            break
    assert len(turn.question) <= LONGEST_QUESTION and not unseen_in(turn.question)
    assert len(turn.resolved) <= LONGEST_QUESTION + 1001 and not unseen_in(turn.resolved)
    return turn


def test_the_checks_end_in_a_status_or_hand_on_a_clean_question(library: Library) -> None:
    dice = random.Random("checks")
    for text in mutants("question checks", 6_000):
        history: tuple[str, ...] = ()
        if dice.random() < 0.3:
            history, text = (text, dice.choice(SNIPPETS)), dice.choice((text, *_FOLLOW_UPS))
        turn = _through(Turn(text, history=history, audience=dice.choice((None, None, *Audience))), library)
        speaks_of_danger(turn.question)
        other_jurisdiction(turn.resolved)


def test_characters_that_nobody_sees_change_no_check(library: Library) -> None:
    dice = random.Random("unseen in checks")
    for text in mutants("question checks with unseen characters", 1_500):
        plain = _through(Turn(text), library)
        strange = _through(Turn(with_unseen(text, dice)), library)
        assert (strange.question, strange.answer) == (plain.question, plain.answer)
        assert (strange.references, strange.deadlines) == (plain.references, plain.deadlines)


@thorough(300)
@given(hostile_text, st.lists(hostile_text, max_size=3))
def test_any_text_and_any_history_pass_the_checks(library: Library, text: str, history: list[str]) -> None:
    count("question checks (hypothesis)")
    _through(Turn(text, history=tuple(history)), library)


HUGE = ("x " * 500_000, "\x00" * 1_000_000, "ﷺ" * 4_000, "9.14 " * 800, "\u202e" * 4_001, "é" * 10**6)


@pytest.mark.parametrize("text", HUGE, ids=("words", "nulls", "ligatures", "numbers", "overrides", "letters"))
def test_a_huge_question_is_refused_in_words_and_its_history_is_cut(library: Library, text: str) -> None:
    for turn in (Turn(text), Turn("and if they refuse?", history=(text,) * 30)):
        _through(turn, library)
    refused = Turn(text)
    check_question(refused, library)
    if refused.answer:
        assert refused.answer.status is Status.INVALID_QUESTION and len(json.dumps(asdict(refused.answer))) < 3000


def test_the_language_is_one_that_is_known_and_english_stays_english(library: Library) -> None:
    known = {language.code for language in languages()}
    seeds = (*QUESTIONS, *(language.text.split("\n")[0] for language in languages()))
    for text in mutants("language", 1_200, seeds, longest=1000):
        turn = Turn(clean(text))
        found = detect(turn.question, library.knows_word)
        if found is not None:
            assert found.code in known or found.text == found.english or found.native_name
            recognise_language(turn, library)
            assert turn.answer is not None
            _check_ending(turn.answer)


def _capitals(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text) if word.isupper()]


def test_spelling_changes_neither_numbers_nor_capitals(library: Library) -> None:
    for text in mutants("spelling", 2_000, longest=600):
        text = clean(text)
        mended = library.speller.correct(text)
        assert re.findall(r"\d+", mended) == re.findall(r"\d+", text)
        assert _capitals(mended) == _capitals(text)


DETAILS = (
    "tom.smith@example.org", "07700 900123", "+44 7700 900 123", "SW1A 1AA", "943 476 5919", "A123456789012",
    "www.example.org/tom", "https://example.org/?q=tom.smith@example.org", "EH123/24/00123", "AB 12 34 56 C",
    "14/02/2015", "3rd March 2016",
)  # fmt: skip


def test_a_personal_detail_is_hidden_wherever_it_stands() -> None:
    dice = random.Random("details")
    for text in mutants("masking", 9_000, longest=400):
        told = [dice.choice(DETAILS) for _ in range(dice.randint(0, 3))]
        text = clean(text)
        for detail in told:
            places = [match.start() for match in re.finditer(r"(?<=[a-z]) (?=[a-z])", text)] or [0]
            place = dice.choice(places)
            text = f"{text[:place]} {detail} {text[place:].lstrip()}"
        masked = mask(text)
        for detail in told:
            assert not re.search(rf"(?<!\w){re.escape(detail)}(?!\w)", masked.text), (detail, masked.text)
        stuck = any(re.search(rf"[A-Z]{d.placeholder}|{d.placeholder}[A-Z]", masked.text) for d in masked.found)
        if not stuck:  # to a letter: then nobody can tell where the placeholder ends
            assert unmask(masked.text, masked).lower() == text.lower()
            assert speaks_of_detail(masked.text) or not any(detail.kind != "NAME" for detail in masked.found)
        again = mask(text)
        assert again == masked


@pytest.mark.parametrize("number", [30, 800])
def test_any_number_of_details_is_hidden(number: int) -> None:
    text = " ".join(f"a{n}@b{n}.org" for n in range(number))
    masked = mask(text)
    count("masking")
    assert "@" not in masked.text and unmask(masked.text, masked) == text


def _verbatim(found: Answer, library: Library) -> None:
    for citation in found.citations:
        passage = library.passages[base_id(citation.id)]
        assert not citation.quote or " ".join(citation.quote.split()) in " ".join((passage.text or "").split())


def _turns(texts: Sequence[str], library: Library) -> list[Turn]:
    """Turns for the texts, those that will be searched for as they are embedded together."""
    vectors = library.embed_many([search_text(clean(text), library) for text in texts])
    return [Turn(text, vector=vector) for text, vector in zip(texts, vectors, strict=True)]


def test_whatever_is_asked_the_answer_is_verbatim_and_of_a_known_status(library: Library) -> None:
    library.warm_up()
    statuses = set()
    for turn in _turns(list(mutants("whole answers", 40, longest=500)), library):
        found = answer(turn, library)
        _check_ending(found)
        _verbatim(found, library)
        assert set(found.retrieved) <= set(library.passages)
        statuses.add(found.status)
    assert len(statuses) >= 3, statuses
