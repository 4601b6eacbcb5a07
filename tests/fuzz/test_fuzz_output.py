"""Whatever stands in a question or an answer: HTML has no element that our templates lack, and quotations are exact."""

from __future__ import annotations

import random
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import lxml.html
from hostile import QUESTIONS, SNIPPETS, count, hostile_text, mutants, thorough
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import assistant.web
from assistant.answer import Answer, Audience, Citation, DatedDeadline, DutyRow, Status, WayOn
from assistant.library import Library
from assistant.markdown import as_typed
from assistant.markdown import render as as_markdown
from assistant.quote import force_of, mark_modals, quote_best, quote_part, quote_whole
from assistant.web.answer_view import Exchange, plain_text, render_conversation
from assistant.web.browse_html import found_html
from assistant.web.markup import CitationLinks, blocks, inline, official, with_emergency_calls, with_modals
from assistant.web.passage_view import snippet, with_words
from assistant.web.source_view import render_source
from assistant.word_search import WordSearch, search_words
from corpus.passage import Force, Passage, PassageId

_TEMPLATES = Path(assistant.web.__file__).parent
_LINKS = re.compile(
    r"#[\w-]+|tel:999|https://(?:www\.gov|www\.legislation\.gov|assets\.publishing\.service\.gov)\.uk/\S*"
    r"|https://www\.nationalarchives\.gov\.uk/doc/open-government-licence/version/3/"
)


_FILLED = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\{\w*\}", re.DOTALL)
"""What a template fills in."""


class _Reader(HTMLParser):
    """Reads HTML as browsers do in the main; it knows nothing of our templates."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@cache
def _ours() -> frozenset[tuple[str, str]]:
    """The elements and attributes in the files that our HTML is written in."""
    reader = _Reader()
    sources = [*(_TEMPLATES / "templates").glob("*.html"), _TEMPLATES / "markup.py", _TEMPLATES / "passage_view.py"]
    for path in sources:
        text = _FILLED.sub(" ", path.read_text(encoding="utf-8"))
        reader.feed(text)
        reader.reset()
    return frozenset({*reader.elements, ("a", "id")})  # where the first of a citation's numbers stands


def _check_html(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.elements <= _ours(), reader.elements - _ours()
    assert not any(name.startswith("on") for _, name in reader.elements)
    assert not reader.odd
    assert [link for link in reader.links if not _LINKS.fullmatch(link)] == []


def _check_by_another(html: str) -> None:
    """The same by libxml2, which reads broken HTML in another way."""
    for element in lxml.html.fromstring(f"<div>{html}</div>").iter():
        assert isinstance(element.tag, str), "a comment"
        assert element.tag == "div" or (element.tag, "") in _ours(), element.tag
        assert all((element.tag, name) in _ours() for name in element.keys()), (element.tag, element.keys())  # noqa: SIM118


def test_marks_become_html_and_all_else_is_text() -> None:
    dice = random.Random("markup")
    for text in mutants("marks as HTML", 12_000, (*QUESTIONS, *SNIPPETS), longest=1500):
        links = dice.choice((None, CitationLinks(1, frozenset({1, 2, 9}))))
        made = dice.choice((inline, blocks))(text, links)
        _check_html(made)
        _check_html(with_emergency_calls(made))
        if dice.random() < 0.1 and text.isprintable():
            shown = "".join(lxml.html.fromstring(f"<div>{with_modals(text)}</div>").itertext())
            assert "".join(shown.split()) == "".join(text.split())
        first, last = sorted((dice.randint(-5, 1600), dice.randint(-5, 1600)))
        _check_html(official(text, dice.choice((None, (first, last)))))


def _answer(status: Status, words: list[str], audience: Audience | None) -> Answer:
    """An answer each of whose texts is hostile; the addresses are ours, as those of a passage are."""
    a, b, c, d = words
    url = "https://www.legislation.gov.uk/ukpga/2014/6/section/42"
    cited = (
        Citation("cfa2014:s42", a, b, Force.MUST, None, url, (c, d), 1, a),
        Citation("cop:9.14", b, c, None, 145, url, (), 2, d),
        Citation("cop:9.15", b, "", Force.MAY, 145, url, (), 3, d),
    )
    return Answer(
        status, text=a, short=b, matched=c, asked=d, citations=cited,
        duties=(DutyRow(a, Force.MUST, b, c, 1), DutyRow(d, Force.MAY, a, None, 2)),
        deadlines=(DatedDeadline(a, "2026-04-14", PassageId("cfa2014:s42"), "cfa2014:s42", b, url, c, Force.MUST, d),),
        notes=(a, b), suggestions=(c, d), question=a, next_step=WayOn(b, c, (1, 2)), audience=audience,
        audience_guessed=bool(audience),
    )  # fmt: skip


def test_an_answer_that_is_hostile_in_every_part_is_shown_as_text(library: Library) -> None:
    dice = random.Random("answers")
    seeds = (*QUESTIONS, *SNIPPETS)
    texts = list(mutants("answers as HTML", 500, seeds, longest=300))
    for start in range(0, len(texts) - 4, 4):
        words = texts[start : start + 4]
        status = dice.choice([status for status in Status if status is not Status.INVALID_QUESTION])
        made = _answer(status, words, dice.choice((None, *Audience)))
        html = render_conversation([Exchange(words[0], made), Exchange(words[1], made)], library)
        _check_html(html)
        _check_by_another(html)
        plain_text(Exchange(words[0], made))
        as_markdown(made)


def test_what_a_person_typed_is_text_in_markdown_too() -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for text in mutants("questions in Markdown", 1_500, (*QUESTIONS, *SNIPPETS), longest=160):
        typed = " ".join(text.split())
        html = reader.render(f"*Asked: {as_typed(typed)}*")
        inner = _Reader()
        inner.feed(html)
        assert {tag for tag, _ in inner.elements} <= {"p", "em"}, (typed, html)


def test_every_search_is_answered_in_our_html_alone(library: Library) -> None:
    finder = WordSearch(library)
    for text in mutants("search as you type", 150, (*QUESTIONS, *SNIPPETS), longest=250):
        found = finder.find(text, limit=3)
        assert set(found.named) | set(found.matching) <= set(library.passages)
        assert len(found.matching) <= found.total <= len(library.order)
        _check_html(found_html(text, found, library))


def test_a_word_that_is_marked_changes_no_text(library: Library) -> None:
    dice = random.Random("words")
    texts = [passage.text for passage in library.passages.values() if passage.text]
    for text in mutants("words marked in text", 2_500, (*QUESTIONS, *SNIPPETS), longest=200):
        words = search_words(text)
        assert words == list(dict.fromkeys(words))
        _check_html(with_words(text, words))
        within = dice.choice(texts)
        piece = snippet(within, words).removeprefix("… ").removesuffix(" …")
        assert piece in " ".join(within.split())


class _NoImages:
    def images(self, *_: object) -> tuple[()]:
        return ()


def test_a_source_is_shown_for_any_name_and_any_quotation(library: Library) -> None:
    dice = random.Random("sources")
    for text in mutants("sources shown", 250, ("cop:9.14", "cfa2014:s36(8)", *SNIPPETS), longest=300):
        name = dice.choice((text, "cop:9.14", f"cop:9.14({text}", "cfa2014:s36(8)"))
        html = render_source(library, _NoImages(), name, text if dice.random() < 0.5 else "")  # type: ignore[arg-type]
        _check_by_another(html)
        _check_html(html)


def test_a_quotation_is_an_unbroken_stretch_of_its_passage(library: Library) -> None:
    dice = random.Random("quotations")
    passages = [passage for passage in library.passages.values() if passage.text]
    for text in mutants("quotations", 5_000, longest=400):
        passage = dice.choice(passages)
        made = quote_best(passage, text, longest=dice.choice((1, 5, 40, 110)))
        assert made is not None and made.text and passage.text and made.text in passage.text
        assert made.force == force_of(made.text)
        part = dice.choice([anchor.ref for anchor in passage.anchors] or ["(1)"])
        parts = (quote_part(passage, part), quote_part(passage, text))
        assert all(quoted is None or quoted.text in passage.text for quoted in parts)
        assert mark_modals(made.text).replace("**", "") == made.text.replace("**", "")


@thorough(400)
@given(hostile_text, hostile_text, st.integers(1, 50))
def test_any_text_can_be_quoted_from(text: str, wanted: str, longest: int) -> None:
    count("quotations (hypothesis)")
    passage = Passage(PassageId("cop:1.1"), "cop", "", (), text * 3, "")
    made = quote_best(passage, wanted, longest)
    assert (made is None) == (not text) and (made is None or made.text in text * 3)
    whole = quote_whole(passage)
    assert whole is None or whole.text == text * 3
