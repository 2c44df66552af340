"""Read one student's data for an export, and erase it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
)

from grader.domain.errors import NotFound
from grader.service.records import DeletedRows, ExportedItem, Role
from grader.store.retention.deletion import remove_submissions
from grader.store.tables import (
    archives,
    attempts,
    audit,
    exercises,
    idempotency_keys,
    inspections,
    passbacks,
    regrade_items,
    reports,
    submissions,
    tokens,
)

#: Names of columns that are not exported: secrets, hashes of requests, and fencing tokens.
_SECRET = frozenset({"digest", "request_digest", "token"})
#: Text columns that contain JSON.
_TEXTS = frozenset({reports.c.report, reports.c.facts, reports.c.findings})
#: What is exported of a submission beside its upload and reports: tables by the name of the file.
_OF_SUBMISSION = {"passbacks": passbacks, "keys": idempotency_keys, "regrades": regrade_items}
#: The most ids of one statement: both databases limit its parameters. Chosen by hand.
_AT_ONCE = 200
#: Suffixes that an exported upload keeps; any other becomes ``.bin``.
_KNOWN_SUFFIXES = frozenset({".zip", ".py", ".ipynb"})


def read(connection: Connection, student: str, course: str) -> Iterator[ExportedItem]:
    """Yield the stored data of ``student`` in ``course`` (empty: every course) as files.

    These are tokens, counts of attempts, each submission with its upload, reports, scores,
    idempotency keys and places in regrades, the audit entries about these or by one of the tokens,
    and those about exports and erasures of the student, which are of every course. Uploads are
    unchanged, the rest is JSON without secrets. Cached inspections are left out.

    Raises:
        NotFound: the student has neither a submission nor a token.
    """
    ids, token_ids = _find(connection, student, course)
    yield _as_json("tokens", _rows(connection, tokens, tokens.c.id.in_(token_ids)))
    yield _as_json("attempts", _rows(connection, attempts, _attempts(student, course)))
    for submission in ids:
        yield from _read_submission(connection, submission)
    about = [_about(some) for some in _chunks([*ids, *token_ids])]
    entries = {
        row["id"]: row
        for which in (*about, audit.c.subject == student)
        for row in _rows(connection, audit, which)
    }
    yield _as_json("audit", [entries[key] for key in sorted(entries)])


def _read_submission(connection: Connection, submission: str) -> Iterator[ExportedItem]:
    """Yield the row of ``submission``, its upload, and its reports, scores, keys and regrades."""
    folder = f"submissions/{submission}"
    (row,) = _rows(connection, submissions, submissions.c.id == submission)
    yield _as_json(f"{folder}/submission", row)
    data = connection.execute(
        select(archives.c.data).where(archives.c.sha256 == row["archive_sha256"])
    ).scalar_one()
    suffix = PurePath(row["filename"]).suffix.lower()
    yield ExportedItem(f"{folder}/upload{suffix if suffix in _KNOWN_SUFFIXES else '.bin'}", data)
    for report in _rows(connection, reports, reports.c.submission == submission):
        yield _as_json(f"{folder}/report-{report['id']}", report)
    for name, table in _OF_SUBMISSION.items():
        yield _as_json(
            f"{folder}/{name}", _rows(connection, table, table.c.submission == submission)
        )


def erase(connection: Connection, student: str, course: str) -> DeletedRows:
    """Delete the data of ``student`` in ``course`` (empty: every course); return how many rows.

    That is all that :func:`read` yields, except that audit entries about exports and erasures of
    the student stay, and idempotency keys of other senders, emptied, so that a repeated event does
    not bring the data back. An archive stays if another submission uses it. Cached inspections do
    not name a student but may quote a file, so all that were stored between the receipt of a
    submission and its last report (without a report: until now) are deleted too. Some of these
    belong to other students, whose files are then measured again.

    Raises:
        NotFound: the student has neither a submission nor a token.
    """
    ids, token_ids = _find(connection, student, course)
    removed = DeletedRows(inspections=_delete_inspections(connection, ids))
    own = idempotency_keys.c.scope.in_(token_ids)
    removed += DeletedRows(keys=connection.execute(delete(idempotency_keys).where(own)).rowcount)
    for some in _chunks(ids):
        removed += remove_submissions(connection, some, keep_keys=True)
    for some in _chunks([*ids, *token_ids]):
        gone = connection.execute(delete(audit).where(_about(some))).rowcount
        removed += DeletedRows(audit_entries=gone)
    connection.execute(delete(attempts).where(_attempts(student, course)))
    gone = connection.execute(delete(tokens).where(tokens.c.id.in_(token_ids))).rowcount
    return removed + DeletedRows(tokens=gone)


def _find(connection: Connection, student: str, course: str) -> tuple[list[str], list[str]]:
    """Return the ids of the student's submissions and of the student's tokens, oldest first.

    Raises:
        NotFound: there are neither submissions nor tokens.
    """
    mine = select(submissions.c.id).where(submissions.c.student == student)
    owned = select(tokens.c.id).where(tokens.c.student == student)
    owned = owned.where(tokens.c.role == Role.STUDENT.value)
    if course:
        mine = mine.where(submissions.c.course == course)
        owned = owned.where(tokens.c.course == course)
    ids = list(connection.execute(mine.order_by(submissions.c.id)).scalars())
    token_ids = list(connection.execute(owned.order_by(tokens.c.id)).scalars())
    if not ids and not token_ids:
        where = f" in the course {course!r}" if course else ""
        raise NotFound(
            f"Nothing is held about a student {student!r}{where}.",
            how_to_fix="Give the name under which the student hands in, letter by letter.",
        )
    return ids, token_ids


def _attempts(student: str, course: str) -> ColumnElement[bool]:
    """Return the condition for the student's rows of the table ``attempts``."""
    mine = attempts.c.student == student
    if not course:
        return mine
    of_course = select(exercises.c.id).where(exercises.c.course == course)
    return and_(mine, attempts.c.exercise.in_(of_course))


def _about(ids: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition for audit entries whose subject or actor is one of ``ids``."""
    return or_(audit.c.subject.in_(ids), audit.c.actor.in_(ids))


def _delete_inspections(connection: Connection, ids: Sequence[str]) -> int:
    """Delete the inspections stored while a submission of ``ids`` was open; return how many."""
    gone = 0
    for some in _chunks(ids):
        for begun, ended in connection.execute(_grading_times(some)).all():
            stored = inspections.c.stored_at >= begun
            if ended is not None:
                stored = and_(stored, inspections.c.stored_at <= ended)
            gone += connection.execute(delete(inspections).where(stored)).rowcount
    return gone


def _grading_times(ids: Sequence[str]) -> Executable:
    """Return a query for (time received, time of its last report or NULL) of each submission."""
    last = func.max(reports.c.graded_at, type_=reports.c.graded_at.type)
    return (
        select(submissions.c.received_at, last)
        .outerjoin(reports, reports.c.submission == submissions.c.id)
        .where(submissions.c.id.in_(ids))
        .group_by(submissions.c.id, submissions.c.received_at)
    )


def _rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return the rows of ``table`` that match ``which``, as JSON objects without secrets."""
    shown = [column for column in table.columns if column.name not in _SECRET]
    found = connection.execute(select(*shown).where(which))
    return [
        {column.name: _plain(column, row._mapping[column]) for column in shown} for row in found
    ]


def _plain(column: Column[Any], value: Any) -> Any:
    """Return ``value`` as a JSON value: a time as ISO 8601, JSON text parsed."""
    if isinstance(value, datetime):
        return value.isoformat()
    return json.loads(value) if column in _TEXTS else value


def _as_json(name: str, value: Any) -> ExportedItem:
    """Return ``value`` as the JSON file ``<name>.json``."""
    return ExportedItem(f"{name}.json", json.dumps(value, indent=1, ensure_ascii=False).encode())


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
