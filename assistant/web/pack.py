"""The meeting pack: what is kept for a meeting, with notes, in the person's order, as Word, PDF or Markdown."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.answer import Answer
from assistant.deadlines import events
from assistant.export_docx import to_docx
from assistant.export_markdown import to_markdown
from assistant.export_pdf import to_pdf
from assistant.library import Library
from assistant.meeting_pack import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Item,
    Pack,
    PackError,
    PinnedAnswer,
    PinnedPassage,
    annotate,
    move,
    pin_answer,
    read_pack,
    remove,
    rename,
    write_pack,
)
from assistant.pack_document import document, spoken_date
from assistant.web.passage_view import full_label
from assistant.web.store import as_download, build_files, keep
from assistant.web.templates import render
from corpus.passage import PassageId

_INTRODUCTION = (
    "<h1>Meeting pack</h1><p>What you keep here goes into one document for the meeting: the answers, the exact "
    "words with paragraph and page, the dates, and what to ask for in writing. It stays in this browser.</p>"
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    "Word": ("docx", _WORD, to_docx),
    "PDF": ("pdf", "application/pdf", to_pdf),
    "Markdown": ("md", "text/markdown;charset=utf-8", to_markdown),
}
_SORRY = "The document could not be made. Your pack is still here: please try another format, or try again."
_EMPTY = "There is nothing in the pack yet. Keep an answer, a passage or some dates, then download it."
_REALLY = "Start a new pack? Everything that is in this one goes, with your notes."

# every call that needs the pack also brings the notes as they stand in the boxes, saved or not
_WITH_NOTES = """(stored, drafts, ...rest) => [stored, JSON.stringify(Object.fromEntries(
    [...document.querySelectorAll('#atc-m-items textarea')].map(box => [box.dataset.key, box.value]))), ...rest]"""
_RENEW = f"stored => confirm({json.dumps(_REALLY)}) ? {json.dumps(write_pack(Pack()))} : stored"
_ITEMS = """
let wanted = null, saving;
element.addEventListener('click', event => {
  const button = event.target.closest('[data-do]');
  if (!button || !element.contains(button)) return;
  clearTimeout(saving);  // the act brings the notes along
  wanted = {...button.dataset};
  trigger('act', wanted);
});
element.addEventListener('change', event => {
  if (!event.target.matches('textarea')) return;
  clearTimeout(saving);
  saving = setTimeout(() => trigger('noted'), 400);
});
watch('value', () => {
  for (const box of element.querySelectorAll('textarea'))
    if (box !== document.activeElement) box.value = box.dataset.note;
  if (!wanted) return;
  const twin = [...element.querySelectorAll(`[data-do="${wanted.do}"]`)].find(b => b.dataset.key === wanted.key);
  (twin && !twin.disabled ? twin : element.querySelector('h2')).focus();
  wanted = null;
});
"""


def build(library: Library, store: gr.HTML) -> None:
    """Build the view inside the current tab, over the pack in `store` (see `build_store`)."""
    gr.HTML(_INTRODUCTION, apply_default_css=False, elem_classes="atc-v-intro")
    name = gr.Textbox(
        label="Name of the meeting", placeholder="for example: annual review, 3 March", max_length=LONGEST_NAME
    )
    with gr.Row(elem_classes="atc-v-buttons"):
        buttons = {kind: gr.Button(f"Download {kind}", elem_id=f"atc-m-{FORMATS[kind][0]}") for kind in FORMATS}
    items = gr.HTML(items_html("", library), js_on_load=_ITEMS, apply_default_css=False, elem_id="atc-m-items")
    renew = gr.Button("Start a new pack", elem_id="atc-m-renew")
    drafts = gr.Textbox(visible=False)
    files = build_files()

    def shown(stored: str) -> tuple[Markup, str]:
        try:
            meeting = read_pack(stored).name
        except PackError:
            meeting = ""
        return items_html(stored, library), meeting

    def written(stored: str, notes: str, meeting: str) -> Any:
        return keep(stored, lambda pack: rename(annotate(pack, _notes(notes)), meeting))

    def act(stored: str, notes: str, meeting: str, event: gr.EventData) -> Any:
        asked: dict[str, str] = event._data or {}
        return keep(stored, lambda pack: _changed(rename(annotate(pack, _notes(notes)), meeting), asked))

    def download(kind: str, stored: str, notes: str, meeting: str) -> Any:
        try:
            return export(rename(annotate(read_pack(stored), _notes(notes)), meeting), kind, library)
        except PackError as error:
            gr.Warning(str(error))
        except Exception:  # whatever it is, the person gets words and keeps the pack
            gr.Warning(_SORRY)
        return gr.skip()

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    store.stored(shown, store, [items, name], **quiet)
    # one after another, in the order in which they came: each brings all that was written
    one_by_one: dict[str, Any] = {"concurrency_id": "atc-pack", **quiet}
    everything = [store, drafts, name]
    for happens in (items.noted, name.blur, name.submit):
        happens(written, everything, store, js=_WITH_NOTES, **one_by_one)
    items.act(act, everything, store, js=_WITH_NOTES, **one_by_one)
    # each click asks, also while the server still works on the one before
    renew.click(lambda stored: stored, store, store, js=_RENEW, trigger_mode="multiple", **one_by_one)
    for kind, button in buttons.items():
        button.click(
            lambda stored, notes, meeting, kind=kind: download(kind, stored, notes, meeting),
            everything,
            files,
            js=_WITH_NOTES,
            api_visibility="private",
        )


def pinned(stored: str, answer: Answer, question: str = "") -> Any:
    """The stored pack with `answer` at its end, to be stored; tells the person, also where it can't be kept."""
    return keep(
        stored, lambda pack: pin_answer(answer, pack, question), "Kept for a meeting. You find it under Meeting pack."
    )


def export(pack: Pack, kind: str, library: Library) -> str:
    """The pack as a file of the kind "Word", "PDF" or "Markdown", for `build_files`; raises PackError if empty."""
    if not pack.items:
        raise PackError(_EMPTY)
    ending, mime, write = FORMATS[kind]
    made = document(pack, library, date.today())
    return as_download(f"{made.file_stem}.{ending}", mime, write(made))


def items_html(stored: str, library: Library) -> Markup:
    """The list of what is in the pack, each with its notes and the buttons that move or remove it."""
    try:
        pack = read_pack(stored)
    except PackError as error:
        return Markup('<h2 tabindex="-1">In this pack</h2><p class="atc-error" role="alert">{}</p>').format(error)
    rows = [{"item": item, **_described(item, library)} for item in pack.items]
    return render("pack_items.html", rows=rows, longest=LONGEST_NOTE)


def _described(item: Item, library: Library) -> dict[str, str]:
    """What an item is called, what kind it is, and what is in it."""
    if isinstance(item, PinnedAnswer):
        quotes = f"{len(item.quotes)} quotation{'' if len(item.quotes) == 1 else 's'}"
        return {"title": item.question, "kind": f"Answer, with {quotes}", "text": item.short}
    if isinstance(item, PinnedPassage):
        annotation = library.annotations.get(PassageId(item.id.split("(")[0]))
        return {"title": full_label(item.id), "kind": "Passage", "text": annotation.gist if annotation else ""}
    name = next((event.name for event in events() if event.id == item.event), item.event)
    return {"title": f"{name}, {spoken_date(item.on)}", "kind": "Dates that follow", "text": ""}


def _changed(pack: Pack, asked: dict[str, str]) -> Pack:
    key = str(asked.get("key", ""))
    match asked.get("do"):
        case "up":
            return move(pack, key, -1)
        case "down":
            return move(pack, key, 1)
        case "remove":
            return remove(pack, key)
    return pack


def _notes(drafts: str) -> dict[str, str]:
    """The notes in the boxes, by item key; none where the browser sent none."""
    try:
        found = json.loads(drafts or "{}")
    except ValueError:
        return {}
    return {str(key): str(note) for key, note in found.items()} if isinstance(found, dict) else {}
