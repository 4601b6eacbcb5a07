from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.statements import split_sentences, statements
from corpus.words import asked_words, content_words

PROVISION = """(1) A governor must—
(a) keep a register of hens;
(b) feed—
(i) the ducks, and
(ii) the geese,
(2) The register may be sold.
On a Sunday nobody works."""


def whole(text: str) -> list[str]:
    return [statement.whole for statement in statements(text)]


def test_a_part_of_a_provision_is_read_with_what_leads_into_it() -> None:
    assert whole(PROVISION) == [
        "(1) A governor must—",
        "(1) A governor must— (a) keep a register of hens;",
        "(1) A governor must— (b) feed—",
        "(1) A governor must— (b) feed— (i) the ducks, and",
        "(1) A governor must— (b) feed— (ii) the geese,",
        "(2) The register may be sold.",
        "On a Sunday nobody works.",
    ]


def test_a_bullet_is_read_with_the_line_before_the_list() -> None:
    assert whole("Farmers should:\n• feed hens\n◦ at dawn\n• sing\nThey rest.") == [
        "Farmers should:",
        "Farmers should: • feed hens",
        "Farmers should: • feed hens ◦ at dawn",
        "Farmers should: • sing",
        "They rest.",
    ]


def test_words_that_close_a_list_go_on_with_what_opened_it() -> None:
    assert (
        whole("A farmer must, on—\n(a) Monday, or\n(b) Friday,\nfeed the hens.")[-1]
        == "A farmer must, on— feed the hens."
    )


def test_a_second_lead_in_with_a_force_of_its_own_takes_over() -> None:
    text = "A farmer must list:\n• hens\nand should list:\n• ducks"
    assert whole(text)[-1] == "and should list: • ducks"


def test_a_second_lead_in_without_one_adds_to_the_first() -> None:
    text = "A farmer must list:\n• hens\nand details of:\n• ducks"
    assert whole(text)[-1] == "A farmer must list: and details of: • ducks"


def test_a_short_lead_in_brings_the_sentence_before_it_along() -> None:
    assert (
        whole("Farmers have duties. They are:\n• to feed hens")[-1] == "Farmers have duties. They are: • to feed hens"
    )


def test_a_sentence_that_goes_on_with_another_knows_its_head() -> None:
    first, second, third, fourth = statements(
        "Farmers must sing. This includes humming. It includes whistling. Cows listen."
    )
    assert first.head == ""
    assert second.head == third.head == "Farmers must sing."
    assert fourth.head == ""
    assert content_words("farmers") <= second.words


@given(st.lists(st.text("abc de.;", min_size=1, max_size=30).filter(str.strip), max_size=5))
def test_no_word_of_a_text_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "".join(statement.text for statement in statements(text)).split() == "".join(lines).split()


@given(st.text(max_size=100))
def test_sentences_put_together_are_the_text(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_content_words_are_compared_by_their_stems() -> None:
    assert content_words("The councils' assessments") == content_words("assessment of a council")
    assert content_words("who must") != content_words("when must")


def test_what_people_call_by_other_names_is_the_same_question() -> None:
    assert asked_words("can my son get an EHCP?") == asked_words("Can my daughter get the EHC plan")
    assert asked_words("who can appeal") != asked_words("when can I appeal")
