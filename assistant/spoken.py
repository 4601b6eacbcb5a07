"""Questions that aren't in English: translated and answered where a language model is configured.

Without one they get a fixed text in their own language. A translation is the model's: what can be checked of it
(figures, citation numbers, that it is the language it should be) is checked, and the English stands below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace

from assistant.answer import Answer, Status
from assistant.check import LONGEST_QUESTION, end
from assistant.generate import translate, what_was_masked
from assistant.language import Language, danger_in, detect
from assistant.library import Library
from assistant.markdown import render
from assistant.mask import mask
from assistant.phrases import phrase
from assistant.turn import Turn
from corpus.numbers import numbers
from corpus.settings import Settings

_CITED = re.compile(r"\[(\d+)\]")
_FIGURE = re.compile(r"\d+")
_MARKUP = re.compile(r"[<>`|#~]|\]\(|https?:|www\.")
"""What no translation of ours has: it would be the model's own."""


def recognise_language(turn: Turn, library: Library, config: Settings | None = None) -> None:
    """Translate a question that isn't in English, or end it with what can be done; danger comes first."""
    spoken = detect(turn.question, library.knows_word)
    if spoken is None:
        return
    if danger_in(turn.question, spoken):
        turn.answer = end(turn, Status.URGENT_HELP, f"{spoken.urgent_text}\n\n{phrase('urgent_help')}")
        return
    english = _in_english(turn.question, library, config)
    if english is None:
        turn.answer = end(turn, Status.NOT_COVERED, f"{spoken.text}\n\n{spoken.english}")
        return
    turn.original, turn.question, turn.resolved, turn.spoken = turn.question, english, english, spoken
    turn.vector = None  # it may have been embedded as it was typed
    # an earlier question that has no translation can't be leant on
    earlier = [
        text if detect(text, library.knows_word) is None else _in_english(text, library, config)
        for text in turn.history
    ]
    turn.history = tuple(text for text in earlier if text)


def _in_english(text: str, library: Library, config: Settings | None) -> str | None:
    """`text` in English; None where it can't be had or isn't one."""
    english = translate(text, config=config)
    if english is None or len(english) > LONGEST_QUESTION or not _figures(text) <= _stated(english):
        return None
    return english if detect(english, library.knows_word) is None else None


def answer_in_language(answer: Answer, turn: Turn, config: Settings | None = None) -> Answer:
    """`answer` to a translated question, with its short part in the language that was asked in above the English."""
    if turn.spoken is None:
        return answer
    own = replace(answer, question=turn.original, asked=answer.asked or turn.question, language=turn.spoken.code)
    if answer.status is Status.URGENT_HELP:
        said: str | None = turn.spoken.urgent_text
    else:
        said = _checked(translate(answer.short, turn.spoken.name, config), answer.short, turn.spoken)
    masked = tuple(note for note in what_was_masked(mask(turn.original)) if note not in answer.notes)
    own = replace(own, translation=said or "", notes=answer.notes + masked)
    return replace(own, text=render(own))


def _checked(said: str | None, english: str, spoken: Language) -> str | None:
    """The translation `said` of `english`, where what can be checked of it holds; else None."""
    if said is None or Counter(_CITED.findall(said)) != Counter(_CITED.findall(english)):
        return None
    if _MARKUP.search(said) or said.count("*") > english.count("*"):
        return None
    # a translation may write "six" as 6, but has no figure that the English hasn't, and leaves none out
    if not _figures(english) <= _figures(said) <= _stated(english):
        return None
    found = detect(said)
    return said if found is None or found.code == spoken.code else None


def _figures(text: str) -> set[str]:
    """The numbers that stand in figures, of whatever script, in `text`; not those of citations."""
    plain = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in _CITED.sub(" ", text))
    return {number.lstrip("0") or "0" for number in _FIGURE.findall(plain)}


def _stated(english: str) -> set[str]:
    """The numbers that `english` states, in figures or in words."""
    return _figures(english) | set(numbers(_CITED.sub(" ", english)))
