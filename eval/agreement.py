"""Do two judges agree on which passages answer a question? Our gold against a second judge who didn't see it.

The second judge was shown, in random order, the gold passages of 80 questions among the first ones of three searches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.passage import PassageId
from eval.questions import Question, QuestionError

SECOND = Path(__file__).with_name("judgements") / "second.jsonl"


class Judgement(BaseModel):
    """What a judge says of one passage and one question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    """The question's id."""
    passage: PassageId
    relevant: bool
    """Whether the passage itself states the answer, or a real part of it."""
    reason: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two judges agree over pairs of a question and a passage."""

    questions: int
    pairs: int
    agreed: float
    """The share of the pairs of which both say the same."""
    kappa: float
    """Cohen's kappa: agreement beyond chance, 1 where it is perfect."""
    gold_confirmed: float
    """The share of our gold passages that the second judge finds relevant."""
    one_confirmed: float
    """The share of questions of which at least one gold passage is confirmed."""
    missed: float
    """The share of the passages that the second judge finds relevant which are not in our gold."""


def load_judgements(path: Path = SECOND) -> list[Judgement]:
    """The second judge's judgements; raises QuestionError that names the line at fault."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Judgement.model_validate(json.loads(line)))
        except (ValueError, ValidationError) as error:
            raise QuestionError(f"{path.name}, line {number}: {error}") from error
    return found


def agreement(questions: Iterable[Question], second: Sequence[Judgement]) -> Agreement:
    """Compare the gold of `questions` with `second`; raises QuestionError where a judged question doesn't exist."""
    from sklearn.metrics import cohen_kappa_score

    gold = {question.id: frozenset(question.gold) for question in questions}
    unknown = sorted({judgement.question for judgement in second} - gold.keys())
    if unknown:
        raise QuestionError(f"The second judge judged questions that don't exist: {', '.join(unknown)}.")
    first = [judgement.passage in gold[judgement.question] for judgement in second]
    other = [judgement.relevant for judgement in second]
    both = [a and b for a, b in zip(first, other, strict=True)]
    confirmed = {judgement.question for judgement, yes in zip(second, both, strict=True) if yes}
    judged = {judgement.question for judgement in second}
    return Agreement(
        questions=len(judged),
        pairs=len(second),
        agreed=sum(a == b for a, b in zip(first, other, strict=True)) / len(second),
        kappa=float(cohen_kappa_score(first, other)),
        gold_confirmed=sum(both) / sum(first),
        one_confirmed=len(confirmed) / len(judged),
        missed=1 - sum(both) / sum(other),
    )


def table(found: Agreement) -> str:
    """The agreement in Markdown."""
    rows = (
        ("questions judged twice", f"{found.questions}"),
        ("pairs of question and passage", f"{found.pairs}"),
        ("judged alike", f"{found.agreed:.3f}"),
        ("Cohen's kappa", f"{found.kappa:.3f}"),
        ("of our gold passages, confirmed", f"{found.gold_confirmed:.3f}"),
        ("questions with a gold passage confirmed", f"{found.one_confirmed:.3f}"),
        ("relevant to the second judge, not in our gold", f"{found.missed:.3f}"),
    )
    return "\n".join(["| two judges | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])
