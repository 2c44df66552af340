"""The release before goes on working on a database that is migrated under it, until replaced."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sqlalchemy.engine import make_url

from grader.service.lanes import Lane
from grader.service.records import PassbackState, SubmissionRecord, SubmissionState
from grader.store.database import Database
from grader.store.migrate import current_revision, head_revision, upgrade
from grader.store.sql_store import Store, open_store
from tests.contract.material import LEASE, result
from tests.contract.old_database import OLD, load_old
from tests.contract.statements import EXERCISE, FIRST, FURTHER, Statement, load, record, replay
from tests.contract.test_old_databases import READ_AT


def test_the_release_before_works_on_while_the_schema_is_upgraded(old_url: str) -> None:
    """The migration begins in the midst of a transaction; a quarter of the work comes after it."""
    statements = load(OLD / "v0003.statements.json.gz")[make_url(old_url).get_backend_name()]
    begin, ended = half_way(statements)
    upgrading: Future[None] | None = None
    database = Database(old_url)
    with ThreadPoolExecutor(1) as pool:
        for number in replay(database, statements):
            if number == begin:
                upgrading = pool.submit(upgrade, old_url)
            if number == ended and upgrading is not None:
                upgrading.result()
                assert current_revision(old_url) == head_revision()
    database.close()

    store = open_store(old_url)
    replace_the_worker(store)
    submissions = store.submissions.page(EXERCISE, limit=100).items
    assert [one.state for one in submissions] == [SubmissionState.GRADED] * (FIRST + FURTHER)
    scores = [one for each in submissions for one in store.passbacks.of(each.id)]
    assert [one.state for one in scores] == [PassbackState.SENT] * FIRST
    assert all(store.submissions.report(one.id) for one in submissions)
    store.close()


def half_way(statements: list[Statement]) -> tuple[int, int]:
    """Return the numbers of a statement amid a transaction, and of one that begins a later one."""
    whole = len(statements)
    ends = [one["sql"] == "commit" for one in statements]
    amid = next(at for at in range(whole // 2, whole) if not ends[at - 1] and not ends[at])
    later = next(at for at in range(whole * 3 // 4, whole) if ends[at - 1])
    return amid, later


def replace_the_worker(store: Store) -> None:
    """Grade everything with this release, also what a killed worker of the one before was at."""
    now = READ_AT + LEASE * 2
    store.submissions.sweep(now)
    while claim := store.submissions.claim(Lane.LIVE, now, LEASE):
        rubric = store.rubrics.newest(claim.submission.exercise)
        assert rubric is not None
        assert store.submissions.finish(claim, result(rubric), now)


def test_the_statements_of_this_release_can_be_recorded(tmp_path: Path) -> None:
    """So that the next release can be tested like this one."""
    recorded, replayed = (f"sqlite:///{tmp_path / name}.db" for name in ("recorded", "replayed"))
    for url in (recorded, replayed):
        load_old(url, "0003")
        upgrade(url)
    statements = record(recorded, READ_AT)
    database = Database(replayed)
    assert len(list(replay(database, statements))) == len(statements)
    database.close()
    assert len(submissions_of(recorded)) == FIRST + FURTHER
    assert submissions_of(recorded) == submissions_of(replayed)


def submissions_of(url: str) -> Sequence[SubmissionRecord]:
    """Return the submissions of the exercise that was recorded."""
    store = open_store(url)
    items = store.submissions.page(EXERCISE, limit=100).items
    store.close()
    return items
