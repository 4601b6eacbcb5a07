"""What compose.yaml and the Dockerfile promise, read from the files themselves: there is no Docker engine here."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.web.addresses import Kind, find_addresses
from corpus.settings import PREFIX, Settings
from corpus.sources import load_sources

_ROOT = Path(__file__).parents[2]
_COMPOSE: dict[str, Any] = yaml.safe_load((_ROOT / "compose.yaml").read_text(encoding="utf-8"))
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_DOCKERFILE = (_ROOT / "Dockerfile").read_text(encoding="utf-8")
_APPS = ("app-1", "app-2")


def test_there_are_a_store_a_job_two_apps_and_a_proxy() -> None:
    assert set(_SERVICES) == {"chroma", "ingest", *_APPS, "proxy"}


@pytest.mark.parametrize("name", _SERVICES)
def test_each_service_is_hardened(name: str) -> None:
    service = _SERVICES[name]
    user, _, group = service["user"].partition(":")
    assert int(user) > 0 and int(group) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(where.startswith("/tmp") for where in service["tmpfs"])
    assert service["mem_limit"] and service["pids_limit"]
    assert not service.get("privileged") and "network_mode" not in service


def test_only_the_proxy_is_published_and_only_on_this_machine_by_default() -> None:
    assert [name for name, service in _SERVICES.items() if "ports" in service] == ["proxy"]
    assert _SERVICES["proxy"]["ports"] == ["${PUBLISH:-127.0.0.1:8080:8080}"]


def test_neither_the_apps_nor_the_store_reach_the_outside() -> None:
    assert _COMPOSE["networks"]["inside"]["internal"] is True
    for name in (*_APPS, "chroma"):
        assert _SERVICES[name]["networks"] == ["inside"]


def test_all_that_runs_on_has_a_health_check_and_is_waited_for() -> None:
    for name, service in _SERVICES.items():
        assert ("test" in service["healthcheck"]) != (name == "ingest")
    for app in _APPS:
        assert _SERVICES[app]["depends_on"] == {
            "chroma": {"condition": "service_healthy"},
            "ingest": {"condition": "service_completed_successfully"},
        }
        path = re.fullmatch(r"http://127\.0\.0\.1:7860(/.+)", _SERVICES[app]["healthcheck"]["test"][-1])
        assert path and find_addresses(path[1])[0].kind is Kind.PROBE


def test_the_apps_read_the_index_that_only_the_job_writes() -> None:
    for app in _APPS:
        assert {"index:/data/index:ro", "sources:/data/sources:ro"} <= set(_SERVICES[app]["volumes"])
    assert {"index:/data/index", "sources:/data/sources"} <= set(_SERVICES["ingest"]["volumes"])
    used = {mount.partition(":")[0] for service in _SERVICES.values() for mount in service["volumes"]}
    assert {name for name in used if not name.startswith(".")} == set(_COMPOSE["volumes"])


def test_all_who_use_the_store_name_the_same_one() -> None:
    urls = {_SERVICES[name]["environment"]["ASK_THE_CODE_CHROMA_URL"] for name in (*_APPS, "ingest")}
    assert urls == {"http://chroma:8000"}


def test_the_settings_that_are_set_exist_and_can_be_used() -> None:
    for name in (*_APPS, "ingest"):
        named = {key: value for key, value in _SERVICES[name]["environment"].items() if key.startswith(PREFIX)}
        given = {key.removeprefix(PREFIX).lower(): value for key, value in named.items()}
        values = {key: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for key, value in given.items()}
        assert Settings(**values).chroma_url == "http://chroma:8000"  # type: ignore[arg-type]
    for name in re.findall(rf"{PREFIX}(\w+)", _DOCKERFILE):
        assert name.lower() in Settings.model_fields


def test_the_image_runs_without_root_and_checks_its_health() -> None:
    stages = _DOCKERFILE.split("\nFROM ")
    last = stages[-1]
    user = re.search(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert user and int(user[1]) > 0 and int(user[2]) > 0
    assert "USER" not in last[user.end() :]
    probe = re.search(
        r'^HEALTHCHECK .*\\\n\s+CMD \["python", "(\S+)", "http://127.0.0.1:7860/health"\]', last, re.MULTILINE
    )
    assert probe and (_ROOT / probe[1]).is_file()
    assert "HF_HUB_OFFLINE=1" in last


def test_no_official_document_gets_into_the_image() -> None:
    lines = [line for line in (_ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in "#"]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert let_in == {
        "app.py",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "assistant",
        "corpus",
        "ingest",
        "deploy/probe.py",
    }
    official = {name for source in load_sources().values() for name in source.mirror}
    assert official
    for part in let_in:
        files = {path.name for path in (_ROOT / part).rglob("*")} | {Path(part).name}
        assert not {Path(name).name for name in official} & files
        assert not any(fnmatch(name, "*.pdf") for name in files)


def test_the_proxy_keeps_a_conversation_with_one_app_and_hides_the_figures() -> None:
    told = (_ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert told.count("{") == told.count("}")
    assert re.search(r"reverse_proxy app-1:7860 app-2:7860 \{", told)
    assert re.search(r"lb_policy cookie \w+ \{\s+fallback client_ip_hash", told)
    assert re.search(r"@figures path /metrics\s+respond @figures 403", told)
    uri = re.search(r"health_uri (\S+)", told)
    assert uri and find_addresses(uri[1])[0].kind is Kind.PROBE
