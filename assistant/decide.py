"""Is there an answer in what was found? Decided by a model of what belongs here, trained with the index."""

from __future__ import annotations

from assistant.answer import Answer, Status
from assistant.compose import nearest_passages
from assistant.library import Library
from assistant.phrases import phrase
from assistant.turn import Turn
from corpus.scope import Scope

UNANSWERED = 0.75
"""From this probability on, the sources don't answer it. From .65 on at most 2% of the dev questions are wrongly
refused; it stands clear of that edge, for the model is trained anew with each index and moves a little. The report
draws the curve of wrong and right refusals over it."""
OFF_THE_SUBJECT = 0.50
"""The same where the question is likely about something else altogether: no dev question is wrongly taken to be."""


def decide(turn: Turn, library: Library) -> None:
    """End the turn where the sources are unlikely to answer it."""
    turn.doubt = unanswered(turn, library)
    likely = max(_REFUSALS, key=lambda kind: turn.scope[kind])
    if turn.references or turn.doubt < (UNANSWERED if likely is Scope.NOT_COVERED else OFF_THE_SUBJECT):
        return
    if likely is Scope.NOT_COVERED:
        turn.answer = nearest_passages(turn, library, phrase("not_covered"))
        return
    text = phrase("out_of_scope") if likely is Scope.OUT_OF_SCOPE else phrase("other_jurisdiction", "elsewhere")
    turn.answer = Answer(_REFUSALS[likely], text, short=text, question=turn.question, retrieved=turn.retrieved)


_REFUSALS = {
    Scope.NOT_COVERED: Status.NOT_COVERED,
    Scope.OUT_OF_SCOPE: Status.OUT_OF_SCOPE,
    Scope.ELSEWHERE: Status.OTHER_JURISDICTION,
}


def unanswered(turn: Turn, library: Library) -> float:
    """The probability that the sources don't answer the question of a turn that has been retrieved for."""
    if turn.nearness is None or turn.vector is None:
        return 0.0
    return library.scope.unanswered(turn.scope, turn.nearness, turn.vector)
