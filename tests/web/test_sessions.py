"""The memory that sessions take is bounded: each call of a program is a session of its own."""

from __future__ import annotations

from assistant.library import Library
from assistant.web.server import Server
from corpus.settings import settings


def test_only_so_many_sessions_are_remembered_and_the_last_ones_are(library: Library) -> None:
    server = Server(library, settings().model_copy(update={"max_open": 10}))
    sessions = server._mounted.app.state_holder
    for number in range(100):
        _ = sessions[f"session {number}"]
    assert list(sessions.session_data) == [f"session {number}" for number in range(60, 100)]
    assert len(sessions.time_last_used) == 40
