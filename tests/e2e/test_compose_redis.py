"""Redis as docker-compose.yml starts it: its password comes from a file, and nothing shows it."""

from __future__ import annotations

import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
import redis
import yaml

from grader.cli.serve.redis_server import find_binary
from tests.processes import command_of, wait_until

SERVICE = yaml.safe_load(Path("docker-compose.yml").read_text(encoding="utf-8"))["services"][
    "redis"
]


def test_redis_of_the_compose_file(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    password = tmp_path / "redis_password"
    password.write_text("c0ffee c0ffee\n")
    shell, option, script = SERVICE["command"]
    ours = script.replace("$$", "$").replace("/run/secrets/redis_password", str(password))
    ours = ours.replace("redis-server -", f"{find_binary()} - --port {port}")
    assert ours.count(str(port)) == ours.count(str(password)) == 1
    with subprocess.Popen([shell, option, ours], cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        try:
            client = redis.Redis(port=port, password="c0ffee c0ffee")
            wait_until(lambda: _answers(client), 30, "Redis answered")
            assert "redis-server" in command_of(server.pid)  # It gets SIGTERM, and no shell does.
            assert "c0ffee" not in command_of(server.pid)
            for name, value in {"maxmemory-policy": "noeviction", "appendonly": "yes"}.items():
                assert client.config_get(name) == {name: value}
            with pytest.raises(redis.AuthenticationError):
                redis.Redis(port=port).ping()
        finally:
            server.terminate()
    assert server.returncode == 0


def _answers(client: redis.Redis) -> bool:
    with suppress(redis.ConnectionError):
        return bool(client.ping())
    return False
