"""Feedback: what is kept, what is not, and what happens where it can't be kept."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from visiting import QUESTION, Visitor

from assistant.answer import Answer, Citation, Status
from assistant.feedback import LONGEST_WHY, Feedback, FeedbackError, FeedbackStore, Verdict
from assistant.web.feedback import feedback_of
from corpus.settings import settings

ANSWER = Answer(
    Status.ANSWERED, short="Yes. [1]", citations=(Citation("cop:9.14", "x", "y", None, 145, "https://x", number=1),)
)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "new" / "feedback.sqlite")


def test_feedback_is_kept_with_its_time_and_citations(store: FeedbackStore) -> None:
    given = feedback_of(("My question", ANSWER), "not useful", " It is about Leeds. ", True)
    store.add(given, datetime(2026, 11, 25, 12, tzinfo=UTC))
    (kept,) = store.all()
    assert kept.at == "2026-11-25T12:00:00+00:00"
    assert kept.feedback == Feedback(
        Verdict.NOT_USEFUL, "It is about Leeds.", Status.ANSWERED, ("cop:9.14",), "My question"
    )


def test_the_question_is_kept_only_where_the_person_ticked_the_box(store: FeedbackStore) -> None:
    store.add(feedback_of(("My secret question", ANSWER), "useful", "", False))
    assert store.all()[0].feedback.question is None
    assert all(b"secret" not in file.read_bytes() for file in store.path.parent.iterdir())


def test_nothing_is_kept_without_a_verdict_or_an_answer() -> None:
    with pytest.raises(FeedbackError, match="Choose whether"):
        feedback_of(("q", ANSWER), None, "", False)
    with pytest.raises(FeedbackError, match="Choose whether"):
        feedback_of(("q", ANSWER), "'; drop table feedback; --", "", False)
    with pytest.raises(FeedbackError, match="ask a question first"):
        feedback_of(None, "useful", "", False)


def test_many_may_send_at_once_and_none_is_lost(store: FeedbackStore) -> None:
    given = Feedback(Verdict.USEFUL, "", Status.ANSWERED, ())
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: store.add(given), range(40)))
    assert sorted(numbers) == [kept.id for kept in store.all()] == list(range(1, 41))
    with sqlite3.connect(store.path) as file:
        assert file.execute("pragma journal_mode").fetchone() == ("wal",)


def test_what_cannot_be_kept_is_said_in_words(store: FeedbackStore, tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match=f"at most {LONGEST_WHY} characters"):
        store.add(Feedback(Verdict.USEFUL, "x" * (LONGEST_WHY + 1), Status.ANSWERED, ()))
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    with pytest.raises(FeedbackError, match="wasn't kept: the file for it can't be used"):
        FeedbackStore(broken).add(Feedback(Verdict.USEFUL, "", Status.ANSWERED, ()))
    with pytest.raises(FeedbackError, match="Please tell whoever runs this app"):
        FeedbackStore(broken / "inside" / "feedback.sqlite").all()


def test_a_store_that_another_process_holds_gives_a_sentence(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.feedback._WAIT", 0.1)
    store.add(Feedback(Verdict.USEFUL, "", Status.ANSWERED, ()))
    other = sqlite3.connect(store.path)
    other.execute("begin immediate")
    with pytest.raises(FeedbackError, match="try again in a moment"):
        store.add(Feedback(Verdict.USEFUL, "", Status.ANSWERED, ()))
    other.rollback()
    other.close()
    assert len(store.all()) == 1


def test_a_person_says_that_an_answer_was_not_useful_and_why(visit: Visitor) -> None:
    kept = FeedbackStore(settings().home / "feedback.sqlite")
    before = len(kept.all())
    here = visit(width=390)
    page = here.page
    expect(page.locator("#atc-f-form")).to_be_hidden()
    here.ask(QUESTION)
    expect(page.locator("#atc-f-form")).to_be_visible()
    page.click("#atc-f-send")
    expect(page.locator("#atc-f-told [role=alert]")).to_have_text(
        "Choose whether the answer was useful, then send it again."
    )
    page.get_by_label("Not useful").check()
    page.get_by_label("Why?").fill("It doesn't say what I can do today.")
    here.picture("feedback-390")
    page.click("#atc-f-send")
    expect(page.locator("#atc-f-told [role=status]")).to_contain_text("Thank you.")
    last = kept.all()[-1].feedback
    assert len(kept.all()) == before + 1
    assert (last.verdict, last.why, last.question) == (Verdict.NOT_USEFUL, "It doesn't say what I can do today.", None)
    assert last.citations
