"""The language model: asked with time-outs, a deadline and a circuit breaker, and trusted with nothing."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from assistant.circuit import Circuit, ModelFailure, Reason
from assistant.model_clients import is_configured, is_installed, open_client
from corpus.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

__all__ = ["ask", "circuit_of", "is_configured"]

_CHARACTERS_A_TOKEN = 12  # a reply longer than this, times the tokens allowed, has no end
_log = logging.getLogger(__name__)
_circuits: dict[Settings, Circuit] = {}
_END = object()


def circuit_of(config: Settings) -> Circuit:
    """The circuit breaker of one configured model, shared by all turns."""
    return _circuits.setdefault(config, Circuit())


def ask(config: Settings, system: str, text: str, *, live: bool) -> Generator[str, None, None]:
    """What the model writes, bit by bit where `live`, else at once; raises ModelFailure.

    The first failure of any kind ends it, and so does the deadline, `llm_timeout` seconds from now.
    """
    circuit = circuit_of(config)
    circuit.check()
    if not is_installed(config):
        raise ModelFailure(Reason.MISSING)
    try:
        yield from _ask(config, system, text, live)
    except ModelFailure as failure:
        circuit.record(failed=True)
        _log.warning("The language model gave no answer (%s).", failure.reason)
        raise
    circuit.record(failed=False)


def _ask(config: Settings, system: str, text: str, live: bool) -> Generator[str, None, None]:
    stopped = threading.Event()
    try:
        llm, close = open_client(config, stopped)
    except Exception as error:  # a package of another version, or a setting that its client won't take
        raise _failure(error) from None
    arriving: queue.SimpleQueue[Any] = queue.SimpleQueue()
    deadline = time.monotonic() + config.llm_timeout
    # a thread, for no client library has a deadline for the whole of a reply
    threading.Thread(target=_listen, args=(llm, system, text, live, arriving, stopped), daemon=True).start()
    written = ""
    try:
        while (bit := _next(arriving, deadline)) is not _END:
            written += bit
            if len(written) > _CHARACTERS_A_TOKEN * config.llm_max_tokens:
                raise ModelFailure(Reason.TOO_LONG)
            yield bit
        if not written.strip():
            raise ModelFailure(Reason.EMPTY)
    finally:
        stopped.set()
        close()


def _next(arriving: queue.SimpleQueue[Any], deadline: float) -> Any:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ModelFailure(Reason.SLOW)
    try:
        bit = arriving.get(timeout=left)
    except queue.Empty:
        raise ModelFailure(Reason.SLOW) from None
    if isinstance(bit, Exception):
        raise _failure(bit) from None
    return bit


def _listen(
    llm: LLM, system: str, text: str, live: bool, arriving: queue.SimpleQueue[Any], stopped: threading.Event
) -> None:
    """Put what the model writes into `arriving`, then the end or the error."""
    from llama_index.core.llms import ChatMessage, MessageRole

    messages = [ChatMessage(role=MessageRole.SYSTEM, content=system), ChatMessage(role=MessageRole.USER, content=text)]
    try:
        if live:
            ended = False
            for response in llm.stream_chat(messages):
                if stopped.is_set():
                    return
                ended = ended or _says_it_ended(response.raw)
                arriving.put(response.delta or "")
            if not ended:
                raise ModelFailure(Reason.UNREADABLE)
        else:
            arriving.put(llm.chat(messages).message.content or "")
        arriving.put(_END)
    except Exception as error:  # whatever it is, the composed answer stands
        arriving.put(error)


def _says_it_ended(raw: Any) -> bool:
    """Whether a piece of a stream says that it is the last: a stream without it was cut off."""
    choices = getattr(raw, "choices", None)
    if choices is not None:
        return any(choice.finish_reason for choice in choices)
    return bool(isinstance(raw, dict) and (raw.get("done") or raw.get("type") == "message_delta"))


def _failure(error: Exception) -> ModelFailure:
    """What went wrong, without its message: that may hold the key or the question."""
    _log.info("The language model's client raised %s.", type(error).__name__)
    cause: BaseException | None = error
    while cause is not None:
        name = type(cause).__name__
        if isinstance(cause, ModelFailure):
            return cause
        if "Timeout" in name:
            return ModelFailure(Reason.SLOW)
        if getattr(cause, "status_code", None):
            return ModelFailure(Reason.REFUSED)
        if isinstance(cause, ConnectionError) or name == "ConnectError":
            return ModelFailure(Reason.UNREACHABLE)
        cause = cause.__cause__
    return ModelFailure(Reason.UNREADABLE)
