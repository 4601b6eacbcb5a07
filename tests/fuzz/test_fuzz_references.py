"""Whatever is typed: references name what the text names, and characters that nobody sees change nothing."""

from __future__ import annotations

import random
import re
import unicodedata

from hostile import UNSEEN, count, hostile_text, mutants, thorough, unseen_in, with_unseen
from hypothesis import given
from hypothesis import strategies as st

from assistant.check import what_exists
from assistant.references import Missing, Reference, find_references, names_plan_section
from assistant.visible import clean, clean_lines
from corpus.catalogue import load_catalogue


def _plainly(text: str) -> str:
    """`text` as a reader sees it, worked out in another way than the program does."""
    seen = [c for c in text if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"} and (c in "\n\r\t\v\f\x85" or unicodedata.category(c) != "Cc")]  # noqa: E501  # fmt: skip
    shown = (c for c in seen if c not in UNSEEN and not "\ufe00" <= c <= "\ufe0f")
    folded = unicodedata.normalize("NFKC", "".join(shown))
    return "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in folded)


def _is_named(item: Reference | Missing, text: str) -> bool:
    local = item.local if isinstance(item, Missing) else item.id.partition(":")[2]
    if local.startswith("intro."):
        return bool(re.search(r"intro", text, re.IGNORECASE))
    if local == "figure.timescales":
        return bool(re.search(r"timescale|page 154", text, re.IGNORECASE))
    if re.match(r"\d", local):
        chapter, number = local.split(".")
        return bool(re.search(rf"(?<!\d)0?{chapter}\.0*{number}(?!\d)", text))
    numbers = re.findall(r"\d+", local)
    if local.endswith(".p1") and not re.search(r"(?<!\d)0*1(?!\d)", text):
        numbers = numbers[:1]  # a Schedule without a number of a paragraph begins at its first
    return all(re.search(rf"(?<!\d)0*{number}(?!\d)", text) for number in numbers)


def _check(text: str) -> None:
    found, missing = find_references(text)
    plainly = _plainly(text)
    for reference in found:
        assert reference.id in load_catalogue(), text
        assert _is_named(reference, plainly), (reference, text)
        assert re.fullmatch(r"(?:\([0-9A-Za-z]+\))*", reference.part), reference
    for item in missing:
        assert _is_named(item, plainly), (item, text)
        said = what_exists(item)
        assert said.endswith((".", "?", "”", ")")) and said.isprintable() and not unseen_in(said)
    if not any(c.isdecimal() or c.isdigit() or unicodedata.normalize("NFKC", c).isdigit() for c in text):
        assert all(re.search(r":(?:intro\.|figure\.)", r.id) for r in found), text
        assert all(item.local.startswith("intro.") for item in missing), text


def test_every_reference_found_is_one_that_the_text_names() -> None:
    for text in mutants("references", 12_000):
        _check(text)
        names_plan_section(text)


@thorough(400)
@given(hostile_text)
def test_every_reference_found_is_named_in_any_text(text: str) -> None:
    count("references (hypothesis)")
    _check(text)


def test_characters_that_nobody_sees_change_no_reference() -> None:
    dice = random.Random("unseen")
    for text in mutants("references with unseen characters", 7_000):
        assert find_references(with_unseen(text, dice)) == find_references(text)


@thorough(400)
@given(hostile_text, st.randoms(use_true_random=False))
def test_cleaning_leaves_nothing_unseen_and_is_done_once(text: str, dice: random.Random) -> None:
    count("cleaning")
    cleaned = clean(text)
    assert not unseen_in(cleaned) and not set("\n\u2066\u2069") & set(cleaned)
    assert clean(cleaned) == cleaned
    assert clean(with_unseen(text, dice)) == cleaned
    kept = clean_lines(text)
    assert unseen_in(kept) <= set("\t\u200c\u200d") and clean_lines(kept) == kept
    kept.encode()
