"""Settings from the environment: passwords in files, and what Kubernetes adds by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from grader.domain.errors import BadSettings
from grader.settings import Settings

DATABASE = "postgresql+psycopg://grader@postgres:5432/grader"


@pytest.fixture
def password_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that both variables name; it does not exist yet."""
    file = tmp_path / "password"
    for name in ("DATABASE", "REDIS"):
        monkeypatch.setenv(f"GRADER_{name}_PASSWORD_FILE", str(file))
    monkeypatch.setenv("GRADER_DATABASE_URL", DATABASE)
    monkeypatch.setenv("GRADER_REDIS_URL", "redis://redis:6379/0")
    return file


@pytest.mark.parametrize("password", ["c0ffee", "a:b@c/d?e#f%20 g", "Zo\u00e9"])
def test_a_password_of_any_characters_comes_from_a_file(password: str, password_file: Path) -> None:
    password_file.write_text(f"{password}\n")
    settings = Settings.load()

    database = make_url(settings.database)
    assert (database.username, database.password) == ("grader", password)
    assert (database.host, database.port, database.database) == ("postgres", 5432, "grader")
    redis = make_url(settings.redis_url)
    assert (redis.username, redis.password, redis.host) == ("", password, "redis")


def test_the_file_replaces_a_password_of_the_url(
    password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATABASE_URL", DATABASE.replace("grader@", "grader:old@"))
    password_file.write_text("new")

    assert make_url(Settings.load().database).password == "new"


@pytest.mark.parametrize(
    ("content", "url", "wrong"),
    [
        (None, DATABASE, "cannot be read: No such file"),
        (b"\xff", DATABASE, "cannot be read: it is not UTF-8"),
        (b"\n", DATABASE, "is empty"),
        (b"c0ffee", "", "GRADER_DATABASE_URL names no server"),
        (b"c0ffee", "sqlite:////data/grader.db", "GRADER_DATABASE_URL names no server"),
    ],
)
def test_a_file_that_does_not_serve_is_named(
    content: bytes | None,
    url: str,
    wrong: str,
    password_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRADER_DATABASE_URL", url)
    if content is not None:
        password_file.write_bytes(content)

    with pytest.raises(BadSettings, match=f"GRADER_DATABASE_PASSWORD_FILE: .*{wrong}"):
        Settings.load()


def test_the_address_of_a_service_of_kubernetes_is_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service called ``grader`` puts these variables in every pod of its namespace."""
    monkeypatch.setenv("GRADER_PORT", "tcp://10.96.3.7:80")
    monkeypatch.setenv("GRADER_PORT_80_TCP_PORT", "80")
    monkeypatch.setenv("GRADER_SERVICE_HOST", "10.96.3.7")
    assert Settings.load().port == 8000

    monkeypatch.setenv("GRADER_PORT", "8123")
    assert Settings.load().port == 8123
    monkeypatch.setenv("GRADER_PORT", "eight")
    with pytest.raises(BadSettings, match="GRADER_PORT"):
        Settings.load()
