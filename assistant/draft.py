"""A language model's draft, taken apart into sentences: what of it may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.verify import Fault, Shown, check_sentence

MOST_SENTENCES = 6
"""A short answer has no more; what follows is left out."""

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_LINE_MARK = re.compile(r"^\s*(?:[-*•]\s+|#+\s*|\d{1,2}[.)]\s+)")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)")
_END = re.compile(r"(?P<end>[.!?][”\"’)]*(?:\s*\[[^\[\]]*\])*)\s+(?=[\"“‘(]?[A-Z0-9<!])")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|etc|paras?|s|ss|regs?|vs|cf|mr|mrs|ms|dr|st|sch|pp?)\.$", re.IGNORECASE)
_OPENER = re.compile(
    r"(yes|no|sometimes|usually|maybe|it depends|not (?:always|necessarily|yet))(?:[.!]+$|\s*[,:;—–-]\s*(?=\w))",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|such|however|but|also|otherwise|instead|then|if so|in that case"
    r"|because of this|so|and|or|therefore)\b",
    re.IGNORECASE,
)
_QUALIFIES = re.compile(
    r"\b(?:but|however|unless|except\w*|although|though|provided that|otherwise|until|only|exempt\w*)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a draft once every sentence was checked."""

    sentences: tuple[str, ...]
    """Those that may be shown, with citation numbers in place of keys."""
    faults: tuple[Fault, ...]
    """Why others may not."""
    sound: bool
    """Whether what is left stands by itself: its first sentence is there, and nothing that limits another was lost."""

    @property
    def text(self) -> str:
        """The sentences in a row."""
        return " ".join(self.sentences)


def split_sentences(draft: str, *, whole: bool) -> list[str]:
    """The sentences of `draft`, keys included; the last one only where the draft is `whole`."""
    sentences: list[str] = []
    for line in _THOUGHTS.sub("", draft).split("\n"):
        line = _EMPHASIS.sub("", _LINE_MARK.sub("", line)).strip()
        start = 0
        for match in _END.finditer(line):
            if not _ABBREVIATED.search(line[: match.start() + 1]):
                sentences.append(line[start : match.end("end")])
                start = match.end()
        sentences.append(line[start:])
    if not whole:
        sentences.pop()
    return [sentence.strip() for sentence in sentences if sentence.strip()]


def check_draft(
    draft: str, shown: Mapping[str, Shown], *, whole: bool, instructions: str = "", composed: str = ""
) -> Checked:
    """Check every sentence of `draft`, which is `whole` or still growing.

    No pattern can tell a right "yes" from a wrong one: such an opening is kept only where the answer
    that we composed opens with it too.
    """
    kept: list[str] = []
    faults: list[Fault] = []
    sound = True
    opener = ""
    for sentence in split_sentences(draft, whole=whole):
        if not (kept or faults or opener):
            opener, sentence = _opening(sentence, composed)
            if not sentence:
                continue
        verdict = check_sentence(sentence, shown, instructions)
        fault = verdict.fault or _fault_of_place(sentence, verdict.text, kept, faults)
        if fault is None:
            kept.append(verdict.text)
            continue
        faults.append(fault)
        if fault is not Fault.REPEATED and (not kept or _QUALIFIES.search(sentence)):
            sound = False
    if opener and kept:
        kept[0] = f"**{opener}** {kept[0]}"
    return Checked(tuple(kept), tuple(faults), sound and bool(kept or not whole))


def _fault_of_place(sentence: str, text: str, kept: list[str], faults: list[Fault]) -> Fault | None:
    """What is wrong with a good sentence where it stands."""
    if text in kept:
        return Fault.REPEATED
    if len(kept) == MOST_SENTENCES:
        return Fault.SURPLUS
    leans = faults and faults[-1] is not Fault.REPEATED and _LEANS.match(sentence)
    return Fault.DANGLING if leans else None


def _opening(sentence: str, composed: str) -> tuple[str, str]:
    """The "No." that `sentence` is or opens with, empty unless the composed answer opens with it too, and the rest."""
    match = _OPENER.match(sentence)
    if not match:
        return "", sentence
    rest = sentence[match.end() :]
    agreed = bool(re.match(rf"{re.escape(match[1])}\b", composed.replace("*", ""), re.IGNORECASE))
    return f"{match[1]}." if agreed else "", rest[:1].upper() + rest[1:]
