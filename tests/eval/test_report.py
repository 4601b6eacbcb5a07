"""The report: whole, well-formed, with nothing to fetch, and readable by machines that read aloud."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.answer import Status
from assistant.library import Library
from corpus.settings import settings
from eval.__main__ import measure
from eval.breakdown import breakdown, place_of
from eval.questions import Question, Split, load_questions
from eval.report import Studies, render
from eval.results import tidy
from eval.run import answer_all
from eval.systems import OURS
from eval.tables import failures_table, split_table

VOID = {"meta", "br", "hr", "img", "input", "link"}
LOADING = {"src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href"}


class Page(HTMLParser):
    """Elements in order, with a complaint for each that is closed wrongly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.complaints: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"</{tag}> at {self.getpos()} closes nothing that is open")

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


@pytest.fixture(scope="module")
def questions() -> dict[Split, list[Question]]:
    """One dev question of each type."""
    return {Split.DEV: list({question.type: question for question in load_questions(Split.DEV)}.values())}


@pytest.fixture(scope="module")
def results(library: Library, questions: dict[Split, list[Question]]) -> dict[str, Any]:
    return measure(questions, library, settings(), whole=False)


@pytest.fixture(scope="module")
def text(results: dict[str, Any], questions: dict[Split, list[Question]], library: Library) -> str:
    size = {"units": 100, "build_s": 1, "disk_mb": 2, "p50_ms": 3, "p95_ms": 4, "exact_p50_ms": 1, "recall": 0.99}
    study = {"questions": 5, "split": "dev", "variants": [_variant("everything"), _variant("without <b>words</b>")]}
    growth = {"depth": 600, "sizes": [size, size | {"units": 1000, "p50_ms": 9}]}
    return render(tidy(results), questions, library, Studies(study, growth))


def _variant(name: str) -> dict[str, Any]:
    value = {"mean": 0.5, "low": 0.4, "high": 0.6, "count": 5}
    return {"name": name, "hit@1": value, "hit@5": value, "nDCG@10": value, "change of nDCG@10": value}


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_element_is_closed_where_it_should_be(page: Page) -> None:
    assert page.complaints == []
    assert page.open == []


def test_nothing_is_fetched_from_anywhere(page: Page, text: str) -> None:
    assert not {"link", "script", "iframe", "object", "embed", "img", "base"} & {tag for tag, _ in page.elements}
    for tag, attributes in page.elements:
        assert not LOADING & set(attributes), tag
        if "href" in attributes:
            assert tag == "a"
    assert "url(" not in text
    assert "@import" not in text


def test_headings_come_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_heading_cell_says_what_it_heads(page: Page) -> None:
    cells = list(page.all("th"))
    assert cells
    assert {cell.get("scope") for cell in cells} == {"row", "col"}


def test_every_chart_is_told_in_words(page: Page) -> None:
    charts = list(page.all("svg"))
    assert len(charts) == 3
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for chart in charts:
        assert chart["role"] == "img"
        assert {*(chart["aria-labelledby"] or "").split()} <= ids


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = {(a["href"] or "")[1:] for a in page.all("a") if (a["href"] or "").startswith("#")}
    assert inner
    assert inner <= set(ids)


def test_the_page_follows_the_light_and_suits_a_phone(page: Page, text: str) -> None:
    assert "prefers-color-scheme: dark" in text
    assert any("width=device-width" in (meta.get("content") or "") for meta in page.all("meta"))


def test_words_of_questions_and_names_cannot_become_markup(
    results: dict[str, Any], questions: dict[Split, list[Question]], library: Library, text: str
) -> None:
    assert "without &lt;b&gt;words" in text.lower()
    first = questions[Split.DEV][0]
    evil = first.model_copy(update={"question": "<script>alert(1)</script>"})
    missed = [{"id": first.id, "why": ["status"], "got": "not_covered", "found": ["cop:9.14"]}]
    figures = results["splits"][Split.DEV] | {"missed": missed}
    changed = tidy(results | {"splits": {Split.DEV: figures}})
    shown = render(changed, {Split.DEV: [evil, *questions[Split.DEV][1:]]}, library)
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_a_miss_is_shown_with_what_was_found_in_our_words(
    results: dict[str, Any], questions: dict[Split, list[Question]], library: Library
) -> None:
    asked = questions[Split.DEV][0]
    missed = [{"id": asked.id, "why": ["not in first five"], "got": "answered", "found": ["cfa2014:s36"]}]
    figures = results["splits"][Split.DEV] | {"missed": missed}
    shown = render(tidy(results | {"splits": {Split.DEV: figures}}), questions, library)
    fails = shown[shown.index('id="fails"') : shown.index('id="method"')]
    assert "No right passage in the first five" in fails
    assert "Children and Families Act 2014, section 36" in fails
    assert library.annotations["cfa2014:s36"].gist[:60] in fails
    assert (library.passages["cfa2014:s36"].text or "")[:60] not in fails


def test_the_confusion_matrix_has_every_status_and_counts_every_question(page: Page, results: dict[str, Any]) -> None:
    counted = sum(count for _, _, count in results["splits"][Split.DEV]["decisions"]["confusion"])
    assert counted == results["splits"][Split.DEV]["questions"]
    kinds = [cell.get("class") for cell in page.all("td") if cell.get("class") in {"right", "wrong", "none"}]
    assert len(kinds) == len(Status) ** 2


def test_ours_is_compared_with_baselines_on_the_same_questions(results: dict[str, Any]) -> None:
    figures = results["splits"][Split.DEV]
    assert OURS in figures["retrieval"]
    counts = {value["count"] for measures in figures["retrieval"].values() for value in measures.values()}
    assert counts == {figures["ranked"]}


def test_every_question_is_in_one_group_of_each_breakdown(
    library: Library, questions: dict[Split, list[Question]]
) -> None:
    some = questions[Split.DEV][:4]
    rows = breakdown(answer_all(some, library))
    assert sum(row["questions"] for row in rows["audience"]) == len(some)
    assert sum(row["questions"] for row in rows["type"]) == len(some)


def test_a_passage_stands_in_its_chapter_or_its_act() -> None:
    assert place_of("cop:9.14") == "SEND Code of Practice, chapter 9"
    assert place_of("cop:intro.iv") == "SEND Code of Practice, introduction"
    assert place_of("cop:glossary.portage") == "SEND Code of Practice, annexes, figures and glossary"
    assert place_of("cfa2014:s36") == "Children and Families Act 2014"


def test_the_command_line_shows_the_same_figures(
    results: dict[str, Any], questions: dict[Split, list[Question]]
) -> None:
    figures = results["splits"][Split.DEV]
    assert f"| {OURS} |" in split_table("dev", figures)
    listed = failures_table(figures, questions[Split.DEV])
    assert all(row["id"] in listed for row in figures["missed"])


def test_times_are_measured_for_whole_answers_and_for_each_step(results: dict[str, Any]) -> None:
    latency = results["splits"][Split.DEV]["latency"]
    assert 0 < latency["p50_ms"] <= latency["p95_ms"]
    steps = {row["step"]: row for row in latency["steps"]}
    assert {"check_question", "retrieve", "compose"} <= set(steps)
    assert steps["check_question"]["turns"] >= steps["retrieve"]["turns"] >= steps["compose"]["turns"]
