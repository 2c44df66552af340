"""A restored backup is complete, and no claim from before the restore is valid."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from grader.domain.errors import BadRequest, Conflict, StoreUnavailable
from grader.service.lanes import Lane
from grader.service.records import Claim, SubmissionState
from grader.store.backup import Backup, back_up, restore
from grader.store.backup.errors import BadBackup, ToolUnavailable
from grader.store.backup.postgres_tools import tools_for
from grader.store.database import Database
from grader.store.migrate import current_revision, head_revision, upgrade
from grader.store.sql_store import Store, open_store
from grader.store.tables import metadata
from tests.contract.material import (
    LEASE,
    NOW,
    SECOND,
    audit_entries,
    claimed,
    publish,
    result,
    sent,
)

LATER = NOW + LEASE * 10


def saved(url: str, file: Path) -> Backup:
    return back_up(url, file, actor="operator", now=NOW)


def put_back(url: str, file: Path, *, replace: bool = False, now: datetime = LATER) -> Backup:
    return restore(url, file, replace=replace, actor="operator", now=now)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open a store during the block only, because a restore needs the database for itself."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return every row by table, without the audit log, to which a backup adds an entry."""
    database = Database(url)
    with database.read() as connection:
        found = {
            name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for name, table in metadata.tables.items()
            if name != "audit"
        }
    database.close()
    return found


def statement(url: str, sql: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(text(sql))
    database.close()


def remove_all(url: str) -> None:
    """Remove all tables from the database."""
    database = Database(url)
    with database.write() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    database.close()


def filled(url: str) -> None:
    """Store a graded submission with a due score, a queued one, a token and a source."""
    with opened(url) as store:
        version = publish(store)
        store.submissions.accept(sent("s1", callback="https://lms.example", key="k"), NOW)
        score = result(version, callback="https://lms.example")
        store.submissions.finish(claimed(store), score, NOW)
        store.submissions.accept(sent("s2", data=b"\0\xff" * 5_000), NOW)


def test_what_was_saved_comes_back(empty_url: str, tmp_path: Path) -> None:
    upgrade(empty_url)
    filled(empty_url)
    before = everything(empty_url)
    with opened(empty_url) as store:
        page = store.submissions.page("numbers")
    made = saved(empty_url, tmp_path / "kept")
    remove_all(empty_url)
    assert current_revision(empty_url) is None

    assert put_back(empty_url, tmp_path / "kept") == made
    after = everything(empty_url)
    assert before.pop("submissions") != after.pop("submissions")
    assert after == before
    assert current_revision(empty_url) == head_revision() == made.revision
    with opened(empty_url) as store:
        assert store.submissions.page("numbers") == page
        assert claimed(store, LATER).data == b"\0\xff" * 5_000


def test_a_backup_of_the_other_kind_is_refused(postgres_url: str, tmp_path: Path) -> None:
    lite = f"sqlite:///{tmp_path / 'grader.db'}"
    upgrade(lite)
    both = (lite, postgres_url)
    for url in both:
        saved(url, tmp_path / url.partition(":")[0])
    for url, other in (both, both[::-1]):
        with pytest.raises(BadBackup, match="is a backup of"):
            put_back(url, tmp_path / other.partition(":")[0], replace=True)


def test_only_its_owner_reads_a_backup_and_the_audit_trail_tells_of_it(
    url: str, tmp_path: Path
) -> None:
    saved(url, tmp_path / "kept")
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if "kept" in file.name] == ["kept"]
    with opened(url) as store:
        (entry,) = audit_entries(store)
        assert (entry.actor, entry.action) == ("operator", "database.backed_up")
        assert entry.subject == head_revision()

    put_back(url, tmp_path / "kept", replace=True)
    with opened(url) as store:
        assert [entry.action for entry in audit_entries(store)] == ["database.restored"]


def test_a_backup_is_made_while_others_read_and_write(url: str, tmp_path: Path) -> None:
    filled(url)
    with opened(url) as store:
        held = claimed(store)
        saved(url, tmp_path / "kept")
        assert store.submissions.finish(held, result(publish(store, base=1)), NOW)
    put_back(url, tmp_path / "kept", replace=True)

    with opened(url) as store:
        assert store.submissions.get(held.submission.id).state is SubmissionState.RUNNING


def test_nothing_accepted_before_the_backup_is_lost(url: str, tmp_path: Path) -> None:
    with opened(url) as store:
        version = publish(store)
        ids = [store.submissions.accept(sent(f"s{at}"), NOW + SECOND * at)[0].id for at in range(6)]
        claimed(store, NOW + SECOND * 9)
        saved(url, tmp_path / "kept")
        store.submissions.accept(sent("too late"), NOW + SECOND * 9)
        while claim := store.submissions.claim(Lane.LIVE, NOW + SECOND * 9, LEASE):
            store.submissions.finish(claim, result(version), NOW + SECOND * 9)
    put_back(url, tmp_path / "kept", replace=True)

    with opened(url) as store:
        graded = []
        while claim := store.submissions.claim(Lane.LIVE, LATER, LEASE):
            assert store.submissions.finish(claim, result(version), LATER)
            graded.append(claim.submission.id)
    assert sorted(graded) == ids


def next_claim(store: Store, now: datetime) -> Claim:
    """Sweep, and claim the only submission."""
    store.submissions.sweep(now)
    return claimed(store, now)


def test_a_claim_of_before_does_not_hold_in_the_restored_world(url: str, tmp_path: Path) -> None:
    """Also if the submission was claimed as often after the restore as before."""
    with opened(url) as store:
        version = publish(store)
        store.submissions.accept(sent(), NOW)
        held = [claimed(store)]
        saved(url, tmp_path / "kept")
        held += [next_claim(store, NOW + LEASE * at) for at in (1, 2)]
    for world in (1, 2):
        now = LATER + SECOND * world
        put_back(url, tmp_path / "kept", replace=True, now=now)
        with opened(url) as store:
            mine = claimed(store, now)
            assert mine.submission.tries == 2
            for old in held:
                assert not store.submissions.finish(old, result(version), now)
                assert not store.submissions.release(old, "late", now, now)
            assert mine.token > max(old.token for old in held)
            held.append(mine)
    with opened(url) as store:
        assert store.submissions.finish(mine, result(version), now)


def test_tokens_rise_although_the_clock_went_back(url: str, tmp_path: Path) -> None:
    with opened(url) as store:
        publish(store)
        store.submissions.accept(sent(), NOW)
    saved(url, tmp_path / "kept")
    given = []
    for now in (LATER, NOW):
        put_back(url, tmp_path / "kept", replace=True, now=now)
        with opened(url) as store:
            given.append(claimed(store, LATER).token)

    assert given == sorted(set(given))


def test_what_is_there_is_not_overwritten_unasked(url: str, tmp_path: Path) -> None:
    saved(url, tmp_path / "kept")
    filled(url)
    before = everything(url)
    with pytest.raises(Conflict, match="not empty"):
        put_back(url, tmp_path / "kept")
    with pytest.raises(Conflict, match="there already"):
        saved(url, tmp_path / "kept")

    assert everything(url) == before
    put_back(url, tmp_path / "kept", replace=True)
    assert everything(url)["submissions"] == []


def test_nobody_else_may_use_the_database(url: str, tmp_path: Path) -> None:
    filled(url)
    saved(url, tmp_path / "kept")
    before = everything(url)
    with opened(url) as store:
        store.tokens.all()
        with pytest.raises(Conflict, match="ther (processes|sessions)"):
            put_back(url, tmp_path / "kept", replace=True)
        assert store.submissions.accept(sent("s3"), NOW)[1]
    assert len(everything(url)["submissions"]) == len(before["submissions"]) + 1


def test_a_file_that_is_no_backup(url: str, tmp_path: Path) -> None:
    before = everything(url)
    for name, data in {"empty": b"", "zip": b"PK\3\4", "sqlite": b"SQLite format 3\0" * 99}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadBackup):
            put_back(url, tmp_path / name, replace=True)
    with pytest.raises(BadBackup, match="cannot be read"):
        put_back(url, tmp_path / "missing", replace=True)
    assert everything(url) == before


def test_a_backup_that_is_torn(url: str, tmp_path: Path) -> None:
    filled(url)
    saved(url, tmp_path / "kept")
    before = everything(url)
    whole = (tmp_path / "kept").read_bytes()
    for share in (0.05, 0.5, 0.95):
        (tmp_path / "torn").write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadBackup):
            put_back(url, tmp_path / "torn", replace=True)
    assert everything(url) == before


def test_a_newer_schema_is_refused(url: str, tmp_path: Path) -> None:
    statement(url, "UPDATE alembic_version SET version_num = '9999'")
    saved(url, tmp_path / "newer")

    with pytest.raises(BadBackup, match="9999"):
        put_back(url, tmp_path / "newer", replace=True)


def test_a_backup_of_an_older_schema_is_brought_to_the_newest(
    empty_url: str, tmp_path: Path
) -> None:
    upgrade(empty_url, "0001")
    assert saved(empty_url, tmp_path / "old").revision == "0001"
    put_back(empty_url, tmp_path / "old", replace=True)

    assert current_revision(empty_url) == head_revision()


def test_where_a_backup_cannot_be_written(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be written"):
        saved(url, tmp_path / "no" / "such" / "folder")


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    for gone in (f"sqlite:///{tmp_path}/no.db", f"postgresql:///x?host={tmp_path}"):
        with pytest.raises(StoreUnavailable):
            saved(gone, tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


def test_a_restore_that_is_cut_off_changes_nothing(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``psql`` has restored the whole archive when the end of the script fails."""
    filled(postgres_url)
    saved(postgres_url, tmp_path / "kept")
    before = everything(postgres_url)
    monkeypatch.setattr("grader.store.backup.postgres._fence", lambda *_: b"SELECT torn;\n")

    with pytest.raises(ToolUnavailable, match="torn"):
        put_back(postgres_url, tmp_path / "kept", replace=True)
    assert everything(postgres_url) == before


def test_tools_that_are_not_there_are_named(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.store.backup.postgres_tools._beside_server", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolUnavailable, match="pg_dump") as refused:
        saved(postgres_url, tmp_path / "kept")
    assert "postgresql-client-" in refused.value.how_to_fix


def test_a_sqlite_backup_is_one_compact_file(tmp_path: Path, sqlite_model: bytes) -> None:
    (tmp_path / "grader.db").write_bytes(sqlite_model)
    url = f"sqlite:///{tmp_path / 'grader.db'}"
    filled(url)
    saved(url, tmp_path / "kept")

    with sqlite3.connect(tmp_path / "kept") as copy:
        assert copy.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
    copy.close()


def test_a_dump_of_the_whole_database_by_pg_dump_itself_is_restored(
    postgres_url: str, tmp_path: Path
) -> None:
    """As ``pg_dump -Fc`` in the database's container makes it, with owners and privileges."""
    filled(postgres_url)
    before = everything(postgres_url)
    database = Database(postgres_url)
    with database.read() as connection:
        tools = tools_for(make_url(postgres_url), connection)
    database.close()
    tools.run("pg_dump", "-Fc", f"--file={tmp_path / 'dump'}", tools.database)
    statement(postgres_url, "DELETE FROM passbacks")

    put_back(postgres_url, tmp_path / "dump", replace=True)
    after = everything(postgres_url)
    assert before.pop("submissions") != after.pop("submissions")
    assert after == before
