"""No input makes a pattern run away: four times the text takes at most about four times as long."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from hostile import count

from assistant.check import check_question, spot_deadlines
from assistant.follow_up import resolve_follow_up
from assistant.language import detect
from assistant.library import Library
from assistant.mask import mask
from assistant.quote import content_words, mark_modals
from assistant.references import find_references, names_plan_section
from assistant.rules import (
    audience_of,
    old_words,
    other_jurisdiction,
    speaks_of_danger,
    speaks_of_proposals,
    topic_not_covered,
    unsaid,
)
from assistant.spoken_dates import find_dates
from assistant.turn import Turn
from assistant.visible import clean
from assistant.web.markup import blocks, official
from assistant.word_search import search_words

SHORT = 800
"""Characters; four times as many are still a question that is taken."""
GROWTH = 10.0
"""Times as long as the shorter text takes: squares would take 16, but so may do a busy machine for a moment."""
INSTANT = 0.02
"""Seconds below which nothing can be told."""
PIECES = (
    "9.14 ", "what is after 9.14 ", "after a b c ", "section 36, ", "s36(1)(a) ", "(1)", "sch 1, para 1 ",
    "section 1 of the 1996 act ", "3 march ", "3/3/2026 ", "1-", "next a b ", "march ", "12 weeks ago ", "about   ",
    "day ", "a", "a ", " ", "A.", "Aa ", "1", "0 ", "-", "- ", "'", "a'", "a-", "(", "[", "*", "**a ", "*a", "[1]",
    "999 ", "\n", "é", "ﷺ", "Tom Smith ", "my name is ", "Mrs ", "a@", "a.b", "a@b.", "www.", "07700 ", "1 aa aa ",
    "born on ", "ref no. A", "must not ", "section F and ", "ehcp ", "asked for an assessment not ", "refuse ",
    "kill ", "wales ", "i am a ", "the the ",
)  # fmt: skip
TARGETS: dict[str, Callable[[str], object]] = {
    "references": find_references,
    "plan sections": names_plan_section,
    "dates": lambda text: find_dates(text, date(2026, 11, 25)),
    "masking": mask,
    "cleaning": clean,
    "danger": speaks_of_danger,
    "jurisdiction": other_jurisdiction,
    "topics": topic_not_covered,
    "audience": audience_of,
    "old words": old_words,
    "proposals": speaks_of_proposals,
    "unsaid": unsaid,
    "marks": blocks,
    "official text": official,
    "modals": mark_modals,
    "content words": content_words,
    "search words": search_words,
    "language": detect,
}


def _seconds(act: Callable[[str], object], text: str, tries: int) -> float:
    taken = []
    for _ in range(tries):
        started = time.process_time()
        act(text)
        taken.append(time.process_time() - started)
    return min(taken)


def _runs_away(act: Callable[[str], object], piece: str) -> bool:
    short, long = ((piece * (SHORT * times))[: SHORT * times] for times in (1, 4))
    for tries in (1, 3, 9):  # measured again where it looks bad
        took = _seconds(act, long, tries)
        if took < INSTANT or took < GROWTH * _seconds(act, short, tries):
            return False
    return True


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_no_pattern_runs_away(target: Callable[[str], object]) -> None:
    assert [piece for piece in PIECES if _runs_away(target, piece)] == []
    count("time over length", len(PIECES))


def test_no_question_takes_long_to_check(library: Library) -> None:
    library.knows_word("warm")

    def checks(text: str) -> None:
        turn = Turn(text, history=(text,) * 5)
        check_question(turn, library)
        resolve_follow_up(turn, library)
        spot_deadlines(turn, library)
        library.speller.correct(turn.question)

    assert [piece for piece in PIECES if _runs_away(checks, piece)] == []
    count("time over length", len(PIECES))
