"""What a language model is asked, and the words that tell the user about it; both are kept in `prompt.yaml`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.answer import Audience, Citation
from assistant.library import Library
from assistant.verify import Shown
from corpus.check import base_id

PROMPT_FILE = Path(__file__).with_name("prompt.yaml")
LONGEST_SHOWN = 350
"""Words: of a longer passage the model is shown what the answer quotes."""
_KEY_LETTERS = "BCDFGHJKLMNPQRTVWXZ"  # no vowels: no words, and none of the sections A, E and I of a plan


class _Words(BaseModel):
    """What `prompt.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    text: str
    extract: str
    changed: str
    no_official: str
    readers: dict[str, str]
    translation: str
    notes: dict[str, str]
    why: dict[str, str]
    privacy: dict[str, str]


@cache
def prompt_words() -> _Words:
    """The words of `prompt.yaml`."""
    return _Words.model_validate(yaml.safe_load(PROMPT_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to the model, and the passages in it by the keys of this turn."""

    system: str
    text: str
    shown: dict[str, Shown]


def build_prompt(question: str, audience: Audience | None, citations: Sequence[Citation], library: Library) -> Prompt:
    """Ask for an answer to `question`, already masked, from the passages that `citations` name.

    Keys and the marks around the question are drawn anew: nobody who writes a question can know them.
    """
    words = prompt_words()
    mark = f"~~{new_key(8)}~~"
    shown: dict[str, Shown] = {}
    extracts: list[str] = []
    for citation in citations:
        key = next(key for key in iter(new_key, "") if key not in shown)
        passage = show(citation, key, library)
        shown[key] = passage
        label = citation.label
        official = passage.text or words.no_official
        extracts.append(words.extract.format(key=key, label=label, official=official, gist=passage.summary).strip())
    example = next(iter(shown), "")
    reader = words.readers[audience.value if audience else "anyone"]
    return Prompt(
        words.system.format(reader=reader, example=example, mark=mark),
        words.text.format(extracts="\n\n".join(extracts), question=question, mark=mark).strip(),
        shown,
    )


def translation_prompt(text: str, language: str) -> tuple[str, str]:
    """What the model is told and given to translate `text`, already masked."""
    mark = f"~~{new_key(8)}~~"
    return prompt_words().translation.format(mark=mark, language=language), f"{mark}\n{text}\n{mark}"


def new_key(length: int = 3) -> str:
    """Letters that nobody can guess and no number can be taken for."""
    return "".join(secrets.choice(_KEY_LETTERS) for _ in range(length))


def show(citation: Citation, key: str, library: Library) -> Shown:
    """A cited passage as the model is shown it."""
    passage = library.passages.get(base_id(citation.id))
    annotation = library.annotations.get(base_id(citation.id))
    text = passage.text or "" if passage else ""
    if len(text.split()) > LONGEST_SHOWN:
        text = citation.quote
    note = annotation.note if annotation else None
    summary = [annotation.gist if annotation else "", prompt_words().changed.format(note=note) if note else ""]
    boxes = passage.relevant_legislation if passage else ()
    return Shown(
        key=key,
        number=citation.number,
        title="\n".join((citation.label, *citation.headings, *boxes)),
        text=text,
        summary="\n".join(filter(None, summary)),
    )
