"""What the probes of the database say of real trouble: locks, failovers, full disks, schemas."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from grader.domain.errors import StoreUnavailable
from grader.service.readiness import NotReady
from grader.store.database import Database, database_url
from grader.store.engines import Timeouts
from grader.store.migrate import head_revision, upgrade
from grader.store.probes import DatabaseProbes
from grader.store.sql_store import Store, open_store
from grader.store.tables import REVISION
from tests.contract.material import NOW, publish, sent
from tests.servers import PostgresForTests

SHORT = Timeouts(lock=0.2, statement=0.5)


def problems(url: str) -> dict[str, str]:
    """Return what each probe says is wrong, by its name."""
    probes = DatabaseProbes(url)
    checks: dict[str, Callable[[], None]] = {
        "readable": probes.check_readable,
        "writable": probes.check_writable,
        "schema": probes.check_schema,
    }
    found = {}
    for name, check in checks.items():
        try:
            check()
        except NotReady as error:
            found[name] = error.detail
    return found


@contextmanager
def held(url: str, *statements: str) -> Iterator[None]:
    """Hold what ``statements`` lock, in a transaction that stays open during the block."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(database_url(url).database), isolation_level=None)) as raw:
            for statement in statements:
                raw.execute(statement)
            yield
        return
    engine = create_engine(database_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        yield
    engine.dispose()


def test_a_sound_database_has_no_problem(url: str) -> None:
    assert problems(url) == {}


def test_the_revision_of_the_tables_is_the_newest_migration() -> None:
    assert REVISION == head_revision()


def test_a_database_without_tables_says_what_to_do(empty_url: str) -> None:
    found = problems(empty_url)
    assert found.keys() == {"readable", "writable", "schema"}
    assert all("grader db upgrade" in detail for detail in found.values())


def test_an_older_schema_is_told_and_a_newer_one_is_accepted(empty_url: str) -> None:
    upgrade(empty_url, "0002")
    assert "0002" in problems(empty_url)["schema"]
    upgrade(empty_url)
    database = Database(empty_url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert problems(empty_url) == {}


def test_a_sqlite_file_that_another_writes_can_be_read(tmp_path: Path, sqlite_model: bytes) -> None:
    (tmp_path / "grader.db").write_bytes(sqlite_model)
    url = f"sqlite:///{tmp_path / 'grader.db'}"
    store = open_store(url, timeouts=SHORT)
    publish(store)
    with held(url, "BEGIN IMMEDIATE"):
        assert problems(url) == {"writable": "It is locked."}
        assert store.submissions.queue().queued == 0
        with pytest.raises(StoreUnavailable):
            store.submissions.accept(sent(), NOW)
    assert store.submissions.accept(sent(), NOW)[1]
    store.close()


def test_a_locked_table_of_postgresql_is_told_and_waited_for_not_for_long(
    postgres_url: str,
) -> None:
    store = open_store(postgres_url, timeouts=SHORT)
    publish(store)
    with held(postgres_url, "LOCK TABLE submissions IN SHARE MODE"):
        assert problems(postgres_url) == {"writable": "It is locked."}
        assert store.submissions.queue().queued == 0
        with pytest.raises(StoreUnavailable):
            store.submissions.accept(sent(), NOW)
    with held(postgres_url, "LOCK TABLE submissions"):
        assert problems(postgres_url).keys() == {"readable", "writable"}
        with pytest.raises(StoreUnavailable):
            store.submissions.queue()
    assert store.submissions.accept(sent(), NOW)[1]
    store.close()


#: A query that never ends by itself.
_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def test_a_statement_ends_in_time_and_its_transaction_comes_to_nothing(url: str) -> None:
    database = Database(url, SHORT)
    for _ in range(2):  # The second time over the same connection.
        with pytest.raises(StoreUnavailable), database.read() as connection:
            connection.execute(text(_ENDLESS)).all()
        with pytest.raises(StoreUnavailable), database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            connection.execute(text(f"UPDATE alembic_version SET version_num = ({_ENDLESS})"))
        with database.write() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert found == REVISION
    database.close()


def test_a_read_only_postgresql_is_read_and_not_written(postgres: str, postgres_url: str) -> None:
    store = open_store(postgres_url)
    publish(store)
    name = make_url(postgres_url).database
    alter(postgres, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store.close()  # New connections have the new default.
    assert problems(postgres_url) == {"writable": "It is read-only, e.g. after a failover."}
    assert store.submissions.queue().queued == 0
    with pytest.raises(StoreUnavailable):
        store.submissions.accept(sent(), NOW)
    alter(postgres, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    store.close()
    assert problems(postgres_url) == {}
    assert store.submissions.accept(sent(), NOW)[1]
    store.close()


def test_postgresql_must_have_room_for_more_rows(postgres: str, postgres_url: str) -> None:
    # `make chaos` fills its disk. That the probe needs room there is seen without a mount, too.
    name = make_url(postgres_url).database
    alter(postgres, f"ALTER DATABASE {name} SET temp_file_limit = '128kB'")
    assert problems(postgres_url) == {
        "writable": "It may not write the temporary files that it needs."
    }
    alter(postgres, f"ALTER DATABASE {name} RESET temp_file_limit")
    assert problems(postgres_url) == {}


def alter(server: str, statement: str) -> None:
    """Execute ``statement`` on ``server`` outside a transaction."""
    engine = create_engine(database_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.postgresql
def test_a_frozen_postgresql_is_given_up_and_used_again() -> None:
    with TemporaryDirectory(prefix="grader-pg-") as folder:
        server = PostgresForTests(Path(folder))
        try:
            upgrade(server.url)
            store = open_store(server.url, timeouts=SHORT)
            publish(store)
            server.freeze()
            for _ in range(2):  # over a connection that was open before, and over a new one
                with pytest.raises(StoreUnavailable):
                    store.submissions.accept(sent(), NOW)
            assert problems(server.url).keys() == {"readable", "writable", "schema"}
            with ThreadPoolExecutor(10) as pool:
                reasons = list(pool.map(_reason, [store] * 40))
                # Only one of them waited until the server had not answered.
                assert reasons.count("being tried again") >= 35, reasons
                server.thaw()
                assert _reason(store) == ""
                assert set(pool.map(_reason, [store] * 40)) == {""}
            assert problems(server.url) == {}
            store.close()
        finally:
            server.thaw()
            server.close()


def _reason(store: Store) -> str:
    """Return why ``store`` does not accept a submission: for the want of a turn, or otherwise."""
    try:
        store.submissions.accept(sent(), NOW)
    except StoreUnavailable as error:
        found = re.search("being tried again", str(error.__cause__))
        return found.group() if found else "another"
    return ""


#: A program that probes the SQLite database at argv[1] while no file can grow.
_WITHOUT_ROOM = """
import resource, signal, sys
from grader.store.probes import DatabaseProbes
from grader.service.readiness import NotReady
probes = DatabaseProbes(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
probes.check_readable()
try:
    probes.check_writable()
except NotReady as error:
    sys.exit(error.detail)
"""


def test_a_sqlite_file_that_cannot_grow_is_read_and_not_written(
    tmp_path: Path, sqlite_model: bytes
) -> None:
    (tmp_path / "grader.db").write_bytes(sqlite_model)
    url = f"sqlite:///{tmp_path / 'grader.db'}"
    store = open_store(url)
    publish(store)  # A service has the file open. To open it first, SQLite makes files beside it.
    command = [sys.executable, "-c", _WITHOUT_ROOM, url]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.strip()) == (1, "Its disk is full or broken.")
    store.close()
