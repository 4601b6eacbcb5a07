"""Each rule of the checker catches its slip in a made-up annotation, and lets the right thing pass."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.annotation import Annotation
from corpus.check import (
    FREE_QUESTIONS,
    MOST_QUESTIONS,
    base_id,
    check_averages,
    check_entry,
    check_questions,
    question_key,
    reading_grade,
)
from corpus.passage import Anchor, Passage, PassageId

FARM = PassageId("cop:9.1")
FENCE = PassageId("cfa2014:s1")
KNOWN = frozenset({FARM, FENCE})

CODE = (
    "The farm must count its hens within 6 weeks, and reply within 15 working days. It should feed them at dawn in "
    "line with Section F of the plan. Children may collect eggs until 31 March 2015."
)
ACT = "(1) The owner shall mend the fence within 9 months.\n(2) A dog may bark."


def passage(name: PassageId = FARM, text: str | None = CODE, **more: Any) -> Passage:
    return Passage(id=name, source="cop", label="Code, paragraph 9.1", headings=(), text=text, url="https://…", **more)


PROVISIONS = {
    FENCE: passage(FENCE, ACT, anchors=(Anchor("(1)", 0, 52), Anchor("(2)", 53, 72))),
}


def annotation(**changed: Any) -> Annotation:
    fields: dict[str, Any] = {
        "id": FARM,
        "gist": "The farm counts its hens.",
        "qa": [{"q": "who counts the hens?", "a": "The farm."}],
    }
    return Annotation.model_validate(fields | changed)


def answering(answer: str, **changed: Any) -> Annotation:
    return annotation(qa=[{"q": "who counts the hens?", "a": answer}], **changed)


def problems(entry: Annotation, of: Passage | None = None) -> list[str]:
    return [found.what for found in check_entry(entry, of or passage(), PROVISIONS, KNOWN)]


def problem(entry: Annotation, of: Passage | None = None) -> str:
    [found] = problems(entry, of)
    return found


def test_a_good_entry_has_no_problem() -> None:
    entry = answering(
        "Within six weeks. The farm must count them.",
        duties=[
            {"who": "farm", "force": "must", "what": "count its hens", "when": "within 6 weeks"},
            {"who": "farm", "force": "should", "what": "feed the hens", "when": "at dawn"},
            {"who": "children", "force": "may", "what": "collect eggs", "when": "until 31 March 2015"},
        ],
        law=["cfa2014:s1(1)"],
    )
    assert problems(entry) == []


def test_an_id_that_no_passage_has_is_found() -> None:
    assert "no such passage" in problem(annotation(id="cop:99.1"))


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("cfa2014:s99", "isn't among the sources"),
        ("cfa2014:s1(3)", "has no (3)"),
        ("cop:9.1", "paragraph of the Code"),
    ],
)
def test_a_law_that_is_not_there_is_found(ref: str, hint: str) -> None:
    assert hint in problem(annotation(law=[ref]))


@pytest.mark.parametrize("ref", ["cfa2014:s1", "cfa2014:s1(2)"])
def test_a_provision_and_a_part_that_exist_may_be_named(ref: str) -> None:
    assert problems(annotation(law=[ref])) == []


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("There are 7 hens.", "the number 7"),
        ("Within 6 days.", "“6 day”"),
        ("Within 15 days.", "“15 day”"),
        ("Until 30 March 2015, at 6.", "the date 30 march 2015"),
        ("See Section G.", "section G of a plan"),
    ],
)
def test_a_fact_that_the_passage_does_not_state_is_found(answer: str, hint: str) -> None:
    assert any(hint in what for what in problems(answering(answer)))


@pytest.mark.parametrize(
    "answer", ["Within 6 weeks.", "Within fifteen working days.", "By March 2015.", "In Section F."]
)
def test_a_fact_that_the_passage_states_may_be_repeated(answer: str) -> None:
    assert problems(answering(answer)) == []


def test_questions_gists_and_duties_are_held_to_the_facts_too() -> None:
    row = {"who": "farm", "force": "must", "what": "count its hens", "when": "within 8 weeks"}
    entry = annotation(
        gist="The farm has 11 hens.", qa=[{"q": "do I wait 12 years?", "a": "The farm decides."}], duties=[row]
    )
    text = " ".join(problems(entry))
    assert all(number in text for number in ("number 11", "number 12", "number 8", "“12 year”", "“8 week”"))


def test_a_fact_may_stand_in_a_provision_named_in_law() -> None:
    entry = answering("Within 9 months.")
    assert problems(entry)
    assert problems(entry.model_copy(update={"law": ("cfa2014:s1",)})) == []


def test_a_fact_may_stand_in_a_heading_or_the_box_of_the_section() -> None:
    entry = answering("Chapter 4, and section 77.")
    source = passage(relevant_legislation=("Section 77 of the Act",))
    assert any("the number 4" in what for what in problems(entry, source))
    assert problems(answering("Section 77."), source) == []


def test_the_rows_of_a_table_name_sections_of_a_plan() -> None:
    source = passage(text="What goes where:\n(H1) social care\n(K) advice")
    assert problems(answering("In Section K."), source) == []
    assert "section J" in problem(answering("In Section J."), source)


NOTE = "Since 1 September 2024 another rule holds (S.I. 2024/535), with a three-year window."


@pytest.mark.parametrize(
    "answer", ["Since 1 September 2024.", "In three years.", "Under S.I. 2024/535.", "From September 2024."]
)
def test_an_answer_may_repeat_the_dates_and_periods_of_the_note(answer: str) -> None:
    assert problems(answering(answer)) != []
    assert problems(answering(answer, note=NOTE)) == []


@pytest.mark.parametrize(
    "answer", ["Since 3 September 2024.", "There are 3 of them, and 1 of those.", "Within 3 weeks."]
)
def test_the_note_lends_no_other_number(answer: str) -> None:
    assert problems(answering(answer, note="Since 1 September 2024.")) != []


def test_the_note_lends_nothing_to_a_gist_or_a_question() -> None:
    entry = annotation(gist="Since 1 September 2024 it counts hens.", note=NOTE)
    assert any("1 september 2024" in what for what in problems(entry))


def test_a_must_where_the_passage_lays_down_no_duty_is_found() -> None:
    source = passage(text="A hen is a bird that lives on a farm.")
    assert "lays down no duty" in problem(answering("It must."), source)
    assert problems(answering("It lives on a farm."), source) == []


def test_a_must_for_what_only_should_be_done_is_found() -> None:
    assert "doesn't say so of this" in problem(answering("The farm must feed the hens at dawn."))
    assert problems(answering("The farm should feed the hens at dawn.")) == []


@pytest.mark.parametrize(("force", "right"), [("must", False), ("should", True), ("may", False), ("must not", False)])
def test_a_duty_row_has_the_force_of_its_sentence(force: str, right: bool) -> None:
    row = {"who": "farm", "force": force, "what": "feed the hens", "when": "at dawn"}
    assert (problems(annotation(duties=[row])) == []) is right


def test_a_duty_row_may_stand_on_a_provision_named_in_law() -> None:
    row = {"who": "owner", "force": "must", "what": "mend the fence", "when": "within 9 months"}
    entry = annotation(duties=[row])
    assert any("a duty with “must”" in what for what in problems(entry))
    assert problems(entry.model_copy(update={"law": ("cfa2014:s1(1)",)})) == []


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("This paragraph says that the farm does.", "doesn't open with the answer"),
        ("According to the Code, the farm.", "doesn't open with the answer"),
        ("The farm", "doesn't end as a sentence"),
        ("Yes. It does. Hens too. And cows. And ducks.", "more than 4 sentences"),
    ],
)
def test_an_answer_out_of_form_is_found(answer: str, hint: str) -> None:
    assert hint in problem(answering(answer))


@pytest.mark.parametrize("question", ["What does paragraph 9.1 say?", "who does this section bind?"])
def test_a_question_that_only_its_passage_explains_is_found(question: str) -> None:
    entry = annotation(qa=[{"q": question, "a": "The farm."}])
    assert "not understood without its passage" in problem(entry)


def test_a_copy_of_the_passage_is_found() -> None:
    assert "copied from the passage" in problem(answering("The farm must count its hens within 6 weeks, and reply."))


def test_a_gist_for_lawyers_is_found() -> None:
    gist = (
        "Notwithstanding antecedent considerations, agricultural establishments accommodating domesticated poultry "
        "acknowledge comprehensive enumeration responsibilities."
    )
    assert "reads at grade" in problem(annotation(gist=gist))


@pytest.mark.parametrize("status", ["changed", "spent"])
def test_a_changed_law_needs_a_note(status: str) -> None:
    assert "without a note" in problem(annotation(status=status))
    assert problems(annotation(status=status, note="It changed.")) == []


def many(count: int) -> Annotation:
    return annotation(qa=[{"q": f"who counts the {'very ' * n}old hens?", "a": "The farm."} for n in range(count)])


def test_a_short_passage_has_few_questions_and_a_long_one_more() -> None:
    short = passage(text="The farm must count them.")
    assert problems(many(FREE_QUESTIONS), short) == []
    assert f"may have {FREE_QUESTIONS}" in problem(many(FREE_QUESTIONS + 1), short)
    long = passage(text=CODE + " And so on it goes." * 20)
    assert problems(many(FREE_QUESTIONS + 1), long) == []
    endless = passage(text=CODE + " And so on it goes." * 900)
    assert f"may have {MOST_QUESTIONS}" in problem(many(MOST_QUESTIONS + 1), endless)


def test_without_the_official_text_only_the_form_is_checked() -> None:
    entry = answering("This section gives 99 weeks.", law=["cfa2014:s99"])
    found = [found.what for found in check_entry(entry, None, {}, KNOWN)]
    assert len(found) == 2
    assert "open with the answer" in found[0]
    assert "isn't among the sources" in found[1]
    assert problems(entry, passage(text=None)) == found


def test_the_gists_of_a_source_are_easy_on_average() -> None:
    easy = annotation(gist="The hen is red. It runs.")
    hard = annotation(gist="Agricultural establishments enumerate domesticated poultry.")
    assert list(check_averages([easy])) == []
    [found] = check_averages([hard])
    assert found.id == "cop"
    assert "on average" in found.what


def test_short_words_and_sentences_read_more_easily() -> None:
    assert reading_grade("The cat sat. The dog ran.") < reading_grade(
        "The considerable animal subsequently deteriorated, notwithstanding veterinary intervention."
    )


def asking(question: str, name: str = "cop:9.1", law: tuple[str, ...] = ()) -> Annotation:
    return annotation(id=name, qa=[{"q": question, "a": "The farm."}], law=list(law))


@pytest.mark.parametrize("again", ["Can my son see the hens", "can my daughter see any hens?"])
def test_a_question_of_the_evaluation_set_is_found_and_shown(again: str) -> None:
    [found] = check_questions([asking(again)], ["can my son see the hens?"])
    assert "evaluation set" in found.what
    assert again in found.what
    assert "can my son see the hens?" in found.what


def test_the_same_question_at_an_unrelated_passage_is_found() -> None:
    [found] = check_questions([asking("who feeds hens?"), asking("Who feeds hens", "cop:9.2")], [])
    assert (found.id, "stands at cop:9.1" in found.what) == ("cop:9.2", True)


def test_the_same_question_may_stand_at_a_paragraph_and_at_the_provision_behind_it() -> None:
    pair = [asking("who feeds hens?", law=("cfa2014:s1(1)",)), asking("who feeds hens?", "cfa2014:s1")]
    assert list(check_questions(pair, [])) == []


def test_the_same_question_twice_in_one_entry_is_found() -> None:
    entry = annotation(qa=[{"q": "who feeds hens?", "a": "Us."}, {"q": "Who feeds hens", "a": "You."}])
    [found] = check_questions([entry], [])
    assert "two questions are the same" in found.what


def test_other_questions_have_no_problem() -> None:
    entries = [asking("who feeds hens?"), asking("when are the ducks fed", "cop:9.2")]
    assert list(check_questions(entries, ["why do the geese fly south?"])) == []


def test_a_part_of_a_provision_belongs_to_its_passage() -> None:
    assert base_id("cfa2014:s36(3)(a)") == base_id("cfa2014:s36") == "cfa2014:s36"


def test_the_key_of_a_question_is_its_words() -> None:
    assert question_key("What’s the  EHCP?") == question_key("what's the ehcp")
