"""People who ask a running server, each one question after another."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle
from typing import Any

import httpx

from eval.questions import Question

Answers = Mapping[str, Any]
"""The answer of each question, as the interface gives it, by question id."""
_CALL = "/gradio_api/call/ask"
_LONGEST = 120.0  # seconds until an answer counts as lost
_REFUSALS = (429, 503)


class Ending(StrEnum):
    """How asking a question ended."""

    RIGHT = "right"
    """With the answer that the question gets when nobody else asks."""
    MIXED_UP = "mixed up"
    """With the answer of another question."""
    CHANGED = "changed"
    """With an answer that none of the questions gets when nobody else asks."""
    REFUSED = "refused"
    """Politely: with a status and words that say when to come back."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that was asked."""

    question: str
    """Its id."""
    ending: Ending
    seconds: float
    why: str = ""
    """What went wrong, where it failed."""


class Refusal(Exception):
    """The server asks to come back after some seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = wait


@dataclass
class Crowd:
    """People who ask all at once, for as long as it is said."""

    url: str
    people: int
    seconds: float
    pause: float
    """The mean of the seconds in which a person reads an answer."""
    auth: tuple[str, str] | None = None
    asked: list[Asked] = field(default_factory=list)

    async def ask(self, questions: Sequence[Question], answers: Answers) -> list[Asked]:
        """Let each person ask their own share of `questions`, over and over, and hold what comes against `answers`."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=self.people)
        async with httpx.AsyncClient(
            base_url=self.url, timeout=_LONGEST, limits=limits, auth=self.auth, trust_env=False
        ) as client:
            end = time.monotonic() + self.seconds
            shares = [questions[number :: self.people] or questions for number in range(self.people)]
            async with asyncio.TaskGroup() as tasks:
                for number, share in enumerate(shares):
                    tasks.create_task(self._one_person(client, share, answers, random.Random(number), end))  # noqa: S311
        return self.asked

    async def _one_person(
        self, client: httpx.AsyncClient, share: Sequence[Question], answers: Answers, mood: random.Random, end: float
    ) -> None:
        for question in cycle(share):
            if time.monotonic() >= end:
                return
            started = time.perf_counter()
            try:
                ending, why = judge(await ask(client, question), question.id, answers), ""
                wait = mood.expovariate(1 / self.pause) if self.pause else 0.0
            except Refusal as refusal:
                ending, why, wait = Ending.REFUSED, "", refusal.wait
            except (httpx.HTTPError, ValueError) as error:
                ending, why, wait = Ending.FAILED, f"{type(error).__name__}: {error}", 1.0
            self.asked.append(Asked(question.id, ending, time.perf_counter() - started, why))
            await asyncio.sleep(min(wait, max(0.0, end - time.monotonic())))


async def ask(client: httpx.AsyncClient, question: Question) -> Any:
    """The answer of the server's interface to one question.

    Raises Refusal where the server asks to come back, httpx.HTTPError where it can't be reached or fails, and
    ValueError where what comes isn't an answer.
    """
    call = await client.post(_CALL, json={"data": [question.question, question.audience, list(question.history)]})
    if call.status_code in _REFUSALS and "retry-after" in call.headers:
        raise Refusal(float(call.headers["retry-after"]))
    call.raise_for_status()
    event = ""
    async with client.stream("GET", f"{_CALL}/{call.json()['event_id']}") as lines:
        lines.raise_for_status()
        async for line in lines.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "complete":
                return json.loads(value)[0]
            elif name == "data" and event == "error":
                raise ValueError(f"the server says {value}")
    raise ValueError("the answer broke off")


def judge(found: Any, question: str, answers: Answers) -> Ending:
    """Whether `found` is the answer of that question, of another, or of none."""
    if found == answers[question]:
        return Ending.RIGHT
    if isinstance(found, dict) and "error" in found:
        raise ValueError(f"the server says {found['error']}")
    return Ending.MIXED_UP if any(found == other for other in answers.values()) else Ending.CHANGED
