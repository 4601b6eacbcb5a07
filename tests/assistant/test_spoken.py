"""Questions in other languages, over a stub of a model that translates well or badly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from stub_llm_server import Reply, Request, StubModel, says, status, stub_model

from assistant.answer import Answer, Status
from assistant.language import language, languages
from assistant.library import Library
from assistant.phrases import phrase
from assistant.pipeline import answer
from assistant.turn import Turn
from assistant.web.answer_view import Exchange, render_conversation
from assistant.web.ask_view import respond
from corpus.settings import settings

POLISH = "Czy mogę sama poprosić o ocenę potrzeb mojego syna Jacka?"
ENGLISH = "Can I ask for an EHC needs assessment of my son NAME-A myself?"
URDU = "کیا میں اپنے بچے کے لیے خود جائزے کی درخواست کر سکتی ہوں؟"

Translator = Callable[[str], str]


@pytest.fixture(autouse=True)
def settings_are_read_anew() -> Iterator[None]:
    yield
    settings.cache_clear()


@pytest.fixture
def ask(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Answer, StubModel]]]:
    """Ask a question where the model at the other end translates as it is told to here."""

    def ask_with(question: str, reply: Reply, history: tuple[str, ...] = ()) -> tuple[Answer, StubModel]:
        with stub_model(reply) as server:
            _configure(monkeypatch, server)
            return answer(Turn(question, history=history), library), server

    yield ask_with


def _configure(monkeypatch: pytest.MonkeyPatch, server: StubModel) -> None:
    for name, value in {"LLM": "openai-like", "LLM_MODEL": "stub", "LLM_URL": f"{server.url}/v1"}.items():
        monkeypatch.setenv(f"ASK_THE_CODE_{name}", value)
    settings.cache_clear()


def translates(english: str, own: Translator) -> Reply:
    """A model that knows one question in English, and turns answers into another language with `own`."""

    def write(request: Request) -> str:
        given = re.sub(r"~~\w+~~", "", request.text).strip()
        if "into English" in request.system:
            return english
        return own(given) if "into " in request.system else "NOTHING"

    return says(write)


def polish(text: str) -> str:
    """Something Polish with the citations and figures of `text`."""
    kept = " ".join(re.findall(r"\[\d+\]|\d+", text))
    return f"Tak, można poprosić o to samodzielnie, a potem samorząd musi odpowiedzieć. {kept}"


def test_a_question_in_another_language_is_answered_in_it_with_the_english_below(ask: Callable[..., tuple]) -> None:
    found, _ = ask(POLISH, translates(ENGLISH, polish))
    assert found.status is Status.ANSWERED
    assert found.question == POLISH
    assert found.asked == ENGLISH.replace("NAME-A", "Jacka")
    assert found.language == "pl"
    assert found.translation.startswith("Tak, można poprosić")
    order = [found.text.index(part) for part in (found.translation, language("pl").caution, found.short)]
    assert order == sorted(order)
    assert {citation.id.split("(")[0] for citation in found.citations} & {"cfa2014:s36", "cop:9.8", "cop:5.49"}


def test_the_name_in_the_question_never_leaves_and_is_said_to_be_masked(ask: Callable[..., tuple]) -> None:
    found, server = ask(POLISH, translates(ENGLISH, polish))
    assert len(server.requests) == 3
    assert all("Jack" not in request.everything for request in server.requests)
    assert any("masked" in note and "names" in note for note in found.notes)


@pytest.mark.parametrize(
    "badly",
    [
        lambda text: "Tak.",
        lambda text: f"{polish(text)} Samorząd ma na to 99 dni.",
        lambda text: f"{polish(text)} [7]",
        lambda text: f"{polish(text)} [tutaj](https://example.org)",
        lambda text: f"<b>{polish(text)}</b>",
        lambda text: f"# {polish(text)}",
        lambda text: "Si, se puede pedir por cuenta propia. " + " ".join(re.findall(r"\[\d+\]|\d+", text)),
        lambda text: "",
    ],
    ids=["no citations", "new figure", "new citation", "link", "html", "heading", "another language", "nothing"],
)
def test_a_translation_that_cannot_be_trusted_is_left_out(badly: Translator, ask: Callable[..., tuple]) -> None:
    found, _ = ask(POLISH, translates(ENGLISH, badly))
    assert found.status is Status.ANSWERED
    assert found.translation == ""
    assert found.text.startswith(found.short)


@pytest.mark.parametrize(
    "english",
    ["", "Czy mogę sama poprosić o ocenę potrzeb mojego syna?", "Can I ask? " * 1000],
    ids=["nothing", "not English", "endless"],
)
def test_without_a_translation_of_the_question_the_fixed_text_stands(english: str, ask: Callable[..., tuple]) -> None:
    found, _ = ask(POLISH, translates(english, polish))
    assert found.status is Status.NOT_COVERED
    assert found.short.startswith(language("pl").text)
    assert found.translation == ""


def test_a_translation_that_loses_a_number_is_not_relied_on(ask: Callable[..., tuple]) -> None:
    asked = "Czy mój syn, który ma 19 lat, może dalej mieć swój plan?"
    found, _ = ask(asked, translates("Can my son keep his plan?", polish))
    assert found.status is Status.NOT_COVERED
    found, _ = ask(asked, translates("Can my son, who is 19, keep his EHC plan?", polish))
    assert found.status is Status.ANSWERED


def test_a_model_that_is_down_costs_nobody_the_fixed_text(ask: Callable[..., tuple]) -> None:
    found, _ = ask(POLISH, status(500))
    assert found.short.startswith(language("pl").text)


def test_danger_is_answered_before_anything_is_sent(ask: Callable[..., tuple]) -> None:
    found, server = ask("mój syn chce się zabić", translates("my son wants to die", polish))
    assert found.status is Status.URGENT_HELP
    assert server.requests == []


def test_danger_that_only_the_translation_shows_is_answered_in_the_language_too(ask: Callable[..., tuple]) -> None:
    found, _ = ask(
        "Czy moja córka ma powód do życia? Mówi że nie", translates("She says she will kill herself", polish)
    )
    assert found.status is Status.URGENT_HELP
    assert found.text.startswith(language("pl").urgent_text)
    assert phrase("urgent_help") in found.text
    assert language("pl").caution not in found.text


def test_what_the_sources_do_not_answer_is_refused_in_the_language_too(ask: Callable[..., tuple]) -> None:
    found, _ = ask("Jaki jest najlepszy przepis na bigos?", translates("What is the best recipe for stew?", polish))
    assert found.status is Status.OUT_OF_SCOPE
    assert found.translation and found.text.index(found.translation) < found.text.index(found.short)


def test_earlier_questions_are_translated_for_a_follow_up(ask: Callable[..., tuple]) -> None:
    def write(request: Request) -> str:
        if "into English" not in request.system:
            return "NOTHING"
        return "How long does that take?" if "długo" in request.text else ENGLISH

    found, _ = ask("A jak długo to trwa?", says(write), (POLISH,))
    assert found.status is Status.ANSWERED
    assert "EHC needs assessment" in found.asked


def test_every_language_with_a_text_says_what_a_translation_is_worth() -> None:
    english = language("fr").caution
    assert english.startswith("A computer program")
    cautions = [spoken.caution for spoken in languages()]
    assert len(set(cautions)) == len(cautions) and english not in cautions


def test_the_page_marks_the_translation_with_its_language_and_direction(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def urdu(text: str) -> str:
        return "جی ہاں، آپ خود کونسل سے کہہ سکتی ہیں۔ " + " ".join(re.findall(r"\[\d+\]|\d+", text))

    with stub_model(translates("Can I ask for an EHC needs assessment of my child myself?", urdu)) as server:
        _configure(monkeypatch, server)
        *_, (html, problem, exchanges) = respond(library, (), URDU, None)
    assert not problem
    assert '<div class="atc-translated" lang="ur" dir="rtl">' in html
    assert "translated by a language model" in html
    assert exchanges[-1].answer.language == "ur"


def test_the_fixed_text_of_danger_is_marked_with_its_language(library: Library) -> None:
    asked = "mój syn chce się zabić"
    html = render_conversation([Exchange(asked, answer(Turn(asked), library))], library)
    assert '<div lang="pl" dir="ltr">' in html
