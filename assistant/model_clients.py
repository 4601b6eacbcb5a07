"""The clients of the language models that can be configured, each imported when it is first used.

A client calls the configured address and no other: it follows no redirect, asks no hub, and takes neither
key nor address from the environment. It tries once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from assistant.circuit import ModelFailure, Reason
from corpus.settings import LanguageModel, Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

Client = tuple["LLM", Callable[[], None]]
"""A model, and what closes its connection."""
CONTEXT_WINDOW = 8192
"""Tokens: the passages of one answer take half of it. Set explicitly, so that no hub or server is asked for it."""
_LARGEST = 2_000_000  # bytes of a reply
_CONNECT = 5.0  # seconds
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_PACKAGES = {
    LanguageModel.OPENAI_LIKE: "llama_index.llms.openai_like",
    LanguageModel.OLLAMA: "llama_index.llms.ollama",
    LanguageModel.ANTHROPIC: "llama_index.llms.anthropic",
}
_OLLAMA_URL = "http://127.0.0.1:11434"
_ANTHROPIC_URL = "https://api.anthropic.com"


def is_configured(config: Settings) -> bool:
    """Whether a language model words the short answer."""
    return config.llm is not LanguageModel.NONE


def is_installed(config: Settings) -> bool:
    """Whether the package that speaks to the configured model is there."""
    try:
        return find_spec(_PACKAGES[config.llm]) is not None
    except ModuleNotFoundError:
        return False


def warm_up(config: Settings) -> None:
    """Import what the first question would wait for; does nothing where there is nothing to import."""
    if is_configured(config) and is_installed(config):
        import_module(_PACKAGES[config.llm])


def open_client(config: Settings, stopped: threading.Event) -> Client:
    """A client of the configured model; once `stopped` is set it reads no further."""
    return _BUILDERS[config.llm](config, stopped)


def stays_here(config: Settings) -> bool:
    """Whether what is asked stays on this computer."""
    if config.llm is LanguageModel.OLLAMA and not config.llm_url:
        return True
    return not is_configured(config) or urlsplit(config.llm_url).hostname in _LOCAL


def _client_options(config: Settings, stopped: threading.Event) -> dict[str, Any]:
    """For httpx: time-outs, no redirects, for they could lead elsewhere, and no reply without end."""

    def bound(response: httpx.Response) -> None:
        response.stream = _Bounded(response.stream, stopped)  # type: ignore[arg-type]

    return {
        "timeout": httpx.Timeout(config.llm_timeout, connect=min(_CONNECT, config.llm_timeout)),
        "follow_redirects": False,
        "trust_env": not stays_here(config),  # a proxy is for what leaves this computer
        "event_hooks": {"response": [bound]},
    }


class _Bounded(httpx.SyncByteStream):
    """A reply's body that ends with an error once it is too long or nobody waits for it."""

    def __init__(self, body: httpx.SyncByteStream, stopped: threading.Event) -> None:
        self._body = body
        self._stopped = stopped

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for chunk in self._body:
            length += len(chunk)
            if length > _LARGEST:
                raise ModelFailure(Reason.TOO_LONG)
            if self._stopped.is_set():
                raise ModelFailure(Reason.SLOW)
            yield chunk

    def close(self) -> None:
        self._body.close()


def _key(config: Settings) -> str:
    return config.llm_key.get_secret_value() if config.llm_key else ""


def _openai_like(config: Settings, stopped: threading.Event) -> Client:
    from llama_index.llms.openai_like import OpenAILike

    client = httpx.Client(**_client_options(config, stopped))
    options: dict[str, Any] = {
        "model": config.llm_model,
        "api_base": config.llm_url,
        "api_key": _key(config) or "none",  # never empty: the client would take one from the environment
        "is_chat_model": True,
        "is_function_calling_model": False,
        "context_window": CONTEXT_WINDOW,
        "max_tokens": config.llm_max_tokens,
        "temperature": 0.0,
        "max_retries": 0,
        "timeout": config.llm_timeout,
        "http_client": client,
    }
    return OpenAILike(**options), client.close


def _ollama(config: Settings, stopped: threading.Event) -> Client:
    from llama_index.llms.ollama import Ollama
    from ollama import Client

    headers = {"authorization": f"Bearer {_key(config)}"} if _key(config) else {}
    url = config.llm_url or _OLLAMA_URL
    client = Client(host=url, headers=headers, **_client_options(config, stopped))
    llm = Ollama(
        model=config.llm_model,
        base_url=url,
        client=client,
        context_window=CONTEXT_WINDOW,
        request_timeout=config.llm_timeout,
        temperature=0.0,
        additional_kwargs={"num_predict": config.llm_max_tokens},
    )
    return llm, client.close


def _anthropic(config: Settings, stopped: threading.Event) -> Client:
    from llama_index.core.llms import LLMMetadata
    from llama_index.llms.anthropic import Anthropic

    class AnyAnthropic(Anthropic):
        """Takes models that are newer than the package, which knows their names by heart."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=CONTEXT_WINDOW, is_chat_model=True, model_name=self.model)

    options: dict[str, Any] = {
        "model": config.llm_model,
        "base_url": config.llm_url or _ANTHROPIC_URL,
        "api_key": _key(config),
        "timeout": config.llm_timeout,
        "max_retries": 0,
        "max_tokens": config.llm_max_tokens,
        "temperature": 0.0,
    }
    llm = AnyAnthropic(**options)
    client = httpx.Client(**_client_options(config, stopped))
    llm._client = llm._client.copy(http_client=client)  # the package has no parameter for it
    return llm, client.close


_BUILDERS: dict[LanguageModel, Callable[[Settings, threading.Event], Client]] = {
    LanguageModel.OPENAI_LIKE: _openai_like,
    LanguageModel.OLLAMA: _ollama,
    LanguageModel.ANTHROPIC: _anthropic,
}
