"""Builds a tiny index in processes of their own, and lets one of many things go wrong at a point that is counted.

A point is each moment at which the build opens a file to write, renames, removes or makes one, opens a database, or
calls Chroma. Python's audit hook sees them all, so the program itself knows nothing of this. Run as a script it
waits for jobs (a JSON object a line), forks for each, and says how it ended: so nothing heavy is imported twice.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

NOBODY = 65534


@dataclass(frozen=True)
class Ended:
    """How a job ended."""

    status: int
    """The exit status; negative the signal that ended it."""
    out: str
    err: str
    points: int = 0


class Builder:
    """The process that forks for each job."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(scratch)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, home: Path, **job: Any) -> Ended:
        """Run one job in `home`; see `_Job` for what it may say."""
        return self._ended(self._ask({"home": str(home), **job}))

    def run_two_at_once(self, home: Path) -> tuple[Ended, Ended]:
        """Build in two processes: the first goes on only when the second has said that it waits."""
        answer = self._ask({"home": str(home), "two": True})
        return self._ended(answer["first"]), self._ended(answer["second"])

    def close(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        self._process.wait(60)

    def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps(job) + "\n")
        stdin.flush()
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    def _ended(self, answer: dict[str, Any]) -> Ended:
        return Ended(**answer)


# What follows runs in the process that forks, and in its children.


class _Job:
    """`version` 1 or 2 of the corpus is built, or with `ask` a question asked; `fault` is what goes wrong.

    `kill` and `errno` strike at point number `at`; `size` lets no file grow beyond `limit` bytes (the kernel then
    ends the process with `deadly`, else refuses the write); `full` lets no database grow beyond `limit` pages.
    `as_nobody` gives up the rights of root.
    """

    def __init__(self, row: dict[str, Any]) -> None:
        self.home = str(row["home"])
        self.version = int(row.get("version", 1))
        self.ask = bool(row.get("ask"))
        self.arguments = list(row.get("arguments", ()))
        self.fault: dict[str, Any] = row.get("fault", {})
        self.as_nobody = bool(row.get("as_nobody"))


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree", "sqlite3.connect"}


class _Points:
    """Counts the points of a build, and strikes at one of them."""

    def __init__(self, home: str, strike: Callable[[str], None], at: int) -> None:
        self.count = 0
        self._home, self._strike, self._at = home, strike, at

    def audit(self, event: str, details: tuple[Any, ...]) -> None:
        if event == "open":
            if details[2] is not None and details[2] & _WRITING:
                self.reach(str(details[0]))
        elif event in _CHANGES:
            self.reach(str(details[0]))

    def reach(self, where: str) -> None:
        if self._home not in where:
            return
        self.count += 1
        if self.count == self._at:
            self._strike(where)


def _arm(job: _Job, points_file: Path) -> None:
    """Set up what goes wrong in this process."""
    fault, kind = job.fault, job.fault.get("kind")

    def strike(where: str) -> None:
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(fault["errno"], os.strerror(fault["errno"]), where)

    points = _Points(job.home, strike, fault.get("at", -1))
    _watch_calls(points, job.home)
    sys.addaudithook(points.audit)
    if kind == "size":
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if fault["deadly"] else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault["limit"], fault["limit"]))
    if kind == "full":
        connect = sqlite3.connect

        def small(*arguments: Any, **options: Any) -> sqlite3.Connection:
            database = connect(*arguments, **options)
            database.execute(f"PRAGMA max_page_count = {fault['limit']}")
            return database

        sqlite3.connect = small  # type: ignore[assignment]
    if kind == "count":
        import atexit

        atexit.register(lambda: points_file.write_text(str(points.count)))


def _watch_calls(points: _Points, home: str) -> None:
    """Make a point of the moment before and after each call that writes outside Python's sight."""
    from chromadb.api.models.Collection import Collection

    from ingest.kept_vectors import KeptVectors

    for owner, name in ((Collection, "add"), (KeptVectors, "add"), (KeptVectors, "forget")):
        original = getattr(owner, name)

        def watched(*arguments: Any, _original: Any = original, _name: str = name, **options: Any) -> Any:
            points.reach(f"{home} before {_name}")
            result = _original(*arguments, **options)
            points.reach(f"{home} after {_name}")
            return result

        setattr(owner, name, watched)


def _work(job: _Job, before_reading: Callable[[], None] = lambda: None) -> int:
    """The job itself, in a child: the program's own `main`, over a tiny corpus and a stand-in for the model."""
    os.environ["ASK_THE_CODE_HOME"] = job.home
    import tiny_corpus

    import assistant.__main__ as assistant_main
    import ingest.__main__ as ingest_main

    if job.ask:
        return assistant_main.main(["ask", "When must the council assess?"])

    def read(*_: object) -> Any:
        before_reading()
        return tiny_corpus.passages(job.version), tiny_corpus.STATES

    tiny_corpus.stand_in(job.version)
    ingest_main.read_all = read  # type: ignore[assignment]
    return ingest_main.main(job.arguments)


def _fork(job: _Job, scratch: Path, name: str, before_reading: Callable[[], None] = lambda: None) -> int:
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        for number, kind in ((1, "out"), (2, "err")):
            os.dup2(os.open(scratch / f"{name}.{kind}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
        if job.as_nobody and os.geteuid() == 0:
            os.seteuid(NOBODY)
        _arm(job, scratch / f"{name}.points")
        status = _work(job, before_reading)
        sys.stdout.flush()
        if job.fault.get("kind") == "count":
            import atexit

            atexit._run_exitfuncs()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _wait(child: int, scratch: Path, name: str) -> dict[str, Any]:
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    points = scratch / f"{name}.points"
    counted = int(points.read_text()) if points.exists() else 0
    points.unlink(missing_ok=True)
    out, err = ((scratch / f"{name}.{kind}").read_text() for kind in ("out", "err"))
    return {"status": status, "out": out, "err": err, "points": counted}


def _two(job: _Job, scratch: Path) -> dict[str, Any]:
    """Two builds at once, each step of one released by the other."""
    reading, read_on = os.pipe(), os.pipe()

    def hold() -> None:
        os.write(reading[1], b"!")
        os.read(read_on[0], 1)

    first = _fork(job, scratch, "first", hold)
    os.read(reading[0], 1)  # the first holds the lock now
    told = os.pipe()
    second = os.fork()
    if second == 0:
        import ingest.__main__ as ingest_main

        say = ingest_main._say

        def heard(message: str) -> None:
            say(message)
            if "Waiting" in message:
                os.write(told[1], b"!")

        ingest_main._say = heard
        os.close(told[0])
        grandchild = _fork(job, scratch, "second")
        os._exit(0 if os.waitpid(grandchild, 0)[1] == 0 else 1)
    os.close(told[1])
    os.read(told[0], 1)  # the second waits; or it has ended, and nothing will come
    os.write(read_on[1], b"!")
    return {"first": _wait(first, scratch, "first"), "second": _wait(second, scratch, "second")}


def _import_once(scratch: Path) -> None:
    """Import here all that a build imports, as a build in a child tells: that starts no thread, as using it would.

    So each child saves the seconds that it takes, and one without rights has what it could not read.
    """
    child = os.fork()
    names = scratch / "modules"
    if child == 0:
        with tempfile.TemporaryDirectory(dir=scratch) as home:
            for version in (1, 2):
                _work(_Job({"home": home, "version": version}))
        names.write_text("\n".join(sys.modules))
        os._exit(0)
    os.waitpid(child, 0)
    for name in names.read_text().splitlines():
        with suppress(Exception):
            importlib.import_module(name)


def _serve(jobs: IO[str], scratch: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the build above prints is no answer
    _import_once(scratch)
    for line in jobs:
        row = json.loads(line)
        job = _Job(row)
        answer = _two(job, scratch) if row.get("two") else _wait(_fork(job, scratch, "job"), scratch, "job")
        print(json.dumps(answer), file=answers, flush=True)


FULL, READ_ONLY = errno.ENOSPC, errno.EROFS

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    _serve(sys.stdin, Path(sys.argv[1]))
