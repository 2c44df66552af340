from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from grader.domain.errors import BadSettings, StoreUnavailable
from grader.store.database import Database, database_url
from grader.store.engines import Timeouts
from grader.store.sql_store import open_store
from tests.contract.material import NOW, publish, sent


def test_sqlite_keeps_what_it_has_committed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as connection:
        found = {
            pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()

    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": Timeouts().lock * 1000,
    }


def test_a_sqlite_write_takes_the_lock_at_its_first_word(tmp_path: Path) -> None:
    first = Database(f"sqlite:///{tmp_path / 'a.db'}")
    second = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with second.read() as connection:
        connection.execute(text("PRAGMA busy_timeout=0"))
    with first.write(), pytest.raises(StoreUnavailable) as refused, second.write():
        pass
    assert "locked" in str(refused.value.__cause__)
    with first.write(), second.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    first.close()
    second.close()


def test_foreign_keys_hold(url: str) -> None:
    database = Database(url)
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(
            text("INSERT INTO attempts (exercise, student, count) VALUES ('none', 's', 1)")
        )
    database.close()


@pytest.mark.parametrize(
    "bad", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "nonsense"]
)
def test_other_databases_are_refused(bad: str) -> None:
    with pytest.raises(BadSettings):
        open_store(bad)


def test_a_database_without_tables_is_told_from_a_mistake_of_ours(empty_url: str) -> None:
    store = open_store(empty_url)
    with pytest.raises(StoreUnavailable):
        store.tokens.all()
    store.close()


def test_every_spelling_of_postgresql_means_one_driver() -> None:
    for spelling in ("postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"):
        assert database_url(f"{spelling}://u@h/d").drivername == "postgresql+psycopg"


def test_what_was_erased_is_not_in_the_files_of_sqlite_either(
    tmp_path: Path, sqlite_model: bytes
) -> None:
    (tmp_path / "grader.db").write_bytes(sqlite_model)
    store = open_store(f"sqlite:///{tmp_path / 'grader.db'}")
    publish(store)
    store.submissions.accept(sent("lovelace", data=b"a peculiar poem" * 2_000), NOW)

    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"peculiar poem" in on_disk()
    store.retention.erase("lovelace", "", "operator", NOW)
    assert b"peculiar poem" not in on_disk()
    store.close()
