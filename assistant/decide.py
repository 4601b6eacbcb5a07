"""Is there an answer in what was found? Decided by scores that were calibrated on questions of every kind."""

from __future__ import annotations

from assistant.answer import Answer, Status
from assistant.compose import nearest_passages
from assistant.library import Library
from assistant.phrases import phrase
from assistant.turn import Turn

IN_SCOPE = 0.40
"""Below this similarity of the nearest passage, a question isn't about SEND law."""
COVERED = 0.47
"""Below this, it is, but the sources don't answer it."""


def decide(turn: Turn, library: Library) -> None:
    """End the turn where nothing found is near enough to answer."""
    if turn.references:
        return
    nearest = max((hit.similarity for hit in turn.hits), default=0.0)
    if nearest < IN_SCOPE:
        text = phrase("out_of_scope")
        turn.answer = Answer(Status.OUT_OF_SCOPE, text, short=text, retrieved=turn.retrieved)
    elif nearest < COVERED:
        turn.answer = nearest_passages(turn, library, phrase("not_covered"))
