"""Every setting stands in the README, and a setting that can't be used is explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.settings import PREFIX, Settings, SettingsError, settings

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings are read anew in this test and after it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_settings_table_of_the_readme(name: str) -> None:
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    wanted = f"`{PREFIX}{name.upper()}`"
    assert any(wanted in row.split("|")[1] for row in rows), f"README.md has no table row for {wanted}"


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+[A-Z])", README.read_text(encoding="utf-8")))
    assert named
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_describes_itself(name: str) -> None:
    assert Settings.model_fields[name].description


@pytest.mark.usefixtures("fresh_settings")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"PORT": "abc"}, "ASK_THE_CODE_PORT can't be used"),
        ({"LLM": "gpt"}, "ASK_THE_CODE_LLM can't be used: input should be 'none', 'openai-like'"),
        ({"LLM": "ollama"}, "ASK_THE_CODE_LLM_MODEL"),
        ({"LLM": "openai-like", "LLM_MODEL": "m"}, "ASK_THE_CODE_LLM_URL"),
        ({"LLM": "anthropic", "LLM_MODEL": "m"}, "ASK_THE_CODE_LLM_KEY"),
        ({"LLM_URL": "localhost:8080"}, "starts with http:// or https://"),
        ({"LLM_TIMEOUT": "0"}, "ASK_THE_CODE_LLM_TIMEOUT can't be used"),
    ],
)
def test_a_setting_that_cannot_be_used_is_explained(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], says: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=re.escape(says)):
        settings()


@pytest.mark.usefixtures("fresh_settings")
def test_a_key_does_not_show_in_settings_or_in_their_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASK_THE_CODE_LLM_KEY", "sk-very-secret")
    assert "sk-very-secret" not in f"{settings()!r} {settings()} {settings().model_dump_json()}"
    settings.cache_clear()
    monkeypatch.setenv("ASK_THE_CODE_LLM", "openai-like")
    with pytest.raises(SettingsError) as raised:
        settings()
    assert "sk-very-secret" not in str(raised.value)


@pytest.mark.usefixtures("fresh_settings")
def test_by_default_there_is_no_language_model() -> None:
    assert settings().llm == "none"
