"""The browse view: the Code and the laws by chapter, and a search over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.chapters import Chapter, chapter_of, chapters
from assistant.library import Library
from assistant.meeting_pack import pin_passage
from assistant.visible import clean
from assistant.web.browse_html import chapter_html, found_html, one_html
from assistant.web.passage_view import full_label
from assistant.web.store import keep
from assistant.word_search import LONGEST_QUERY, WordSearch
from corpus.passage import PassageId
from corpus.sources import load_sources

_INTRODUCTION = (
    "<h1>Browse the Code and the law</h1><p>Every paragraph and section, with what it means in plain words beside "
    "the official text. Open one to read it.</p>"
)
_FORM = f"""
<form role="search" class="atc-b-search">
<label for="atc-b-query">Search words, or a number such as 9.14 or s.36</label>
<input type="search" id="atc-b-query" maxlength="{LONGEST_QUERY}" autocomplete="off" spellcheck="false">
</form>
"""
# gradio's own text box doesn't tell of words that are pasted or dictated
_TYPED = """
let waiting;
const field = element.querySelector('input');
const find = () => { clearTimeout(waiting); trigger('find', {query: field.value}); };
field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(find, 200); });
element.querySelector('form').addEventListener('submit', event => { event.preventDefault(); find(); });
"""
_EMPTIED = "(...values) => { document.querySelector('#atc-b-query').value = ''; return values; }"
_GONE = "That passage isn't here any more. Choose a chapter, or search for it."
ON_CLICK = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-do]');
  if (!button || !element.contains(button)) return;
  if (button.dataset.do !== 'heading') return trigger('act', {...button.dataset});
  const heading = element.querySelector('#' + button.dataset.id);
  heading.scrollIntoView({block: 'start'});
  heading.focus({preventScroll: true});
});
watch('value', () => {
  const wanted = element.querySelector('[data-focus]');
  if (!wanted) return;
  wanted.scrollIntoView({block: 'start'});
  wanted.focus({preventScroll: true});
});
"""


@dataclass(frozen=True, slots=True)
class Browse:
    """What the page needs to open a passage here from elsewhere."""

    show: Callable[[str], tuple[Any, ...]]
    """From a passage id to new values of `outputs`."""
    outputs: tuple[gr.components.Component, ...]


def build(library: Library, store: gr.HTML) -> Browse:
    """Build the view inside the current tab; what is pinned goes into `store` (see `build_store`)."""
    books = chapters(library)
    by_key = {chapter.key: chapter for book in books.values() for chapter in book}
    search = WordSearch(library)
    first = next(iter(by_key.values()))

    gr.HTML(_INTRODUCTION, apply_default_css=False, elem_classes="atc-v-intro")
    form = gr.HTML(_FORM, js_on_load=_TYPED, apply_default_css=False)
    query = gr.State("")
    source = gr.Dropdown(_sources(books), value=first.source, label="Source", elem_id="atc-b-source")
    chapter = gr.Dropdown(
        _titles(books[first.source]), value=first.key, label="Chapter or Part", elem_id="atc-b-chapter"
    )
    shown = gr.HTML(chapter_html(first, library), js_on_load=ON_CLICK, apply_default_css=False, elem_id="atc-b-shown")

    def listed(text: str, key: str) -> Markup:
        if text:
            return found_html(text, search.find(text), library)
        return chapter_html(by_key.get(key, first), library)

    def find(key: str, event: gr.EventData) -> tuple[str, Markup]:
        text = clean(str((event._data or {}).get("query", ""))[:LONGEST_QUERY])
        return text, listed(text, key)

    def turn_to(chosen: str) -> tuple[Any, ...]:
        book = books.get(chosen) or books[first.source]
        return "", gr.Dropdown(_titles(book), value=book[0].key), chapter_html(book[0], library)

    def show(name: str, origin: str = "") -> tuple[Any, ...]:
        if name not in library.passages:
            gr.Warning(_GONE)
            return gr.skip(), gr.skip(), gr.skip()
        passage = PassageId(name)
        return *_placed(chapter_of(passage, books), books), one_html(passage, library, PassageId(origin) or None)

    def act(text: str, key: str, stored: str, event: gr.EventData) -> tuple[Any, ...]:
        asked: dict[str, str] = event._data or {}
        name = PassageId(str(asked.get("id", "")))
        match asked.get("do"):
            case "pin":
                told = f"Kept for a meeting: {full_label(name)}."
                return gr.skip(), gr.skip(), gr.skip(), keep(stored, lambda pack: pin_passage(name, pack), told)
            case "open":
                return *show(name, str(asked.get("from", ""))), gr.skip()
            case "chapter" if name in library.passages:
                found = chapter_of(name, books)
                return *_placed(found, books), chapter_html(found, library, name), gr.skip()
        return gr.skip(), gr.skip(), listed(text, key), gr.skip()

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    form.find(find, chapter, [query, shown], trigger_mode="always_last", **quiet)
    source.input(turn_to, source, [query, chapter, shown], js=_EMPTIED, **quiet)
    chapter.input(lambda key: ("", listed("", key)), chapter, [query, shown], js=_EMPTIED, **quiet)
    shown.act(act, [query, chapter, store], [source, chapter, shown, store], **quiet)
    return Browse(show, (source, chapter, shown))


def _sources(books: dict[str, tuple[Chapter, ...]]) -> list[tuple[str, str]]:
    return [(load_sources()[source].short, source) for source in books]


def _titles(book: tuple[Chapter, ...]) -> list[tuple[str, str]]:
    return [(chapter.title, chapter.key) for chapter in book]


def _placed(chapter: Chapter, books: dict[str, tuple[Chapter, ...]]) -> tuple[Any, Any]:
    """The two choices, set to `chapter`."""
    return chapter.source, gr.Dropdown(_titles(books[chapter.source]), value=chapter.key)
