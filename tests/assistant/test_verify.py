"""What a model wrote is held against the passages it cites: each trick is caught, and honest sentences pass."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Citation
from assistant.draft import Checked, check_draft, split_sentences
from assistant.library import Library
from assistant.prompt import prompt_words, show
from assistant.references import find_references
from assistant.verify import Fault, Shown, check_sentence
from corpus.annotation import Annotation
from corpus.passage import PassageId

R5, C914, C941, C973 = (PassageId(name) for name in ("sendregs2014:r5", "cop:9.14", "cop:9.41", "cop:9.73"))
C340, C623, C9180, C98 = (PassageId(name) for name in ("cop:3.40", "cop:6.23", "cop:9.180", "cop:9.8"))
TELL = "The council must tell you within 6 weeks whether it will assess your child"
LOOK = "The council should look at whether the child hasn't made the expected progress despite what the school has done"


def shown_passage(library: Library, name: PassageId, key: str, number: int = 1) -> Shown:
    """The whole of a passage, as a model may be shown it."""
    passage = library.passages[name]
    citation = Citation(
        name, passage.label, passage.text or "", None, passage.page, passage.url, passage.headings, number
    )
    return show(citation, key, library)


@pytest.fixture(scope="module")
def shown(library: Library) -> dict[str, Shown]:
    """Some passages by key; r5 is "RRR", 9.14 is "LLL" and so on."""
    keys = {"RRR": R5, "LLL": C914, "TTT": C941, "FFF": C973, "KKK": C340, "SSS": C623, "DDD": C9180, "PPP": C98}
    return {key: shown_passage(library, name, key, number) for number, (key, name) in enumerate(keys.items(), 1)}


def fault(sentence: str, shown: Mapping[str, Shown]) -> Fault | None:
    return check_sentence(sentence, shown, prompt_words().system).fault


# Honest sentences


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (f"{TELL} [RRR].", f"{TELL}. [1]"),
        (f"{TELL}. [RRR]", f"{TELL}. [1]"),
        (f"{LOOK} [LLL].", f"{LOOK}. [2]"),
        (f"{TELL} [TTT, RRR].", f"{TELL}. [1] [3]"),
        (f"{TELL} [RRR][TTT].", f"{TELL}. [1] [3]"),
    ],
)
def test_a_sentence_that_its_passage_bears_is_kept_and_numbered(
    shown: dict[str, Shown], sentence: str, expected: str
) -> None:
    assert check_sentence(sentence, shown).text == expected
    assert fault(sentence, shown) is None


def test_a_reference_to_the_cited_provision_itself_is_no_invented_number(shown: dict[str, Shown]) -> None:
    assert (
        fault("Regulation 5 says that the council must tell you within 6 weeks whether it will assess. [RRR]", shown)
        is None
    )
    assert (
        fault("Regulation 7 says that the council must tell you within 6 weeks whether it will assess. [RRR]", shown)
        is Fault.FACT
    )


AS_MODELS_WORD_THEM = {
    "cfa2014:s19": "The council must have regard to your views, wishes and feelings when it makes decisions about "
    "the plan. It must also keep in mind how important it is that you take part in decisions as fully as possible.",
    "cop:3.52": "Children's services must not stop just because he turns 18. The council must continue to provide "
    "children's services until adult provision has started, or until it decides after an assessment that his needs do "
    "not meet the criteria for adult care and support.",
    "cop:6.84": "Mainstream schools must have a qualified teacher designated as SENCO.",
    "cop:6.92": "It may be appropriate for several smaller primary schools to share one SENCO who works across them.",
    "cop:9.107": "The council must give you its reasons in writing and tell you that you have the right to ask for a "
    "formal review. If you ask for one, it must consider what you say and tell you the outcome in writing, with "
    "reasons.",
    "cop:9.14": "When it decides, the council should consider whether your child has not made expected progress "
    "despite what the school has done.",
    "sendregs2014:r44": "It has 2 weeks to change the school named in the plan and 5 weeks to change the support.",
}


@pytest.mark.parametrize("name", AS_MODELS_WORD_THEM)
def test_sentences_as_a_model_words_them_pass(library: Library, name: str) -> None:
    shown = {"K": shown_passage(library, PassageId(name), "K")}
    for sentence in split_sentences(AS_MODELS_WORD_THEM[name], whole=True):
        assert fault(f"{sentence} [K]", shown) is None, sentence


# Keys


def test_an_invented_key_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(f"{TELL} [ZZZ].", shown) is Fault.UNKNOWN_KEY


def test_an_invented_key_beside_a_real_one_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(f"{TELL} [RRR, ZZZ].", shown) is Fault.UNKNOWN_KEY


def test_a_citation_number_is_no_key(shown: dict[str, Shown]) -> None:
    assert fault(f"{TELL} [1].", shown) is Fault.UNKNOWN_KEY


def test_a_sentence_without_a_key_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(f"{TELL}.", shown) is Fault.NO_KEY


# How strongly it speaks


@pytest.mark.parametrize(
    "stronger",
    [
        "must",
        "has to",
        "is required to",
        "is legally obliged to",
        "has a legal duty to",
        "will",
        "shall",
        "is bound to",
    ],
)
def test_should_turned_into_a_duty_is_caught(shown: dict[str, Shown], stronger: str) -> None:
    assert fault(f"{LOOK.replace('should', stronger)} [LLL].", shown) in (Fault.FORCE, Fault.WEIGHT)


@pytest.mark.parametrize("weaker", ["should", "may", "can", "is expected to", "is advised to"])
def test_must_turned_into_something_weaker_is_caught(shown: dict[str, Shown], weaker: str) -> None:
    assert fault(f"{TELL.replace('must', weaker)} [RRR].", shown) is Fault.FORCE


def test_should_turned_into_may_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(f"{LOOK.replace('should', 'may')} [LLL].", shown) is Fault.FORCE


@pytest.mark.parametrize("other", ["should", "must", "have to"])
def test_could_turned_into_something_stronger_is_caught(shown: dict[str, Shown], other: str) -> None:
    honest = "Partners could commission key working roles to support children and their parents at key points [KKK]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("could", other), shown) is Fault.FORCE


@pytest.mark.parametrize("claim", ["You are entitled to have", "You have a legal right to have", "By law you get"])
def test_an_entitlement_that_the_passage_does_not_give_is_caught(shown: dict[str, Shown], claim: str) -> None:
    sentence = f"{claim} partners commission key working roles for children and their parents at key points [KKK]."
    assert fault(sentence, shown) in (Fault.WEIGHT, Fault.FORCE)


def test_a_right_that_the_passage_gives_is_kept(shown: dict[str, Shown]) -> None:
    assert fault("A parent has the right to ask the council for an EHC needs assessment [PPP].", shown) is None


def test_a_duty_put_on_somebody_else_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(f"{TELL.replace('council', 'school')} [RRR].", shown) is Fault.BOUND


def test_a_duty_told_as_a_fact_is_caught(shown: dict[str, Shown]) -> None:
    assert fault("The council tells you within 6 weeks whether it assesses your child [RRR].", shown) is Fault.FORCE


def test_a_lost_not_is_caught(shown: dict[str, Shown]) -> None:
    honest = "Slow progress and low attainment do not necessarily mean that a child has SEN [SSS]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("do not necessarily", "necessarily"), shown) is Fault.DENIAL


# Facts


@pytest.mark.parametrize(
    "wrong", ["8 weeks", "60 days", "six months", "a week", "a month", "a fortnight", "6 working days"]
)
def test_a_wrong_period_is_caught(shown: dict[str, Shown], wrong: str) -> None:
    assert fault(f"{TELL.replace('6 weeks', wrong)} [RRR].", shown) in (Fault.FACT, Fault.WEIGHT)


def test_a_period_from_elsewhere_in_the_same_passage_is_caught(shown: dict[str, Shown]) -> None:
    honest = (
        "Local authorities must give their decision on any request for an EHC needs assessment within 6 weeks [TTT]."
    )
    assert fault(honest, shown) is None
    assert fault(honest.replace("6 weeks", "16 weeks"), shown) is Fault.FACT
    assert fault(honest.replace("6 weeks", "15 days"), shown) is Fault.FACT


def test_working_days_are_no_calendar_days(shown: dict[str, Shown]) -> None:
    honest = "You must be given 15 calendar days to consider a draft EHC plan and give your views [TTT]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("calendar days", "days"), shown) is None
    assert fault(honest.replace("calendar", "working"), shown) is Fault.FACT


@pytest.mark.parametrize("wrong", ["30 March", "31 May", "15 February", "31 March 2015"])
def test_a_wrong_date_is_caught(shown: dict[str, Shown], wrong: str) -> None:
    honest = "For a move from secondary school to college the plan must be reviewed by 31 March [DDD]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("31 March", wrong), shown) is Fault.FACT


@pytest.mark.parametrize("wrong", ["18", "seventeen"])
def test_a_wrong_age_is_caught(shown: dict[str, Shown], wrong: str) -> None:
    honest = "A young person over the age of 16 has a right to ask for an assessment [PPP]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("16", wrong), shown) is Fault.FACT


def test_a_wrong_section_of_the_plan_is_caught(shown: dict[str, Shown]) -> None:
    honest = "Health care provision which educates a child must be included in Section F of the EHC plan [FFF]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("Section F", "Section G"), shown) is Fault.FACT


@pytest.mark.parametrize("word", ["immediately", "automatically", "straight away", "always", "only"])
def test_a_word_that_weighs_more_than_the_passage_is_caught(shown: dict[str, Shown], word: str) -> None:
    assert fault(f"{LOOK.replace('should look', f'should {word} look')} [LLL].", shown) is Fault.WEIGHT


# Form


@pytest.mark.parametrize(
    "trick",
    [
        "{} <script>alert(1)</script> [RRR].",
        "{} <img src=x onerror=alert(1)> [RRR].",
        "{} [see](http://evil.example) [RRR].",
        "{} ![x](http://evil.example/x.png) [RRR].",
        "{} at www.evil.example [RRR].",
        "{} at evil.org.uk [RRR].",
        "{} `rm -rf` [RRR].",
        "{} | a | b | [RRR].",
        "{} &lt;b&gt; [RRR].",
        "{} $x$ [RRR].",
        "{} \u202egnorw [RRR].",
        "The council mu\u0455t tell you within 6 weeks whether it will assess your child [RRR].",
    ],
)
def test_markup_links_and_strange_letters_are_caught(shown: dict[str, Shown], trick: str) -> None:
    verdict = check_sentence(trick.format(TELL), shown)
    assert verdict.fault in (Fault.MARKUP, Fault.UNKNOWN_KEY)


@pytest.mark.parametrize(
    "leak",
    [
        "My instructions are to word short answers about special educational needs law [RRR].",
        "The extracts say that the council must tell you within 6 weeks [RRR].",
        "Keep whose duty it is and never make one of them stronger or weaker [RRR].",
        "As an AI I tell you that the council must tell you within 6 weeks [RRR].",
    ],
)
def test_what_repeats_or_speaks_of_the_instructions_is_caught(shown: dict[str, Shown], leak: str) -> None:
    assert fault(leak, shown) is Fault.LEAK


def test_a_quotation_has_to_be_the_passages_own_words(shown: dict[str, Shown]) -> None:
    honest = "The council must tell you “as soon as practicable” whether it will assess your child [RRR]."
    assert fault(honest, shown) is None
    assert fault(honest.replace("as soon as practicable", "without any delay at all"), shown) is Fault.QUOTE


def test_a_sentence_about_something_else_is_caught(shown: dict[str, Shown]) -> None:
    assert fault("Your council publishes free bus passes on its museum website [RRR].", shown) is not None
    assert fault(f"{LOOK} [DDD].", shown) is not None


def test_a_sentence_without_an_end_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(f"{TELL} [RRR]", shown) is Fault.UNFINISHED


def test_a_sentence_without_end_is_caught(shown: dict[str, Shown]) -> None:
    assert fault(" and ".join([TELL] * 6) + " [RRR].", shown) is Fault.LONG


def test_a_masked_detail_that_comes_back_is_caught(shown: dict[str, Shown]) -> None:
    assert (
        fault("The council must tell you at ADDRESS-A within 6 weeks whether it will assess [RRR].", shown)
        is Fault.DETAIL
    )
    assert fault("The council must tell you within 6 weeks whether it will assess NAME-A [RRR].", shown) is None


# Over the whole library


def _every_fifth(library: Library) -> list[tuple[Annotation, dict[str, Shown]]]:
    names = [name for name in library.order if name in library.annotations][::5]
    return [(library.annotations[name], {"K": shown_passage(library, name, "K")}) for name in names]


def _sentences_that_pass(library: Library) -> tuple[int, list[tuple[str, dict[str, Shown]]]]:
    """How many sentences of our own answers rest on their passage alone, and those of them that pass, with it.

    A sentence that names another provision rests on that too.
    """
    asked = 0
    passed = []
    for annotation, shown in _every_fifth(library):
        for qa in annotation.qa:
            for sentence in split_sentences(qa.a, whole=True):
                named = {reference.id for reference in find_references(sentence)[0]}
                if len(sentence.split()) >= 5 and named <= {annotation.id}:
                    asked += 1
                    if check_sentence(f"{sentence} [K]", shown).fault is None:
                        passed.append((sentence, shown))
    return asked, passed


def test_most_of_our_own_answers_pass_and_their_strengthened_forms_do_not(library: Library) -> None:
    asked, passed = _sentences_that_pass(library)
    assert asked > 1000
    assert len(passed) > 0.65 * asked
    strengthened = [
        (re.sub(pattern, stronger, sentence, count=1), shown)
        for sentence, shown in passed
        for pattern, stronger in (
            (r"\bshould\b(?! not)", "must"),
            (r"\bshould\b(?! not)", "has to"),
            (r"\bmay\b(?! not)", "should"),
        )
        if re.search(pattern, sentence)
    ]
    assert len(strengthened) > 200
    missed = [sentence for sentence, shown in strengthened if check_sentence(f"{sentence} [K]", shown).fault is None]
    assert missed == []


def test_a_passage_that_has_nothing_to_do_with_a_sentence_hardly_ever_bears_it(library: Library) -> None:
    _, passed = _sentences_that_pass(library)
    half = len(passed) // 2  # so far on another subject begins: passages with many answers lie side by side
    elsewhere = [(sentence, passed[(place + half) % len(passed)][1]) for place, (sentence, _) in enumerate(passed)]
    borne = [sentence for sentence, shown in elsewhere if check_sentence(f"{sentence} [K]", shown).fault is None]
    assert len(borne) < 0.03 * len(passed)


# Whole drafts


def draft(text: str, shown: Mapping[str, Shown], *, whole: bool = True, composed: str = "") -> Checked:
    return check_draft(text, shown, whole=whole, instructions=prompt_words().system, composed=composed)


def test_a_bad_sentence_is_left_out_and_the_others_stay(shown: dict[str, Shown]) -> None:
    found = draft(f"{TELL} [RRR]. The council must pay 500 pounds [RRR]. {LOOK} [LLL].", shown)
    assert found.sentences == (f"{TELL}. [1]", f"{LOOK}. [2]")
    assert found.sound


def test_without_its_first_sentence_a_draft_is_not_sound(shown: dict[str, Shown]) -> None:
    assert not draft(f"The council must pay 500 pounds [RRR]. {TELL} [RRR].", shown).sound


@pytest.mark.parametrize("nothing", ["", "NOTHING", "I cannot help with that.", "<think>hm", "\n\n"])
def test_a_draft_with_nothing_left_is_not_sound(shown: dict[str, Shown], nothing: str) -> None:
    assert not draft(nothing, shown).sound


def test_a_limit_that_was_left_out_takes_the_draft_with_it(shown: dict[str, Shown]) -> None:
    assert not draft(f"{TELL} [RRR]. However, in August it has 99 weeks, unless it is closed [RRR].", shown).sound


def test_what_leans_on_a_sentence_that_was_left_out_is_left_out_too(shown: dict[str, Shown]) -> None:
    leaning = LOOK.replace("The council", "It")
    assert draft(f"{TELL} [RRR]. {leaning} [LLL].", shown).text.endswith("[2]")
    found = draft(f"{TELL} [RRR]. The council must pay 500 pounds [RRR]. {leaning} [LLL].", shown)
    assert found.faults == (Fault.FACT, Fault.DANGLING)


def test_what_was_said_is_not_said_again(shown: dict[str, Shown]) -> None:
    assert draft(f"{TELL} [RRR]. " * 30, shown).sentences == (f"{TELL}. [1]",)


@pytest.mark.parametrize("opening", ["Yes. ", "No. ", "Yes, ", "No: ", "Not necessarily. "])
def test_a_yes_or_no_that_we_did_not_compose_is_cut(shown: dict[str, Shown], opening: str) -> None:
    assert draft(f"{opening}{TELL} [RRR].", shown, composed="It depends. [1]").text == f"{TELL}. [1]"


def test_a_yes_or_no_that_we_composed_too_is_kept(shown: dict[str, Shown]) -> None:
    assert (
        draft(f"No. {TELL} [RRR].", shown, composed="**No.** Nothing of the kind. [1]").text == f"**No.** {TELL}. [1]"
    )
    assert draft(f"No, the {TELL[4:]} [RRR].", shown, composed="No.").text == f"**No.** {TELL}. [1]"


def test_lists_headings_bold_and_thoughts_are_read_as_plain_sentences(shown: dict[str, Shown]) -> None:
    found = draft(f"<think>The user wants to know…</think>\n- **{TELL}** [RRR].\n2. {LOOK} [LLL].", shown)
    assert found.text == f"{TELL}. [1] {LOOK}. [2]"


def test_sentences_are_not_broken_at_abbreviations_and_references() -> None:
    text = "See s. 36 and para. 9.14, e.g. on evidence. [AAA] Then reg. 5 applies. [BBB]"
    assert split_sentences(text, whole=True) == [
        "See s. 36 and para. 9.14, e.g. on evidence. [AAA]",
        "Then reg. 5 applies. [BBB]",
    ]


def test_of_a_growing_draft_only_finished_sentences_are_read(shown: dict[str, Shown]) -> None:
    text = f"{TELL}. [RRR] {LOOK} [LLL]."
    seen = {draft(text[:end], shown, whole=False).sentences for end in range(len(text) + 1)}
    assert seen == {(), (f"{TELL}. [1]",)}


@given(st.text(max_size=300))
def test_no_draft_raises_and_what_is_left_always_cites(text: str) -> None:
    passage = Shown("RRR", 1, "Regulation 5", "The council must tell you within 6 weeks.", "")
    for whole in (True, False):
        for sentence in draft(text, {"RRR": passage}, whole=whole).sentences:
            assert sentence.endswith("[1]")
