"""What users said of answers, as candidates for questions with known answers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

FEEDBACK_FILE = "feedback.sqlite"


class FeedbackError(ValueError):
    """Feedback that can't be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that a user asked and judged the answer of; what its right answer is, a person must still say."""

    id: str
    question: str
    useful: bool
    why: str
    status: str
    """How the assistant ended it."""
    cited: tuple[str, ...]
    """What the assistant cited: a hint for the person who judges, not gold."""

    def line(self) -> str:
        """The candidate as a line of JSON, with the fields of a question that are still to be filled in."""
        row: dict[str, object] = {
            "id": self.id,
            "type": "answerable",
            "question": self.question,
            "audience": None,
            "gold": [],
            "must_mention": [],
            "must_not": [],
            "status": "answered",
            "reason": "",
            "feedback": {"useful": self.useful, "why": self.why, "ended": self.status, "cited": self.cited},
        }
        return json.dumps(row, ensure_ascii=False)


def read_candidates(path: Path) -> Iterator[Candidate]:
    """The feedback that came with its question, oldest first; a question asked twice counts once.

    Raises FeedbackError where there is no feedback file or it isn't one.
    """
    if not path.exists():
        raise FeedbackError(
            f"There is no feedback yet: {path.name} is written when someone says whether an answer was useful, "
            "and holds a question only where they chose to share it."
        )
    seen = set()
    for row in _rows(path):
        question = " ".join(row["question"].split())
        if question and question.lower() not in seen:
            seen.add(question.lower())
            yield Candidate(
                id=f"feedback-{row['id']}",
                question=question,
                useful=row["verdict"] == "useful",
                why=row["why"] or "",
                status=row["status"] or "",
                cited=tuple(_cited(row["citations"])),
            )


def _rows(path: Path) -> list[sqlite3.Row]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(
                "select id, verdict, why, status, question, citations from feedback "
                "where question is not null order by id"
            ).fetchall()
    except sqlite3.Error as error:
        raise FeedbackError(f"{path.name} can't be read as feedback ({error}). Move it away to start anew.") from error


def _cited(citations: str | None) -> list[str]:
    """The passage ids in `citations`: a JSON list, or ids parted by commas or spaces."""
    text = (citations or "").strip()
    if text.startswith("["):
        try:
            return [str(name) for name in json.loads(text)]
        except ValueError:
            return []
    return text.replace(",", " ").split()
