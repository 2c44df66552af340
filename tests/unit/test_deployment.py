"""What docker-compose.yml, haproxy.cfg and the Dockerfile promise to whoever runs the service."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.cli.serve.processes import DRAIN_SECONDS
from grader.http.waiting import MAX_SECONDS
from grader.lms.outgoing.guard import REQUEST_TIMEOUT
from grader.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "api", "worker", "delivery", "scheduler", "backup")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEFAULTS = Settings.model_construct()
UNITS = {"m": 2**20, "g": 2**30}


def size(text: str) -> int:
    """Return the bytes of a size such as ``512m``."""
    return int(text[:-1]) * UNITS[text[-1]]


def seconds(text: str) -> int:
    """Return the seconds of a time such as ``90s``."""
    return int(text.removesuffix("s"))


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
def test_every_container_has_limits_and_gains_no_rights(service: dict[str, Any]) -> None:
    assert size(service["mem_limit"]) <= 2 * 2**30
    assert service["pids_limit"] <= 512
    assert service["logging"]["options"] == {"max-size": "16m", "max-file": "4"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] in ("always", "on-failure")


@pytest.mark.parametrize("name", OURS)
def test_containers_of_ours_cannot_be_changed_from_within(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True


def test_no_password_is_in_the_environment_or_on_a_command_line() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_PASSWORD_FILE"), name
            assert not re.search(r"//[^/]*:[^/]*@", value), name
    assert "PASSWORD:" not in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(COMPOSE["secrets"]) == {"postgres_password", "redis_password"}
    for kept_out in (".gitignore", ".dockerignore"):
        lines = (ROOT / kept_out).read_text(encoding="utf-8").split()
        assert {line.strip("/") for line in lines} >= {"secrets", ".env"}


@pytest.mark.parametrize("name", OURS)
def test_variables_are_settings(name: str) -> None:
    names = {one for one in SERVICES[name]["environment"] if one.startswith("GRADER_")}
    assert names <= {f"GRADER_{field.upper()}" for field in Settings.model_fields}


def test_containers_have_the_time_that_they_need_to_stop() -> None:
    grace = {name: seconds(one.get("stop_grace_period", "10s")) for name, one in SERVICES.items()}
    assert grace["worker"] == 90
    assert grace["delivery"] == 20 > REQUEST_TIMEOUT
    assert grace["api"] > DRAIN_SECONDS
    assert grace["postgres"] > grace["scheduler"]


def test_memory_holds_what_the_settings_allow() -> None:
    spool = size(SERVICES["api"]["tmpfs"][0].partition("size=")[2])
    assert DEFAULTS.max_spool < spool < size(SERVICES["api"]["mem_limit"]) / 2
    assert DEFAULTS.child_memory < size(SERVICES["worker"]["mem_limit"])
    (script,) = re.findall(r"--maxmemory (\S+)mb", SERVICES["redis"]["command"][-1])
    assert int(script) * 2 * UNITS["m"] < size(SERVICES["redis"]["mem_limit"])


def test_the_database_has_a_connection_for_every_thread_of_every_api_and_for_20_workers() -> None:
    (most,) = [int(word.split("=")[1]) for word in SERVICES["postgres"]["command"] if "=" in word]
    (apis,) = re.findall(r"server-template api 1-(\d+)", (ROOT / "haproxy.cfg").read_text())
    probes = 5
    assert int(apis) * (DEFAULTS.threads + probes) + 20 * 3 < most


def test_only_the_proxy_is_reached_from_outside_and_only_from_this_machine() -> None:
    ports = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert ports == {"proxy": ["127.0.0.1:8000:8000"]}


def test_the_proxy_waits_as_long_as_the_api_may_take_and_never_sends_twice() -> None:
    config = (ROOT / "haproxy.cfg").read_text(encoding="utf-8")
    timeouts = dict(re.findall(r"^ *timeout (\S+) +(\d+)s$", config, re.MULTILINE))
    for side in ("client", "server"):
        assert int(timeouts[side]) > max(DEFAULTS.request_seconds, MAX_SECONDS)
    assert int(timeouts["http-request"]) >= DEFAULTS.head_seconds
    assert re.findall(r"^ *retry-on (.+)$", config, re.MULTILINE) == ["conn-failure"]
    assert "/healthz" in config and "hdr Host" in config
    # Each API is found by its name, however many there are.
    assert SERVICES["proxy"]["environment"] == {"API_HOST": "api"}


def test_images_have_the_tag_of_the_release_and_one_version_of_postgresql() -> None:
    for name in OURS:
        assert SERVICES[name]["image"].endswith(":${GRADER_TAG:-latest}")
        assert SERVICES[name]["build"]["args"] == {"POSTGRES_VERSION": "${POSTGRES_VERSION:-16}"}
    assert SERVICES["postgres"]["image"] == "postgres:${POSTGRES_VERSION:-16}-bookworm"
    assert "ARG POSTGRES_VERSION=16" in DOCKERFILE
    assert "postgresql-client-${POSTGRES_VERSION}" in DOCKERFILE


def test_the_image_runs_as_a_user_by_number_and_leaves_no_volume() -> None:
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["10001:10001", "0", "10001:10001"]
    assert "--gid 10001" in DOCKERFILE and "--uid 10001" in DOCKERFILE
    assert "--system" not in DOCKERFILE
    assert not re.search(r"^VOLUME", DOCKERFILE, re.MULTILINE)
    # The last stage, which is built unless another is named, is the service without tools.
    assert re.findall(r"^FROM (.+)$", DOCKERFILE, re.MULTILINE)[-1] == "base AS grader"


def test_what_the_readme_tells_operators_to_use_exists() -> None:
    section = README.partition("### In containers\n")[2].partition("\n### ")[0]
    (stopped,) = re.findall(r"docker compose stop (.+)", section)
    # A restore refuses while others use the database.
    assert set(stopped.split()) == set(OURS) - {"migrate"}
    used = re.findall(r"docker compose (?:exec(?: -T)?|run --rm --no-deps) (\w+)", section)
    assert {"api", "backup", "migrate", "postgres"} == set(used) <= set(SERVICES)
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for variable in ("GRADER_TAG", "API_SCALE", "WORKER_SCALE", "KEEP_BACKUPS", "POSTGRES_VERSION"):
        assert variable in section and f"${{{variable}:-" in text
