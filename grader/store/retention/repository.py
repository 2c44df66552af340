"""The port ``Retention``: purging what is old, and all that is held about one student."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select

from grader.service.records import DeletedRows, ExportedItem, PurgeCriteria, SubmissionState
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.ids import first_id
from grader.store.retention import student_data
from grader.store.retention.deletion import remove_submissions
from grader.store.rows import DUE
from grader.store.tables import inspections, passbacks, submissions

_LAST_USED = func.coalesce(inspections.c.used_at, inspections.c.stored_at)
_FINISHED = (SubmissionState.GRADED.value, SubmissionState.SUPERSEDED.value)


class SqlRetention:
    """Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_purgeable(self, old: PurgeCriteria) -> DeletedRows:
        """How many submissions and inspections are old."""
        of_submissions = select(func.count()).select_from(submissions).where(_is_old(old))
        of_inspections = select(func.count()).select_from(inspections).where(_unused(old.before))
        with self._database.read() as connection:
            cached = 0 if old.course else connection.execute(of_inspections).scalar_one()
            return DeletedRows(
                submissions=connection.execute(of_submissions).scalar_one(), inspections=cached
            )

    def purge_submissions(
        self, old: PurgeCriteria, most: int, actor: str, now: datetime
    ) -> DeletedRows:
        """The oldest ones first; those that somebody is working on at this moment stay."""
        chosen = (
            select(submissions.c.id)
            .where(_is_old(old))
            .order_by(submissions.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            ids = connection.execute(chosen).scalars().all()
            removed = remove_submissions(connection, ids) if ids else DeletedRows()
            if ids:
                told: dict[str, str | int] = {"before": old.before.isoformat(), **counts(removed)}
                append_entry(
                    connection, now, actor, "submissions.purged", "", course=old.course, **told
                )
        return removed

    def purge_inspections(
        self, before: datetime, most: int, actor: str, now: datetime
    ) -> DeletedRows:
        """In no order: they are a cache, and any of them can be measured again."""
        chosen = select(inspections.c.key).where(_unused(before)).limit(most)
        with self._database.write() as connection:
            gone = connection.execute(
                delete(inspections).where(inspections.c.key.in_(chosen), _unused(before))
            ).rowcount
            if gone:
                since = before.isoformat()
                append_entry(
                    connection, now, actor, "inspections.purged", "", before=since, inspections=gone
                )
        return DeletedRows(inspections=gone)

    def export(
        self, student: str, course: str, actor: str, now: datetime
    ) -> Iterator[ExportedItem]:
        """Raises NotFound. What is read is of one moment; the entry tells who took it."""
        with self._database.read() as connection:
            yield from student_data.held(connection, student, course)
        with self._database.write() as connection:
            append_entry(connection, now, actor, "student.exported", student, course=course)

    def erase(self, student: str, course: str, actor: str, now: datetime) -> DeletedRows:
        """Raises NotFound. The entry names the student's id: a restored backup may hold it."""
        with self._database.write() as connection:
            removed = student_data.erase(connection, student, course)
            told = counts(removed)
            append_entry(connection, now, actor, "student.erased", student, course=course, **told)
        self._database.forget_freed()
        return removed


def counts(removed: DeletedRows) -> dict[str, int]:
    """What was removed, for an audit entry."""
    return {name: count for name, count in asdict(removed).items() if count}


def _is_old(old: PurgeCriteria) -> ColumnElement[bool]:
    # Ids sort as the times received, so nothing newer is read.
    found = and_(submissions.c.id < first_id(old.before), submissions.c.received_at < old.before)
    if old.course:
        found = and_(found, submissions.c.course == old.course)
    if not old.unfinished:
        to_send = exists().where(passbacks.c.submission == submissions.c.id, DUE)
        found = and_(found, submissions.c.state.in_(_FINISHED), ~to_send)
    return found


def _unused(before: datetime) -> ColumnElement[bool]:
    # What was stored since then was of use since then; the index knows.
    return and_(inspections.c.stored_at < before, _LAST_USED < before)
