"""Workers started as in docker-compose.yml wait for the schema, touch their file and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from grader.bootstrap import migrate
from grader.infra.private_files import private_folder
from grader.settings import Settings
from grader.store.migrate import upgrade
from tests.processes import wait_until
from tests.servers_redis import RedisForTests, redis_server

SERVICES = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisForTests]:
    with redis_server(tmp_path / "redis") as server:
        yield server


@pytest.mark.parametrize("name", ["worker", "delivery"])
def test_a_worker_of_the_compose_file(name: str, redis: RedisForTests, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    private_folder(settings.data_dir)
    upgrade(settings.database, "0002")
    python, *arguments = SERVICES[name]["command"]
    assert python == "python"
    alive, log = tmp_path / "alive", tmp_path / "log"
    environment = os.environ | {
        "GRADER_DATA_DIR": str(tmp_path / "data"),
        "GRADER_REDIS_URL": redis.url,
        "GRADER_ALIVE_FILE": str(alive),
    }
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=environment, stdout=told, stderr=told
        )
    try:
        wait_until(lambda: "older than" in log.read_text(), 60, "the worker saw the schema")
        assert not alive.exists()
        assert "worker_ready" not in log.read_text()
        migrate(settings)
        wait_until(alive.exists, 60, "the worker touched its file")
        wait_until(lambda: "worker_ready" in log.read_text(), 60, "the worker said so")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()
