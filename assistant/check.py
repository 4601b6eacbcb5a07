"""The first steps: is it a question, is someone in danger, is it about England, does what it names exist?"""

from __future__ import annotations

from datetime import date

from assistant import deadlines
from assistant.answer import Answer, Status
from assistant.library import Library
from assistant.phrases import has_phrase, phrase
from assistant.references import ELSEWHERE, Missing, find_references, words_beside
from assistant.retrieve import question_vector, search_text
from assistant.rules import old_words, other_jurisdiction, speaks_of_danger, speaks_of_proposals, topic_not_covered
from assistant.turn import Turn
from assistant.visible import clean as clean  # for those who clean a question beforehand
from corpus.catalogue import load_catalogue
from corpus.scope import Scope

LONGEST_QUESTION = 4000
"""Characters."""
_LONGEST_TYPED = 4 * LONGEST_QUESTION
"""Characters, with those that nobody sees."""
_SHOWN = 160
"""Characters of a question that is too long, by which the answer names it."""
URGENT = 0.4
"""From this probability on, a question that no pattern knows is taken to speak of danger."""
_SURELY_HERE, _HARDLY_ELSEWHERE = 0.85, 0.03  # chosen on the dev questions
_REMEMBERED = 20
"""Earlier questions of a conversation that are looked back to."""


def check_question(turn: Turn, library: Library) -> None:
    """End the turn where there is no question to answer; what is asked, now and earlier, is cleaned and bounded."""
    earlier = (clean(question[:LONGEST_QUESTION])[:LONGEST_QUESTION] for question in turn.history[-_REMEMBERED:])
    turn.history = tuple(question for question in earlier if question)
    # one character can stand for a whole phrase: it is the cleaned question that the patterns meet
    asked = clean(turn.question[: _LONGEST_TYPED + 1])
    if len(turn.question) > _LONGEST_TYPED or len(asked) > LONGEST_QUESTION:
        turn.question = turn.resolved = clean(turn.question[:_SHOWN])[:_SHOWN] + "…"
        turn.answer = end(turn, Status.INVALID_QUESTION, phrase("invalid_question", "too_long", limit=LONGEST_QUESTION))
        return
    turn.question = turn.resolved = asked
    if not turn.question:
        turn.answer = end(turn, Status.INVALID_QUESTION, phrase("invalid_question", "empty"))
    elif not any(char.isalnum() for char in turn.question):
        turn.answer = end(turn, Status.INVALID_QUESTION, phrase("invalid_question", "no_words"))


def spot_danger(turn: Turn, library: Library) -> None:
    """Where someone may come to harm, help comes before anything else."""
    if speaks_of_danger(turn.question) or _sounds_urgent(turn, library):
        turn.answer = end(turn, Status.URGENT_HELP, f"{phrase('urgent_help')}\n\n{phrase('urgent_also')}")


def _sounds_urgent(turn: Turn, library: Library) -> bool:
    """Whether it is like the calls for help that the scope model has learnt from."""
    if not turn.question.strip():
        return False
    vector = question_vector(turn, library)
    return library.scope.probabilities(search_text(turn.question, library), vector)[Scope.URGENT] >= URGENT


def translate_old_words(turn: Turn, library: Library) -> None:
    """Note what words of before 2014, such as "statement", are called now."""
    turn.notes += [phrase("old_words", name) for name in old_words(turn.question)]


def spot_proposals(turn: Turn, library: Library) -> None:
    """Tell what is only proposed from the law in force."""
    if speaks_of_proposals(turn.resolved):
        turn.answer = end(turn, Status.NOT_COVERED, f"{phrase('proposals')}\n\n{phrase('who_can_help')}")


def spot_deadlines(turn: Turn, library: Library) -> None:
    """Work out the dates that follow where the question names an event and a day."""
    today = date.today()
    found = deadlines.spot(turn.resolved, today)
    if found is None:
        return
    event, day = found
    try:
        turn.deadlines = deadlines.deadlines(event.id, day, today)
    except deadlines.DeadlineError:
        return  # a day too far off to count from: the question is answered without dates


def spot_jurisdiction(turn: Turn, library: Library) -> None:
    """Name the right system where the question isn't about England."""
    place = other_jurisdiction(turn.resolved)
    if place and not _merely_mentions_it(turn, library):
        turn.answer = end(turn, Status.OTHER_JURISDICTION, phrase("other_jurisdiction", place))


def _merely_mentions_it(turn: Turn, library: Library) -> bool:
    """Whether the scope model, which has learnt from places that are merely mentioned, is sure of such a case."""
    scope = _scope(turn, library)
    return scope[Scope.ANSWERABLE] >= _SURELY_HERE and scope[Scope.ELSEWHERE] <= _HARDLY_ELSEWHERE


def _scope(turn: Turn, library: Library) -> dict[Scope, float]:
    return library.scope.probabilities(search_text(turn.resolved, library), question_vector(turn, library))


def spot_topic(turn: Turn, library: Library) -> None:
    """Say so at once where the topic is one that the sources leave out, and isn't merely mentioned."""
    topic = topic_not_covered(turn.resolved)
    if topic and _scope(turn, library)[Scope.ANSWERABLE] < _SURELY_HERE:
        text = f"{phrase('not_covered_topics', topic)}\n\n{phrase('who_can_help')}"
        turn.answer = end(turn, Status.NOT_COVERED, text)


def read_references(turn: Turn, library: Library) -> None:
    """Read the passages that the question names; end the turn where none of them exists.

    A law that isn't among the sources is noted, and ends the turn only where nothing else is asked.
    """
    turn.references, turn.missing = find_references(turn.resolved)
    if not turn.missing:
        return
    if not turn.references and not _asks_more(turn):
        sentences = [what_exists(missing) for missing in turn.missing]
        if any(missing.source == ELSEWHERE for missing in turn.missing):
            sentences.append(phrase("no_such_provision", "held"))
        turn.answer = end(turn, Status.NO_SUCH_PROVISION, " ".join(dict.fromkeys(sentences)))
    else:
        turn.notes += [what_exists(missing) for missing in turn.missing if missing.source == ELSEWHERE]


def _asks_more(turn: Turn) -> bool:
    """Whether a question that names another law says more than that it wants to read it."""
    if any(missing.source != ELSEWHERE for missing in turn.missing):
        return False
    rest = turn.resolved
    for missing in turn.missing:
        rest = rest.replace(missing.local, " ")
    return words_beside(rest) > 1


def what_exists(missing: Missing) -> str:
    """That there is no such paragraph or provision, and what there is."""
    if missing.source == ELSEWHERE:
        return phrase("no_such_provision", "elsewhere", asked=missing.local)
    if missing.source != "cop":
        special = f"{missing.source}_{missing.local}"
        key = special if has_phrase("no_such_provision", special) else missing.source
        return phrase("no_such_provision", key, asked=_spoken(missing.local))
    if missing.local == "7.36":
        return phrase("no_such_provision", "gap")
    if missing.local.startswith("intro."):
        asked = missing.local.removeprefix("intro.")
        return phrase("no_such_provision", "introduction", asked=asked, last=_last("intro."))
    chapter = missing.local.split(".")[0]
    if not 1 <= int(chapter) <= 11:
        return phrase("no_such_provision", "chapter", asked=missing.local)
    last = f"{chapter}.{_last(chapter + '.')}"
    return phrase("no_such_provision", "paragraph", asked=missing.local, chapter=chapter, last=last)


def _last(prefix: str) -> str:
    """The number of the last passage of the Code whose local id starts with `prefix`."""
    names = [name for name in load_catalogue() if name.startswith(f"cop:{prefix}")]
    return names[-1].removeprefix(f"cop:{prefix}")


def _spoken(local: str) -> str:
    """`s99` as "99", `r70` as "Regulation 70", `sch4.p1` as "Schedule 4, paragraph 1"."""
    if local.startswith("sch"):
        schedule, _, paragraph = local.removeprefix("sch").partition(".p")
        return f"Schedule {schedule}, paragraph {paragraph}" if paragraph else f"Schedule {schedule}"
    kind = {"s": "Section", "r": "Regulation"}[local[0]]
    return f"{kind} {local[1:]}"


def end(turn: Turn, status: Status, text: str) -> Answer:
    """An answer that is nothing but `text`."""
    return Answer(status, text, short=text, question=turn.question, audience=turn.audience)
