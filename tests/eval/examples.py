"""Questions, answers and figures made by hand, for the tests of the evaluation."""

from __future__ import annotations

from typing import Any

from assistant.answer import Answer, Citation, Status
from corpus.passage import Force, Passage, PassageId
from eval.questions import Question


def question(name: str, *gold: str, text: str = "Can I ask?", **fields: Any) -> Question:
    return Question(id=name, type="answerable", question=text, gold=tuple(map(PassageId, gold)), **fields)


def passage(name: str, text: str | None, *, transcribed: bool = False) -> Passage:
    return Passage(
        id=PassageId(name), source="cop", label=name, headings=(), text=text, url="", transcribed=transcribed
    )


def citation(name: str, quote: str = "", force: Force | None = None, number: int = 1) -> Citation:
    return Citation(id=name, label=name, quote=quote, force=force, page=None, url="", number=number)


def answered(*names: str, text: str = "Yes.", **fields: Any) -> Answer:
    citations = tuple(citation(name, number=place) for place, name in enumerate(names, 1))
    return Answer(status=Status.ANSWERED, text=text, short=text, **({"citations": citations} | fields))


def interval(mean: float, low: float, high: float) -> dict[str, float]:
    return {"mean": mean, "low": low, "high": high, "count": 100}
