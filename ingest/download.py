"""One document from an official site to a file: gently, in bounded time and size, and never by halves."""

from __future__ import annotations

import ipaddress
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from corpus.settings import Settings
from ingest.errors import SourceError

MEGABYTE = 1_000_000
LARGEST = 64 * MEGABYTE
"""Bytes beyond which an answer can't be one of the documents."""
SLOWEST = 1024
"""Bytes a second, on average, below which a transfer counts as stalled."""
REDIRECTS = 5
"""Redirects that one request may follow."""
TRY_AGAIN = frozenset({202, 408, 425, 429, 500, 502, 503, 504})
"""Statuses that pass: not ready yet, too busy, too many requests."""

Progress = Callable[[str], None]
Accept = Callable[[Path], str]
"""Gives the sha256 of a file that is the right document; raises WrongDocument for any other."""


@dataclass(slots=True)
class Pace:
    """How gently sites are asked. All in seconds."""

    pause: float = 1.0
    """Least time between two requests to one host."""
    backoff: float = 1.0
    """Wait before the first retry; it doubles with each, give or take a half."""
    longest: float = 60.0
    """Longest wait, whatever Retry-After asks for."""
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def before_request(self, host: str) -> None:
        """Wait until `host` may be asked again."""
        if (last := self._last.get(host)) is not None:
            wait = last + self.pause - time.monotonic()
            if wait > 0:
                self.sleep(wait)
        self._last[host] = time.monotonic()

    def before_retry(self, tries: int, asked: float | None) -> None:
        """Wait after try number `tries` (from 1) has failed; `asked` is what the site's Retry-After says."""
        jitter = random.uniform(0.5, 1.5)  # noqa: S311 (spreads clients out; nothing secret)
        wait = self.backoff * 2 ** (tries - 1) * jitter if asked is None else asked
        self.sleep(min(wait, self.longest))


POLITE = Pace()
"""The pace of this process."""


class DownloadFailed(SourceError):
    """An official site did not give a document; the message says why."""


class Unreachable(DownloadFailed):
    """An official site can't be reached at all: no connection, or no answer in time."""


class _Passing(Exception):
    """A failure that another try may mend."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Record:
    """What stands beside a downloaded document: where and when it came from."""

    url: str
    retrieved: str
    """UTC time of the download, ISO."""
    sha256: str
    etag: str | None = None
    last_modified: str | None = None

    def conditions(self) -> dict[str, str]:
        """The request headers that ask for the document only where it is no longer this one."""
        wanted = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in wanted.items() if value}


def user_agent() -> str:
    """What this program calls itself to the sites."""
    try:
        number = version("ask-the-code")
    except PackageNotFoundError:
        number = "unknown"
    return f"ask-the-code/{number} (+SEND law assistant; python-httpx/{httpx.__version__})"


def download(
    url: str, target: Path, accept: Accept, settings: Settings, progress: Progress, pace: Pace = POLITE
) -> str:
    """Download `url` to `target` and give its sha256; what `target` held stays until `accept` passes the new.

    Beside it `<name>.meta.json` records the date, ETag and Last-Modified. The caller holds the lock of the
    folder. Raises DownloadFailed or what `accept` raises; OSError where the disk refuses.
    """
    digest = download_unless(None, url, target, accept, settings, progress, pace)
    assert digest is not None  # noqa: S101  # without a condition the document comes or an error does
    return digest


def download_unless(
    known: Record | None,
    url: str,
    target: Path,
    accept: Accept,
    settings: Settings,
    progress: Progress,
    pace: Pace = POLITE,
) -> str | None:
    """As `download`, but where the site says that its document is still the one of `known`: nothing, and None."""
    conditions = known.conditions() if known and known.url == url else {}
    part = target.with_name(f".{target.name}.part")
    try:
        with _client(settings, conditions) as client:
            headers = _with_retries(client, url, part, target.name, settings, progress, pace)
        if headers is None:
            return None
        digest = accept(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _write_record(target, url, headers, digest)
    return digest


def read_record(target: Path) -> Record | None:
    """What is recorded beside the document `target`; None where there is nothing that can be read."""
    try:
        return Record(**json.loads(_record_of(target).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _client(settings: Settings, conditions: Mapping[str, str]) -> httpx.Client:
    # a proxy from the environment is for the sites, never for this machine itself
    direct = dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))
    return httpx.Client(timeout=settings.timeout, headers={"User-Agent": user_agent(), **conditions}, mounts=direct)


def _with_retries(
    client: httpx.Client,
    url: str,
    part: Path,
    name: str,
    settings: Settings,
    progress: Progress,
    pace: Pace,
) -> httpx.Headers | None:
    """The headers of the answer that was saved; None where the site says that nothing has changed."""
    tries = settings.retries + 1
    reached = True
    for number in range(1, tries + 1):
        try:
            with _answer(client, url, pace) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                _save(response, part, name, settings.timeout, progress)
                return response.headers
        except _Passing as failure:
            why, wait, reached = str(failure), failure.wait, True
        except (httpx.TimeoutException, httpx.NetworkError) as error:
            why, wait, reached = _in_words(error, settings.timeout), None, False
        except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
            why, wait, reached = f"truncated or garbled answer ({error})", None, True
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DownloadFailed(f"{url}: {error}") from error
        if number < tries:
            progress(f"{name}: {why}; trying again ({number} of {settings.retries})")
            pace.before_retry(number, wait)
    failure_of = DownloadFailed if reached else Unreachable
    raise failure_of(f"{url}: {why} (tried {tries} times)" if tries > 1 else f"{url}: {why}")


def _in_words(error: httpx.TransportError, timeout: float) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {timeout:g} seconds"
    return f"no connection ({error})" if str(error) else "no connection"


@contextmanager
def _answer(client: httpx.Client, url: str, pace: Pace) -> Iterator[httpx.Response]:
    """The site's good answer, redirects followed; raises _Passing or DownloadFailed for any other."""
    here = url
    check_address(here, url)
    for _ in range(REDIRECTS + 1):
        pace.before_request(urlsplit(here).netloc)
        with client.stream("GET", here) as response:
            if not response.has_redirect_location:
                _check_status(response, here)
                yield response
                return
            here = urljoin(here, response.headers["Location"])
        check_address(here, url)
    raise DownloadFailed(f"{url}: redirected more than {REDIRECTS} times")


def check_address(address: str, asked: str) -> None:
    """Refuse any address but https, and http of this machine where that is what was asked for."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback(parts.hostname) and is_loopback(urlsplit(asked).hostname):
        return
    how = "is" if address == asked else f"redirects to {address}, which is"
    raise DownloadFailed(f"{asked} {how} not an https address")


def is_loopback(host: str | None) -> bool:
    """Whether `host` is this machine."""
    if not host or host == "localhost":
        return host == "localhost"
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_status(response: httpx.Response, url: str) -> None:
    asked = "If-None-Match" in response.request.headers or "If-Modified-Since" in response.request.headers
    if response.status_code == httpx.codes.OK or (asked and response.status_code == httpx.codes.NOT_MODIFIED):
        return
    why = f"the site answered {response.status_code} {response.reason_phrase}".rstrip()
    if response.status_code in TRY_AGAIN:
        raise _Passing(why, retry_after(response.headers.get("Retry-After")))
    raise DownloadFailed(f"{url}: {why}")


def retry_after(value: str | None) -> float | None:
    """The seconds that a Retry-After header asks to wait; None where it says nothing usable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _save(response: httpx.Response, part: Path, name: str, timeout: float, progress: Progress) -> None:
    """Stream the body to `part` and make it durable; raises _Passing where it stalls or is truncated."""
    total = _announced(response)
    if total is not None and total > LARGEST:
        raise DownloadFailed(f"{response.url}: {_size(total)} is too large for {name}")
    size, told, start = 0, 0, time.monotonic()
    with part.open("wb") as out:
        for chunk in response.iter_bytes():
            out.write(chunk)
            size += len(chunk)
            if size > LARGEST:
                raise DownloadFailed(f"{response.url}: more than {_size(LARGEST)} is too large for {name}")
            elapsed = time.monotonic() - start
            if elapsed > timeout and size < elapsed * SLOWEST:
                raise _Passing(f"stalled after {size} bytes in {elapsed:.0f} seconds")
            if size - told >= MEGABYTE:
                told = size
                progress(_so_far(name, response.num_bytes_downloaded, total))
        out.flush()
        os.fsync(out.fileno())
    if total is not None and response.num_bytes_downloaded != total:
        raise _Passing(f"truncated: {response.num_bytes_downloaded} of {total} bytes came")
    progress(_so_far(name, response.num_bytes_downloaded, total))


def _announced(response: httpx.Response) -> int | None:
    value = response.headers.get("Content-Length", "")
    return int(value) if value.isdecimal() else None


def _so_far(name: str, count: int, total: int | None) -> str:
    return f"{name}: {_size(count)}" + (f" of {_size(total)}" if total is not None else "")


def _size(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB" if count >= MEGABYTE else f"{count / 1000:.1f} kB"


def _record_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.meta.json")


def _write_record(target: Path, url: str, headers: httpx.Headers, digest: str) -> None:
    """Record what a later check needs to tell whether the site's document has changed."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    record = Record(url, now, digest, headers.get("ETag"), headers.get("Last-Modified"))
    part = target.with_name(f".{target.name}.meta.part")
    part.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
    part.replace(_record_of(target))
