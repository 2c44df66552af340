"""Databases for the contract tests, each of which runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from grader.store.migrate import upgrade
from grader.store.sql_store import Store, open_store
from tests.contract.old_database import load_old
from tests.servers import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run a server; return its URL. Tests copy its migrated, empty database ``model``."""
    with TemporaryDirectory(prefix="grader-pg-") as folder, postgres_server(Path(folder)) as url:
        # These tests kill clients, never the machine, so nothing must survive a power cut.
        _run(url, "ALTER SYSTEM SET fsync = off")
        _run(url, "SELECT pg_reload_conf()")
        _run(url, "CREATE DATABASE model")
        upgrade(_named(url, "model"))
        yield url


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a migrated, empty SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "model.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of the test's own database, migrated and empty; on both kinds in turn."""
    if request.param == "sqlite":
        path = tmp_path / "grader.db"
        path.write_bytes(request.getfixturevalue("sqlite_model"))
        yield f"sqlite:///{path}"
        return
    yield request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """Return the URL of the test's own PostgreSQL database, migrated and empty."""
    yield from fresh(postgres, "TEMPLATE model")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of the test's own database without tables; on both kinds in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield from fresh(request.getfixturevalue("postgres"), "")


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database of revision 0003 that is not migrated yet."""
    if request.param == "sqlite":
        load_old(url := f"sqlite:///{tmp_path / 'old.db'}", "0003")
        yield url
        return
    for url in fresh(request.getfixturevalue("postgres"), ""):
        load_old(url, "0003")
        yield url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Return the store of the test's database; a submission has three tries."""
    opened = open_store(url)
    yield opened
    opened.close()


def fresh(server: str, template: str) -> Iterator[str]:
    """Create a database on ``server``, yield its URL, and drop it at the end.

    ``template`` is the end of the SQL statement, e.g. ``TEMPLATE model``, or empty.
    """
    name = f"test_{uuid.uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} {template}")
    yield _named(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _named(server: str, database: str) -> str:
    """Return the URL of ``database`` on ``server``."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def _run(server: str, statement: str) -> None:
    """Execute ``statement`` on ``server`` outside a transaction."""
    engine = create_engine(
        make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
