"""A claim reads only waiting rows, however many rows are graded."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text

from grader.service.lanes import Lane
from grader.store.database import Database
from grader.store.repositories.submissions import SqlSubmissions
from grader.store.sql_store import Store
from grader.store.tables import submissions
from tests.contract.material import LEASE, NOW, SECOND, claimed, publish, result, sent

GRADED = 3_000
PARTIAL = "ix_submissions_(waiting|running|queued_at|parked)"


@pytest.fixture
def busy(store: Store, url: str) -> Database:
    """Return a database with many graded rows, waiting rows and a student with recent load."""
    version = publish(store)
    for at in range(3):
        store.submissions.accept(sent(f"s{at % 2}"), NOW + SECOND * at)
    store.submissions.finish(claimed(store, NOW + SECOND * 9), result(version), NOW)
    database = Database(url)
    with database.write() as connection:
        row = dict(connection.execute(submissions.select().limit(1)).one()._mapping)
        old = {"state": "graded", "student": "old", "graded_at": NOW.replace(year=2020)}
        many = [row | old | {"id": f"old-{at}", "attempt": at} for at in range(GRADED)]
        connection.execute(insert(submissions), many)
        connection.execute(text("ANALYZE"))
    return database


def test_no_step_of_a_claim_or_a_sweep_reads_every_submission(busy: Database) -> None:
    seen: list[tuple[str, str]] = []

    def explain(
        connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE")):
            seen.append((statement, _plan(connection, statement, parameters)))

    event.listen(busy.engine, "before_cursor_execute", explain)
    queue = SqlSubmissions(busy, max_tries=3)
    for _ in range(2):
        assert queue.claim(Lane.LIVE, NOW + SECOND * 9, LEASE)
    assert queue.claim(Lane.LIVE, NOW + SECOND * 9, LEASE) is None
    queue.sweep(NOW + SECOND * 9)
    queue.queue()
    busy.close()

    assert len(seen) > 10
    whole = {statement: plan for statement, plan in seen if _reads_all(plan)}
    assert whole == {}


def _reads_all(plan: str) -> bool:
    """Return whether a step of ``plan`` reads the whole table, or an index that is not partial."""
    steps = plan.splitlines()
    scans = [step for step in steps if re.match("SCAN submissions|.*Seq Scan on submissions", step)]
    return any(not re.search(PARTIAL, step) for step in scans)


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    postgres = connection.dialect.name == "postgresql"
    word = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"
    cursor = connection.connection.cursor()
    cursor.execute(f"{word} {statement}", parameters)
    plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    cursor.close()
    return plan
