"""Record the SQL of a release at work, and replay it on a database that was migrated meanwhile.

A release cannot be started once its code is gone, but its statements can. Before a new revision,
record those of the code that knows the revision before it, on the database of that revision in
``old_databases/``: ``python -m tests.contract.statements 0005`` writes
``v0005.statements.json.gz``.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url

from grader.service.lanes import Lane
from grader.service.records import AuditQuery, Claim, PassbackState, Role, SourceRecord
from grader.store.database import Database
from grader.store.sql_store import Store, open_store
from tests.contract.material import LEASE, SECOND, publish, result, sent
from tests.contract.old_database import OLD, load_old
from tests.servers import postgres_server

EXERCISE = "upgraded"
#: Submissions at first, and further ones of one student, of which the last one is still running.
#: Both are more than the five times after which psycopg prepares a statement on the server.
FIRST, FURTHER = 8, 6
LATER = timedelta(days=1)
LMS = "https://lms.example"

#: One statement with its parameters and the rows that it changed or found, or ``commit``.
Statement = dict[str, Any]


def record(url: str, start: datetime) -> list[Statement]:
    """Use the store at ``url`` as the API, a worker and the delivery do, from ``start`` on.

    Return the statements that this took.
    """
    store = open_store(url)
    with _recorded() as statements:
        _accept(store, start)
        _grade(store, start + SECOND * 20)
        _deliver(store, start + SECOND * 40)
        _read(store)
        for number in range(FURTHER):
            _upload(store, "student 0", start + SECOND * (50 + number), b"again %d" % number)
        store.submissions.clamp_times(start + SECOND * 60, LEASE, SECOND)
        store.passbacks.clamp_times(start + SECOND * 60)
        _administer(store, start)
        assert store.submissions.claim(Lane.LIVE, start + SECOND * 61, LEASE) is not None
    store.close()
    return statements


@contextmanager
def _recorded() -> Iterator[list[Statement]]:
    """Yield a list to which all statements of this process are appended during the block."""
    statements: list[Statement] = []

    def executed(_: Any, cursor: Any, sql: str, parameters: Any, *more: Any) -> None:
        plain = json.loads(json.dumps(parameters, default=_encoded))
        statements.append({"sql": sql, "parameters": plain, "rows": cursor.rowcount})

    def committed(_: Any) -> None:
        statements.append({"sql": "commit"})

    event.listen(Engine, "after_cursor_execute", executed)
    event.listen(Engine, "commit", committed)
    try:
        yield statements
    finally:
        event.remove(Engine, "after_cursor_execute", executed)
        event.remove(Engine, "commit", committed)


def replay(database: Database, statements: Iterable[Statement]) -> Iterator[int]:
    """Execute ``statements`` on one connection to ``database``; yield the number of each before it.

    Raises:
        AssertionError: a statement changed or found another number of rows than when recorded.
    """
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        for number, statement in enumerate(statements):
            yield number
            sql = statement["sql"]
            if sql == "commit":
                connection.commit()
            else:
                cursor.execute(sql, _decoded(statement["parameters"]))
                assert cursor.rowcount == statement["rows"], sql
                if cursor.description is not None:
                    cursor.fetchall()
    finally:
        connection.close()


def load(file: Path) -> dict[str, list[Statement]]:
    """Return the statements in ``file`` by kind of database."""
    loaded: dict[str, list[Statement]] = json.loads(gzip.decompress(file.read_bytes()))
    return loaded


def _upload(store: Store, student: str, at: datetime, data: bytes, **more: str) -> None:
    store.submissions.accept(sent(student, exercise=EXERCISE, data=data, **more), at)


def _accept(store: Store, start: datetime) -> None:
    publish(store, exercise=EXERCISE)
    for number in range(FIRST):
        at = start + SECOND * number
        _upload(store, f"student {number}", at, b"%d" % number, key=f"{number}", callback=LMS)
        store.submissions.queue()
        store.submissions.queue_order(Lane.LIVE, at)
        store.submissions.throughput(at)


def _grade(store: Store, start: datetime) -> None:
    """Grade all submissions of the exercise; put off others, and once the last one of it."""
    for at in (start, start + SECOND * 2):
        store.submissions.sweep(at)
        while claim := store.submissions.claim(Lane.LIVE, at, LEASE):
            _grade_one(store, claim, at, is_first_round=at == start)


def _grade_one(store: Store, claim: Claim, at: datetime, is_first_round: bool) -> None:
    submissions, submission = store.submissions, claim.submission
    submissions.earlier(submission)
    submissions.archive(submission.id)
    if submission.exercise != EXERCISE:
        assert submissions.release(claim, "later", at, at + LATER)
    elif is_first_round and submission.student == f"student {FIRST - 1}":
        assert submissions.release(claim, "fault", at, at + SECOND)
    else:
        rubric = store.rubrics.newest(EXERCISE)
        assert rubric is not None
        assert submissions.finish(claim, result(rubric, callback=LMS), at)
        submissions.report(submission.id)
        submissions.facts(submission.id)


def _deliver(store: Store, at: datetime) -> None:
    while passback := store.passbacks.claim_due(at, LEASE):
        store.sources.get(passback.source)
        store.passbacks.settle(passback, PassbackState.SENT, "", at)


def _read(store: Store) -> None:
    for _ in range(FURTHER):
        list(store.submissions.page(EXERCISE).items)
        list(store.submissions.marks(EXERCISE))
        store.rubrics.page()
        store.tokens.all()
    store.sources.all()
    store.audit_log.page(AuditQuery(), limit=50)


def _administer(store: Store, at: datetime) -> None:
    token = store.tokens.create(
        "digest",
        name="upgraded",
        role=Role.INSTRUCTOR,
        course="mlops",
        student="",
        expires_at=None,
        actor="admin",
        now=at,
    )
    store.tokens.by_digest("digest", at)
    store.tokens.revoke(token.id, "admin", at)
    store.sources.put(SourceRecord("upgraded", "mlops", "console", {}), "admin", at)


def _encoded(value: Any) -> dict[str, str]:
    """Return a JSON value for a parameter that has none: a time, or bytes and psycopg's of them."""
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    return {"bytes": base64.b64encode(bytes(getattr(value, "obj", value))).decode()}


def _decoded(parameters: Any) -> Any:
    """Return recorded ``parameters``, a list or an object, as the driver takes them."""
    if isinstance(parameters, list):
        return [_value(one) for one in parameters]
    return {name: _value(one) for name, one in parameters.items()}


def _value(recorded: Any) -> Any:
    if not isinstance(recorded, dict):
        return recorded
    if "time" in recorded:
        return datetime.fromisoformat(recorded["time"])
    return base64.b64decode(recorded["bytes"])


def main(revision: str) -> None:
    """Record the statements of this code on the stored databases of ``revision``."""
    expected = json.loads((OLD / f"v{revision}.expected.json").read_text())
    start = datetime.fromisoformat(expected["read_at"])
    recorded = {}
    with TemporaryDirectory(prefix="grader-pg-") as folder:
        with postgres_server(Path(folder) / "server") as server:
            for url in (f"sqlite:///{folder}/old.db", server):
                load_old(url, revision)
                recorded[make_url(url).get_backend_name()] = record(url, start)
    data = json.dumps(recorded).encode()
    (OLD / f"v{revision}.statements.json.gz").write_bytes(gzip.compress(data, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
