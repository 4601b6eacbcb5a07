"""One Chroma server and several app processes over a small index: what a county runs, without containers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from corpus.annotation import QA, Annotation
from corpus.passage import Passage, PassageId
from ingest.index import SourceState

ROOT = Path(__file__).parents[2]
LONGEST = 300.0
"""Seconds after which what is waited for counts as failed."""
STATES = (SourceState("cop", "January 2015", "folder", 6),)
_TEXTS = {
    "9.1": ("Most children have their needs met in mainstream schools.", "Can my child stay in a mainstream school?"),
    "9.2": ("A plan sets out the provision that a child needs.", "What does an EHC plan set out?"),
    "9.3": ("A local authority must assess when a plan may be necessary.", "When does the council have to assess?"),
    "9.4": ("A school may ask for an assessment of a pupil.", "Can the school ask for an assessment?"),
    "9.5": ("Parents should be told of the decision within six weeks.", "How soon are parents told of the decision?"),
    "9.6": ("A plan must be reviewed every year.", "How often is an EHC plan reviewed?"),
}
QUESTIONS = tuple(question for _, question in _TEXTS.values())


def passages() -> list[Passage]:
    """The passages of the small index."""
    return [
        Passage(
            id=PassageId(f"cop:{number}"),
            source="cop",
            label=f"SEND Code of Practice, paragraph {number}",
            headings=("Chapter 9: Plans",),
            text=text,
            url="https://example.org/code.pdf#page=1",
        )
        for number, (text, _) in _TEXTS.items()
    ]


def annotations() -> dict[PassageId, Annotation]:
    """An annotation of each, with one question."""
    return {
        PassageId(f"cop:{number}"): Annotation(
            id=PassageId(f"cop:{number}"), gist=text, qa=(QA(q=question, a=f"In short: {text}"),)
        )
        for number, (text, question) in _TEXTS.items()
    }


def wait_for(what: str, seen: Callable[[], bool], seconds: float = LONGEST) -> None:
    """Look again and again until `seen`; an AssertionError says `what` didn't come in time."""
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, f"{what} did not come in {seconds:.0f} s"
        time.sleep(0.05)


def answers_at(url: str) -> bool:
    """Whether `url` is served."""
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Process:
    """A server in a process of its own."""

    def __init__(self, arguments: list[str], log: Path, probe: str, environment: Mapping[str, str]) -> None:
        self._arguments, self._log, self._probe = arguments, log, probe
        self._environment = {**os.environ, **environment}
        self._running: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None

    def start(self) -> None:
        self._out = self._log.open("ab")
        self._running = subprocess.Popen(
            self._arguments, cwd=ROOT, env=self._environment, stdout=self._out, stderr=subprocess.STDOUT
        )

    def wait_until_up(self) -> None:
        def up() -> bool:
            assert self.alive, f"it ended: {self._log.read_text(errors='replace')[-2000:]}"
            return answers_at(self._probe)

        wait_for(self._probe, up)

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def kill(self) -> None:
        """End it without a warning, as a crash would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(LONGEST)
        if self._out is not None:
            self._out.close()


class ChromaServer(Process):
    """`chroma run` over a folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        program = str(Path(sys.executable).with_name("chroma"))
        arguments = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
        log = folder.with_suffix(".log")
        super().__init__(arguments, log, f"{self.url}/api/v2/heartbeat", {"ANONYMIZED_TELEMETRY": "False"})


class App(Process):
    """`python app.py` as the README starts it."""

    def __init__(self, home: Path, chroma: str, log: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            "ASK_THE_CODE_HOME": str(home),
            "ASK_THE_CODE_PORT": str(port),
            "ASK_THE_CODE_CHROMA_URL": chroma,
            "ASK_THE_CODE_EMBEDDER": "packaged",
            "ASK_THE_CODE_RATE_LIMIT": "0",
            "OMP_NUM_THREADS": "1",  # two apps on two processors
        }
        super().__init__([sys.executable, "app.py"], log, f"{self.url}/health", environment)


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start the processes, wait until all are up, and end them at last."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait_until_up()
        yield
    finally:
        for process in processes:
            process.kill()
