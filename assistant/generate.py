"""The short answer in a language model's words, where one is configured.

Personal details are masked, the model is asked, each sentence is checked; else the composed answer stands.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from assistant.answer import Answer, Status
from assistant.check import clean
from assistant.circuit import ModelFailure, Reason
from assistant.draft import Checked, check_draft, split_sentences
from assistant.library import Library
from assistant.llm import ask
from assistant.markdown import render
from assistant.mask import Masked, mask, unmask
from assistant.model_clients import is_configured, is_installed, stays_here
from assistant.prompt import Prompt, build_prompt, prompt_words, translation_prompt
from assistant.turn import Turn
from corpus.settings import Settings, settings

_NOTHING = "NOTHING"
"""What the model is told to write where the passages don't hold the answer."""
_log = logging.getLogger(__name__)


def generate(turn: Turn, library: Library, config: Settings | None = None) -> None:
    """Let the configured model word the short answer of `turn.answer`; without one, leave it as composed."""
    for _ in _versions(turn, library, config or settings(), live=False):
        pass


def stream(turn: Turn, library: Library, config: Settings | None = None) -> Iterator[Answer]:
    """The composed answer of `turn.answer` at once, then the model's as it grows, checked sentence by sentence.

    The last one stands, and `turn.answer` is that one. Where the model fails, or what it wrote can't be
    shown, the last one is the composed answer with a note that says so.
    """
    yield from _versions(turn, library, config or settings(), live=True)


def _versions(turn: Turn, library: Library, config: Settings, *, live: bool) -> Iterator[Answer]:
    composed = turn.answer
    if composed is None:
        raise ValueError("there is no answer yet: run the steps of the pipeline first")
    yield composed
    if not is_configured(config) or composed.status is not Status.ANSWERED or not composed.citations:
        return
    masked = mask(turn.resolved)
    try:
        prompt = build_prompt(masked.text, turn.audience, composed.citations, library)
        for checked, whole in _drafts(config, prompt, composed, live=live):
            turn.answer = _worded(composed, checked, masked, whole=whole)
            yield turn.answer
        return
    except ModelFailure as failure:
        why = failure.reason.value
    except Exception as error:  # a model must never cost anyone the answer that is there
        _log.error("The language model's answer could not be made (%s).", type(error).__name__)
        why = Reason.UNREADABLE.value
    turn.answer = _as_composed(composed, why, masked, config)
    yield turn.answer


def _drafts(config: Settings, prompt: Prompt, composed: Answer, *, live: bool) -> Iterator[tuple[Checked, bool]]:
    """What may be shown of the draft, each time that it has a sentence more; then of the whole, and True."""
    draft = ""
    read = 0
    shown: tuple[str, ...] = ()
    with closing(ask(config, prompt.system, prompt.text, live=live)) as bits:
        for bit in bits:
            draft += bit
            complete = len(split_sentences(draft, whole=False))
            if complete > read:
                read = complete
                checked = _check(draft, prompt, composed, whole=False)
                if checked.sentences != shown:
                    shown = checked.sentences
                    yield checked, False
    yield _check(draft, prompt, composed, whole=True), True


def _check(draft: str, prompt: Prompt, composed: Answer, *, whole: bool) -> Checked:
    """Check the draft; raises ModelFailure as soon as what is left of it can't stand by itself."""
    ours = "" if composed.matched else composed.short  # an answer to another question agrees with nothing
    checked = check_draft(draft, prompt.shown, whole=whole, instructions=prompt.system, composed=ours)
    if whole and draft.strip(" .\n") == _NOTHING:
        raise ModelFailure(Reason.UNANSWERED)
    if not checked.sound:
        _log.info("The language model's draft was left out: %s.", "; ".join(checked.faults) or "nothing in it")
        raise ModelFailure(Reason.UNSOUND)
    return checked


def _worded(composed: Answer, checked: Checked, masked: Masked, *, whole: bool) -> Answer:
    """The composed answer with the model's words in place of its short answer."""
    short = unmask(checked.text, masked)
    notes = (prompt_words().notes["written"], *what_was_masked(masked)) if whole else ()
    # the model answers what was asked, not the question of ours that is nearest to it
    return _rendered(replace(composed, short=short, matched="", notes=composed.notes + notes))


def _as_composed(composed: Answer, why: str, masked: Masked, config: Settings) -> Answer:
    """The composed answer with a note on why no model worded it."""
    words = prompt_words()
    note = words.notes["kept"].format(why=words.why[why].format(extra=config.llm))
    asked = why not in (Reason.MISSING, Reason.PAUSED)
    notes = (note, *(what_was_masked(masked) if asked else ()))
    return _rendered(replace(composed, notes=composed.notes + notes))


def _rendered(answer: Answer) -> Answer:
    return replace(answer, text=render(answer))


def what_was_masked(masked: Masked) -> tuple[str, ...]:
    """The note that tells which kinds of details were masked; none where there were none."""
    if not masked.found:
        return ()
    return (prompt_words().notes["masked"].format(kinds=", ".join(masked.kinds)),)


def translate(text: str, language: str = "English", config: Settings | None = None) -> str | None:
    """`text` in `language`, by the configured model, personal details masked on the way; None where it can't be had.

    The translation is the model's and unchecked: show it to the person before it is relied on.
    """
    config = config or settings()
    if not is_configured(config):
        return None
    masked = mask(text)
    try:
        translated = "".join(ask(config, *translation_prompt(masked.text, language), live=False))
    except ModelFailure:
        return None
    return unmask(clean(translated), masked) or None


def privacy_line(config: Settings) -> str:
    """What happens to what the user writes, in a sentence for the page."""
    if not is_configured(config):
        return prompt_words().privacy["none"]
    return prompt_words().privacy["here" if stays_here(config) else "elsewhere"]


def model_problem(config: Settings) -> str | None:
    """Why the configured model can't be asked at all, with what to do; None where it can be, or none is configured."""
    if not is_configured(config) or is_installed(config):
        return None
    words = prompt_words()
    return words.notes["kept"].format(why=words.why[Reason.MISSING].format(extra=config.llm))
