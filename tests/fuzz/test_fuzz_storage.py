"""Whatever a file, a browser or a form hands over: read whole or refused in words, and kept as it was written."""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
from datetime import date
from pathlib import Path

import docx
import pypdf
from hostile import QUESTIONS, SNIPPETS, count, hostile_json, hostile_text, mutants, thorough, unseen_in
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.answer import Answer, Audience, Citation, Status
from assistant.batch import BatchError, chunks, read_rows
from assistant.export_docx import to_docx
from assistant.export_markdown import to_markdown
from assistant.export_pdf import to_pdf
from assistant.feedback import LONGEST_WHY, Feedback, FeedbackError, FeedbackStore, Verdict
from assistant.library import Library
from assistant.meeting_pack import (
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_ITEMS,
    Pack,
    PackError,
    annotate,
    move,
    pin_answer,
    pin_dates,
    pin_passage,
    read_pack,
    remove,
    rename,
    write_pack,
)
from assistant.pack_document import document
from assistant.visible import clean, clean_lines

TODAY = date(2026, 11, 25)
LINES = (
    '{"id": 1, "question": "who must have a SENCO?", "history": [], "audience": "teacher"}',
    '{"id": "a", "question": "and why?", "history": ["who must have a SENCO?"], "audience": null}',
    '{"question": "", "id": 1.5e3, "more": {"a": [1, 2, {"b": null}]}}',
    '\ufeff{"id": "\\ud83d\\ude00", "question": "x"}',
    "[[[[[[", '{"id": [], "question": "x"}', '{"id": NaN, "question": "x"}', '{"id": 1e999, "question": "x"}',
    '{"id": "\\ud800", "question": "\\udfff"}', '{"id": 1, "question": "x", "history": "no list"}',
    '{"id": 1, "question": "x", "history": 5}', '{"id": 1, "question": "x", "audience": ["parent"]}',
)  # fmt: skip


def _check_batch(text: str) -> None:
    try:
        rows = list(read_rows(io.StringIO(text)))
    except BatchError as error:
        assert re.search(r"[Ll]ine \d+", str(error)) and len(str(error)) < 400
        return
    assert len(rows) <= text.count("\n") + text.count("\r") + 1
    for row in rows:
        json.dumps({"id": row.id}, ensure_ascii=False, allow_nan=False).encode()
        assert isinstance(row.question, str) and all(isinstance(question, str) for question in row.history)
        assert row.audience is None or row.audience in set(Audience)


def test_a_batch_is_read_whole_or_its_bad_line_is_named() -> None:
    dice = random.Random("batch")
    for text in mutants("batch lines", 12_000, LINES):
        _check_batch("\n".join([*dice.choices(LINES[:3], k=dice.randint(0, 2)), text]))


ROW = st.fixed_dictionaries(
    {"id": hostile_json, "question": hostile_text, "history": hostile_json, "audience": hostile_json}
)


@thorough(250)
@given(st.one_of(hostile_json, ROW))
def test_any_json_in_a_batch_is_read_or_refused(row: object) -> None:
    count("batch lines (hypothesis)")
    _check_batch(json.dumps(row))


def test_deep_nesting_huge_lines_and_other_encodings_in_a_batch_are_refused() -> None:
    for text in ("[" * 200_000, '{"a":' * 200_000, '{"question": "' + "x" * 5_000_000 + '"}', "9" * 5_000):
        _check_batch(text)
        count("batch lines")
    try:
        list(read_rows(io.TextIOWrapper(io.BytesIO(LINES[0].encode("utf-16")), encoding="utf-8")))
    except BatchError as error:
        assert "UTF-8" in str(error)
    else:
        raise AssertionError("UTF-16 was read as UTF-8")


def test_the_rows_before_a_bad_line_of_a_batch_are_still_answered() -> None:
    done = []
    try:
        for chunk in chunks(read_rows([LINES[0], LINES[1], "{"]), 64):
            done += chunk
    except BatchError as error:
        assert "Line 3" in str(error)
    assert [row.id for row in done] == [1, "a"]


def _full_pack() -> Pack:
    quoted = Citation("cfa2014:s42(2)", "", "The local authority must", None, None, "", number=1)
    pack = pin_answer(Answer(Status.ANSWERED, short="**Yes.** [1]", citations=(quoted,)), Pack(), QUESTIONS[0])
    return pin_dates("assessment-requested", date(2026, 9, 1), pin_passage("cop:9.14", pack))


def _check_pack(stored: str) -> Pack | None:
    try:
        pack = read_pack(stored)
    except PackError as error:
        assert str(error).endswith((".", "?"))
        return None
    assert len(pack.items) <= MOST_ITEMS and len(pack.name) <= LONGEST_NAME
    assert unseen_in(write_pack(pack)) <= set("\u200c\u200d")
    assert read_pack(write_pack(pack)) == pack
    return pack


def test_whatever_the_browser_kept_is_a_pack_or_is_refused() -> None:
    whole = write_pack(_full_pack())
    early = '{"items": [{"kind": "dates", "event": "x", "on": "0001-01-01"}]}'
    seeds = (whole, whole, early, '{"name": "x", "items": []}')
    for text in mutants("meeting pack from the browser", 7_000, seeds, longest=20_000):
        _check_pack(text)


PARTS = st.sampled_from(("id", "question", "short", "note", "on", "event", "quotes", "duties", "kind"))
ITEM = st.builds(
    lambda item, changed: json.dumps({"items": [{**item, **changed}]}),
    st.sampled_from(json.loads(write_pack(_full_pack()))["items"]),
    st.dictionaries(PARTS, hostile_json, max_size=3),
)


@thorough(150)
@given(st.one_of(hostile_json.map(json.dumps), ITEM))
def test_any_json_in_the_browsers_storage_is_a_pack_or_is_refused(stored: str) -> None:
    count("meeting pack (hypothesis)")
    _check_pack(stored)


@thorough(120)
@given(
    hostile_text, st.dictionaries(hostile_text, hostile_text, max_size=3), st.integers(-(10**9), 10**9), hostile_text
)
def test_a_pack_bears_any_note_name_key_and_step(name: str, notes: dict[str, str], step: int, passage: str) -> None:
    count("meeting pack: acts")
    pack = _full_pack()
    keys = [item.key for item in pack.items]
    notes = {**notes, keys[0]: name}
    try:
        changed = move(rename(annotate(pack, notes), name), keys[1], step)
    except PackError:
        assert len(name) > LONGEST_NAME or any(len(note) > LONGEST_NOTE for note in notes.values())
        return
    assert sorted(item.key for item in changed.items) == sorted(keys)
    assert {item.key: item.note for item in changed.items}[keys[0]] == clean_lines(name)
    assert remove(changed, name) == changed
    try:
        pin_passage(passage, pack)
        pin_passage(f"cop:9.14{passage}", pack)
    except PackError as error:
        assert not unseen_in(str(error))
    _check_pack(write_pack(changed))


_OFFICIAL = re.compile(r"https://(?:www\.gov\.uk|assets\.publishing\.service\.gov\.uk|www\.legislation\.gov\.uk)/")


def _words(text: str) -> str:
    return "".join(re.findall(r"\w", text))


def test_hostile_notes_are_in_every_document_as_text(library: Library) -> None:
    dice = random.Random("notes")
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for text in mutants("documents of a pack", 8, (*QUESTIONS, *SNIPPETS), longest=LONGEST_NOTE):
        pack = _full_pack()
        pack = rename(annotate(pack, {item.key: text for item in pack.items}), dice.choice(SNIPPETS)[:LONGEST_NAME])
        made = document(pack, library, TODAY)
        assert re.fullmatch(r"[a-z0-9-]+", made.file_stem)
        shown = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(to_docx(made))).paragraphs)
        assert _words(clean_lines(text)) in _words(shown)
        assert len(pypdf.PdfReader(io.BytesIO(to_pdf(made))).pages) >= 1
        html = reader.render(to_markdown(made).decode())
        targets = set(re.findall(r'<a href="([^"]*)"', html))
        assert all(_OFFICIAL.match(target) for target in targets)
        assert not re.search(r"<(?:script|img|svg|iframe|textarea|code|pre|del|b|i)\b", html), text


def test_feedback_is_kept_word_for_word_whatever_it_says(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "feedback.sqlite")
    sent = []
    for text in mutants("feedback", 350, (*QUESTIONS, *SNIPPETS), longest=LONGEST_WHY):
        store.add(Feedback(Verdict.USEFUL, text, Status.ANSWERED, (text,), text))
        sent.append((clean_lines(text).strip(), clean(text)))
    assert [(kept.feedback.why, kept.feedback.question) for kept in store.all()] == sent
    with sqlite3.connect(store.path) as file:
        names = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
    assert names == ["feedback"]


def test_a_feedback_file_that_somebody_altered_is_told_of(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "feedback.sqlite")
    store.add(Feedback(Verdict.USEFUL, "", Status.ANSWERED, ()))
    with sqlite3.connect(store.path) as file:
        file.execute("update feedback set citations = '{', status = 'perhaps'")
    count("feedback")
    try:
        store.all()
    except FeedbackError as error:
        assert "feedback.sqlite" in str(error)
    else:
        raise AssertionError("an altered row was read")
