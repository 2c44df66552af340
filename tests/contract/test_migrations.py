from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
import structlog
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, select, text

from grader.service.lanes import Lane
from grader.store.database import Database
from grader.store.migrate import current_revision, head_revision, upgrade
from grader.store.sql_store import open_store
from grader.store.tables import metadata
from tests.contract.material import NOW, audit_entries, claimed


def test_an_empty_database_has_no_revision(empty_url: str) -> None:
    assert current_revision(empty_url) is None


def test_the_revisions_make_exactly_the_tables_of_the_code(empty_url: str) -> None:
    upgrade(empty_url)

    database = Database(empty_url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        conditions = {
            index["name"]: " ".join(map(str, index["dialect_options"].values()))
            for index in inspect(connection).get_indexes("submissions")
            if index.get("dialect_options")
        }
    database.close()
    # Autogenerate does not compare the conditions of partial indexes.
    for name, state in {
        "ix_submissions_waiting": "queued",
        "ix_submissions_waiting_of_student": "queued",
        "ix_submissions_queued_at": "queued",
        "ix_submissions_running": "running",
        "ix_submissions_parked": "needs_attention",
    }.items():
        assert f"'{state}'" in conditions[name]


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)

    assert current_revision(empty_url) == head_revision() is not None


def test_old_audit_entries_learn_their_course(empty_url: str) -> None:
    upgrade(empty_url, "0001")
    database = Database(empty_url)
    entry = "INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (:id, :at, 'a', "
    with database.write() as connection:
        connection.execute(
            text("INSERT INTO exercises (id, course, title, version) VALUES ('e', 'mlops', 't', 1)")
        )
        for number, action in enumerate(("rubric.published", "source.put"), start=1):
            values = {"id": str(number), "at": "2026-01-01 00:00:00.000000", "action": action}
            connection.execute(text(entry + ":action, 'e', '{}')"), values)
    database.close()

    upgrade(empty_url)

    store = open_store(empty_url)
    assert [(one.action, one.course) for one in audit_entries(store)] == [
        ("source.put", ""),
        ("rubric.published", "mlops"),
    ]
    store.close()


def test_rows_of_the_first_revision_outlive_the_upgrade(empty_url: str) -> None:
    upgrade(empty_url, "0001")
    database = Database(empty_url)
    moment, nothing = "'2026-03-01 12:00:00.000000'", "''"
    rows = {
        "exercises": "'e', 'c', 'E', 1",
        "archives": f"'a', x, {moment}",
        "submissions": f"'s', 'e', 'c', 'ada', 1, 'queued', 'live', 0, 7, NULL, {moment}, {moment},"
        f" 'a', 'f', 'api', '', {moment}, NULL, '', '', NULL",
        "idempotency_keys": f"'t', 'k', 'd', 's', {moment}",
        "inspections": f"'key', '{{}}', {moment}",
        "attempts": "'e', 'ada', 1",
        "audit": f"'i', {moment}, 'me', 'did', 'it', {nothing}",
    }
    blob = "'\\xff'" if "postgresql" in empty_url else "x'ff'"
    with database.write() as connection:
        for table, values in rows.items():
            values = values.replace("'a', x,", f"'a', {blob},")
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({values})")
    upgrade(empty_url)

    with database.read() as connection:
        for table in rows:
            assert connection.execute(select(func.count()).select_from(text(table))).scalar() == 1
        (row,) = connection.execute(select(metadata.tables["submissions"])).all()
        (key,) = connection.execute(select(metadata.tables["idempotency_keys"])).all()
    database.close()
    assert (row.token, row.superseded_by, row.started_at) == (7, None, None)
    assert (key.key, key.submission) == ("k", "s")
    store = open_store(empty_url)
    assert store.submissions.sweep(NOW).due_lanes == (Lane.LIVE,)
    assert claimed(store, NOW).data == b"\xff"
    store.close()


def test_threads_may_upgrade_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_url] * 4))

    assert current_revision(empty_url) == head_revision()


@pytest.mark.slow
def test_processes_may_upgrade_at_once(empty_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=spawn) as pool:
        list(pool.map(upgrade, [empty_url] * 3))

    assert current_revision(empty_url) == head_revision()


def test_an_upgrade_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("torn")

    monkeypatch.setattr("alembic.runtime.migration.MigrationContext._ensure_version_table", broken)
    with pytest.raises(RuntimeError):
        upgrade(empty_url)

    assert current_revision(empty_url) is None


NAMES = ("Zo\u00e9", "Zoe\u0301", " bob", "Zos\ufffd", "ada")
_OF_TOKEN = (
    "INSERT INTO tokens (id, digest, name, role, course, student, created_at) "
    "VALUES (:id, :id, 't', 'student', 'c', :student, :at)"
)


@pytest.mark.parametrize("names", [NAMES, ("ada", "Zo\u00e9")])
def test_names_that_fall_together_are_reported_and_stay(
    empty_url: str, names: tuple[str, ...]
) -> None:
    upgrade(empty_url, "0004")
    database = Database(empty_url)
    with database.write() as connection:
        for number, name in enumerate(names):
            row = {"id": str(number), "student": name, "at": "2026-01-01 00:00:00.000000"}
            connection.execute(text(_OF_TOKEN), row)
    database.close()

    with structlog.testing.capture_logs() as logs:
        upgrade(empty_url)

    said = {"event": "students_alike", "log_level": "warning", "otherwise_spelled": 2}
    said |= {"not_utf8": 1, "how_to_see": "grader student alike"}
    assert logs == ([said] if names is NAMES else [])
    store = open_store(empty_url)
    assert sorted(one.student for one in store.tokens.all()) == sorted(names)
    assert [one.name for one in store.retention.names()] == sorted(names)
    store.close()
