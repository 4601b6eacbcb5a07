"""Hostile input: seeds, a seeded mutator over them, and strategies for hypothesis.

The mutator knows nothing of what a case reaches, so a case costs microseconds; hypothesis looks for small examples.
`FUZZ_TIMES=10` in the environment runs ten times as many cases; the seeds stay, so every run tries the same ones.
"""

from __future__ import annotations

import os
import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
"""By which the number of cases is multiplied."""
TRIED: Counter[str] = Counter()
"""Cases tried in this run, by target."""

UNSEEN = (
    "\x00\x01\x07\x08\x0e\x1b\x1c\x1f\x7f\x80\x9f\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2066\u2067\u2068\u2069\u206f\u2800\u3164\u034f\ufe0f\ufeff\ufff9\ufffe\uffff\ue000\ud800\udfff"
    "\U000e0001\U000e0041\U000e007f\U000e0100\U0010ffff"
)
"""Characters that show nothing, or turn the order of what is shown."""
SNIPPETS = (
    "'; drop table feedback; --",
    "' or '1'='1",
    '"); delete from feedback; --',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</textarea><iframe src=javascript:alert(1)>",
    "&lt;b&gt;&#x3c;i&#x3e;&amp;amp;",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "**bold** *em* [1] [99] `code` ~~no~~",
    "| a | b |\n|---|---|",
    "- one\n- two",
    "# heading\n> quote\n```\ncode\n```",
    "$$\\input{/etc/passwd}$$ \\write18{id} $x_1^2$",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "file:///etc/passwd",
    "/gradio_api/file=/etc/passwd",
    "%2e%2e%2f%00",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7} {0} {text} {nb}",
    "paragraph 99999999999999999999",
    "para 9.99999999999999999999",
    "99999999999999999999.14",
    "section 0", "section 000036", "regulation ٣٦", "section ３６", "sch 1 para 0",
    "3 March 0000", "3 March 99999", "31 February 2026", "00/00/0000", "99/99/9999", "0001-01-01", "9999-12-31",
    "999 days ago", "29 February", "32 may", "next last this monday",
    "999 999 999",
    "9.14 " * 30,
    "s.36(3)(a)(ii)(b)(iv)" + "(1)" * 20,
    "((((((((((((((((((((", "[[[[[[[[[[", "{{{{{{{{{{",
    "a" * 300, " " * 200, "\n" * 50, "-" * 100, "*" * 99, "“" * 40,
    "tom.smith@example.org", "07700 900123", "SW1A 1AA", "Mrs O'Brien-Smith", "NHS 943 476 5919", "UPN A123456789012",
    "https://example.org/?q=tom@example.org", "EH123/24/00123",
    "İıſK ﬁ ﷺ ẞ Ǆ", "e\u0301\u0301\u0301", "\u0301" * 30, "👩‍👩‍👧‍👦🏴\U000e0067\U000e0062\U000e007f",
    "السلام عليكم أحتاج مساعدة", "我的孩子需要帮助", "मुझे मदद चाहिए", "Czy szkoła musi pomóc mojemu dziecku?",
    '{"id": 1, "question": "x"}', "NaN", "1e999", "null", "\\ud800", "\\u202e",
)  # fmt: skip
QUESTIONS = (
    "Does the council have to assess my child?",
    "what does para 9.14 say",
    "What does section 36(3) of the Children and Families Act say about parents' requests?",
    "reg 12 and Schedule 1 para 4 of the SEND regs",
    "ss.36, 37 and 42 cfa 2014",
    "what comes after 9.14?",
    "I asked for an assessment on 3 March 2026 and heard nothing",
    "They refused to assess, letter dated 03/02/2026",
    "the plan was issued last Monday, when can I appeal?",
    "we got the draft plan on the 5th of may next year",
    "School starts at 9.30 and my son won't go",
    "who must have a SENCO?",
    "As a teacher what must our school publish?",
    "My client's EHCP names no school in section I",
    "my daughtr is being exluded from schol",
    "Is it different in Wales?",
    "and if they refuse?",
    "my son says he wants to kill himself",
    "what does the white paper change",
    "can we get DLA and a statement of SEN",
    "annex 1, introduction xii, the timescales diagram",
    "¿Tiene el ayuntamiento que evaluar a mi hijo?",
)
WORDS = sorted({word for question in QUESTIONS for word in question.split()})


def count(target: str, cases: int = 1) -> None:
    """Note that `cases` more were tried of `target`."""
    TRIED[target] += cases


def mutants(target: str, number: int, seeds: Sequence[str] = QUESTIONS, longest: int = 4000) -> Iterator[str]:
    """`number` (times `TIMES`) mutants of `seeds`, the same in every run, each counted as a case of `target`."""
    dice = random.Random(target)
    for _ in range(number * TIMES):
        text = dice.choice(seeds)
        for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 5))):
            text = _CHANGES[dice.randrange(len(_CHANGES))](text, dice)
        count(target)
        yield text[:longest]


def with_unseen(text: str, dice: random.Random, most: int = 8) -> str:
    """`text` with some characters in it that show nothing."""
    for _ in range(dice.randint(1, most)):
        place = dice.randint(0, len(text))
        text = text[:place] + dice.choice(UNSEEN) + text[place:]
    return text


def unseen_in(text: str) -> set[str]:
    """The characters of `text` that no reader sees, line breaks and the isolates of right-to-left lines aside."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs"}} - set("\n\u2066\u2069")


def _insert(text: str, dice: random.Random) -> str:
    place = dice.randint(0, len(text))
    return text[:place] + dice.choice(SNIPPETS) + text[place:]


def _cut(text: str, dice: random.Random) -> str:
    first, last = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
    return text[:first] + text[last:]


def _double(text: str, dice: random.Random) -> str:
    first, last = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
    return text[:last] + text[first:last] * dice.choice((1, 1, 2, 20)) + text[last:]


def _character(text: str, dice: random.Random) -> str:
    place = dice.randint(0, len(text))
    code = dice.choice((dice.randrange(128), dice.randrange(0x3000), dice.randrange(0x110000)))
    return text[:place] + chr(code) + text[place + dice.randint(0, 1) :]


def _digits(text: str, dice: random.Random) -> str:
    zero = dice.choice("٠०０𝟎")
    return "".join(chr(ord(zero) + int(c)) if c in "0123456789" and dice.random() < 0.7 else c for c in text)


def _number(text: str, dice: random.Random) -> str:
    numbers = ("0", "00", "7", "36", "99", "100", "2147483648", "9" * 20, "-1", "1.5", "9.14", "9.300", "0.1", "12.1")
    words = text.split(" ")
    words.insert(dice.randint(0, len(words)), dice.choice(numbers))
    return " ".join(words)


def _case(text: str, dice: random.Random) -> str:
    return dice.choice((text.upper(), text.lower(), text.title(), text.swapcase()))


def _shuffle(text: str, dice: random.Random) -> str:
    words = text.split()
    dice.shuffle(words)
    return dice.choice((" ", "  ", "\n", "\t", "\u00a0", "")).join(words)


def _join(text: str, dice: random.Random) -> str:
    return text + dice.choice((" ", ", ", " and ", "\n", "")) + dice.choice(QUESTIONS)


_CHANGES = (_insert, _insert, _cut, _double, _character, _digits, _number, _case, _shuffle, _join, with_unseen)

hostile_text = st.lists(
    st.one_of(
        st.sampled_from(SNIPPETS),
        st.sampled_from(WORDS),
        st.text(alphabet=st.characters(), max_size=12),
        st.text(alphabet=UNSEEN, max_size=4),
        st.integers(0, 10**25).map(str),
        st.sampled_from(("section ", "para ", "reg ", "sch ", ".", "(", ")", " ", ", ", " and ", "\n")),
    ),
    max_size=10,
).map("".join)
"""Texts of snippets, words, numbers and any characters at all, lone surrogates too."""
hostile_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile_text, inner, max_size=4),
    max_leaves=12,
)


def thorough(examples: int) -> hypothesis_settings:
    """Settings for a property: the same `examples` (times `TIMES`) in every run, however slow the machine."""
    return hypothesis_settings(
        max_examples=examples * TIMES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
