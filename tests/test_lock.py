"""The lock file: exact versions with hashes, and those that `pyproject.toml` asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_WANTED = [
    *_PROJECT["dependencies"],
    *(line for extra in _PROJECT["optional-dependencies"].values() for line in extra if "ask-the-code" not in line),
]


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", _WANTED)
def test_what_is_asked_for_is_locked_at_a_version_that_fits(line: str, lock: str) -> None:
    wanted = Requirement(line)
    pins = [
        version for name, version in _PIN.findall(lock) if canonicalize_name(name) == canonicalize_name(wanted.name)
    ]
    assert pins, f"{wanted.name} isn't in requirements.lock; make it anew with the command in its first lines"
    assert all(wanted.specifier.contains(version, prereleases=True) for version in pins)


def test_every_package_has_hashes_and_none_comes_from_elsewhere(lock: str) -> None:
    packages = [block for block in re.split(r"\n(?=[A-Za-z0-9])", lock) if _PIN.match(block)]
    assert len(packages) > 150
    assert all("--hash=sha256:" in block for block in packages)
    assert "://" not in lock
    assert "--index-url" not in lock
