"""Who asks: chosen, or guessed from the words and said so. It changes what leads an answer, never the law."""

from __future__ import annotations

from assistant.answer import Audience
from assistant.library import Library
from assistant.rules import audience_of
from assistant.turn import Turn


def recognise_audience(turn: Turn, library: Library) -> None:
    """Guess who asks where nobody has said; the words of earlier questions count too."""
    if turn.audience is not None:
        return
    for question in (turn.question, *reversed(turn.history)):
        name = audience_of(question)
        if name is not None:
            turn.audience, turn.audience_guessed = Audience(name), True
            return
