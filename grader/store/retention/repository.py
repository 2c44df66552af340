"""Purge old data; export, merge and erase students' data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select

from grader.service.records import (
    DeletedRows,
    ExportedItem,
    HeldName,
    Merge,
    PurgeCriteria,
    SubmissionState,
)
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.ids import first_id
from grader.store.retention import merging, student_data
from grader.store.retention.deletion import remove_submissions
from grader.store.rows import DUE
from grader.store.tables import (
    inspections,
    measurements,
    passbacks,
    previews,
    submissions,
    tokens,
)

_LAST_USED = func.coalesce(inspections.c.used_at, inspections.c.stored_at)
_FINISHED = (SubmissionState.GRADED.value, SubmissionState.SUPERSEDED.value)


class SqlRetention:
    """Purges old data, and exports, merges and erases students' data. It implements ``Retention``.

    Old are submissions that were received, and cached inspections that were used, before a time.
    Each method is one transaction, except that ``export`` reads in one and adds its audit entry in
    another.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_purgeable(self, criteria: PurgeCriteria) -> DeletedRows:
        """Return how many submissions and cached inspections a purge by ``criteria`` would delete.

        What it would delete with the submissions, e.g. reports, is not counted: these counts are 0.
        With a course no inspections are counted, because they belong to no course.
        """
        of_submissions = select(func.count()).select_from(submissions).where(_matches(criteria))
        of_inspections = (
            select(func.count()).select_from(inspections).where(_unused_since(criteria.before))
        )
        with self._database.read() as connection:
            cached = 0 if criteria.course else connection.execute(of_inspections).scalar_one()
            return DeletedRows(
                submissions=connection.execute(of_submissions).scalar_one(), inspections=cached
            )

    def purge_submissions(
        self, criteria: PurgeCriteria, limit: int, actor: str, now: datetime
    ) -> DeletedRows:
        """Delete up to ``limit`` matching submissions, oldest first; return the numbers of rows.

        Their reports, scores, idempotency keys and archives are deleted too, except archives that
        another submission uses. Rows that another transaction has locked are skipped. An audit
        entry is added unless nothing was deleted.
        """
        chosen = (
            select(submissions.c.id)
            .where(_matches(criteria))
            .order_by(submissions.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            ids = connection.execute(chosen).scalars().all()
            deleted = remove_submissions(connection, ids) if ids else DeletedRows()
            if ids:
                detail: dict[str, str | int] = {
                    "before": criteria.before.isoformat(),
                    **counts(deleted),
                }
                append_entry(
                    connection,
                    now,
                    actor,
                    "submissions.purged",
                    "",
                    course=criteria.course,
                    **detail,
                )
        return deleted

    def purge_inspections(
        self, before: datetime, limit: int, actor: str, now: datetime
    ) -> DeletedRows:
        """Delete up to ``limit`` cached inspections last used before ``before``; return how many.

        The time of last use is exact to a day; without a use it is the time when the inspection was
        stored. The order does not matter, because every inspection can be measured again. Previews
        that were asked for before ``before`` go, too, with what was measured for them. An audit
        entry is added unless nothing was deleted.
        """
        chosen = select(inspections.c.key).where(_unused_since(before)).limit(limit)
        with self._database.write() as connection:
            gone = connection.execute(
                delete(inspections).where(inspections.c.key.in_(chosen), _unused_since(before))
            ).rowcount
            asked = _remove_previews(connection, before)
            if gone or asked:
                detail: dict[str, str | int] = {"before": before.isoformat(), "inspections": gone}
                if asked:
                    detail["previews"] = asked
                append_entry(connection, now, actor, "inspections.purged", "", course="", **detail)
        return DeletedRows(inspections=gone)

    def export(
        self, student: str, course: str, actor: str, now: datetime
    ) -> Iterator[ExportedItem]:
        """Yield the data of ``student`` in ``course`` (empty: every course) as files.

        :func:`grader.store.retention.student_data.read` says which. The audit entry is added at the
        end of the iteration, so not if the caller stops at a file, even at the last one.

        Raises:
            NotFound: the student has neither a submission nor a token; raised at the first file.
        """
        with self._database.read() as connection:
            yield from student_data.read(connection, student, course)
        with self._database.write() as connection:
            append_entry(connection, now, actor, "student.exported", student, course=course)

    def names(self) -> Sequence[HeldName]:
        """Return every name of a student under which something is stored, by course and name.

        That is a submission or a token.
        """
        counts: dict[tuple[str, str], list[int]] = {}
        with self._database.read() as connection:
            for at, table in enumerate((submissions, tokens)):
                held = (table.c.course, table.c.student)
                rows = select(*held, func.count()).where(table.c.student != "").group_by(*held)
                for course, name, count in connection.execute(rows):
                    counts.setdefault((course, name), [0, 0])[at] = count
        return [HeldName(*key, *numbers) for key, numbers in sorted(counts.items())]

    def preview_merge(self, old: str, new: str, course: str) -> Merge:
        """Return what :meth:`merge` would change; raise what it would raise."""
        with self._database.read() as connection:
            return merging.plan(connection, old, new, course)

    def merge(self, old: str, new: str, course: str, actor: str, now: datetime) -> Merge:
        """Give all submissions and tokens of ``old`` to ``new``, and return what has changed.

        ``course`` limits it to one course; empty means every course.
        :func:`grader.store.retention.merging.merge` says how. The audit entry is about ``new`` and
        names ``old``.

        Raises:
            NotFound: ``old`` has neither a submission nor a token.
            Conflict: a submission that would be changed is being graded.
        """
        with self._database.write() as connection:
            merged = merging.merge(connection, old, new, course)
            detail: dict[str, str | int] = {
                "merged": old,
                "submissions": merged.moved,
                "tokens": merged.tokens,
            }
            append_entry(connection, now, actor, "student.merged", new, course=course, **detail)
        return merged

    def erase(self, student: str, course: str, actor: str, now: datetime) -> DeletedRows:
        """Delete the data of ``student`` in ``course`` (empty: every course); return how many rows.

        :func:`grader.store.retention.student_data.erase` says what stays. The new audit entry names
        the student, so that the data can be erased again after a backup from before was restored.
        Deleted rows are then removed from SQLite's write-ahead log too, unless other transactions
        use the log for as long as a lock is waited for.

        Raises:
            NotFound: the student has neither a submission nor a token.
        """
        with self._database.write() as connection:
            deleted = student_data.erase(connection, student, course)
            detail = counts(deleted)
            append_entry(connection, now, actor, "student.erased", student, course=course, **detail)
        self._database.truncate_log()
        return deleted


def counts(deleted: DeletedRows) -> dict[str, int]:
    """Return the counts of ``deleted`` that are not zero, by name, for an audit entry."""
    return {name: count for name, count in asdict(deleted).items() if count}


def _matches(criteria: PurgeCriteria) -> ColumnElement[bool]:
    """Return the condition for submissions that ``criteria`` allows to purge."""
    # Ids sort by the time received, so newer rows are not read.
    found = and_(
        submissions.c.id < first_id(criteria.before), submissions.c.received_at < criteria.before
    )
    if criteria.course:
        found = and_(found, submissions.c.course == criteria.course)
    if not criteria.unfinished:
        to_send = exists().where(passbacks.c.submission == submissions.c.id, DUE)
        found = and_(found, submissions.c.state.in_(_FINISHED), ~to_send)
    return found


def _unused_since(before: datetime) -> ColumnElement[bool]:
    """Return the condition for inspections last used, or else stored, before ``before``."""
    # The first condition follows from the second, and can use an index.
    return and_(inspections.c.stored_at < before, _LAST_USED < before)


def _remove_previews(connection: Connection, before: datetime) -> int:
    """Delete the previews last asked for before ``before``, with their measurements; count them."""
    old = select(previews.c.id).where(previews.c.created_at < before)
    connection.execute(delete(measurements).where(measurements.c.preview.in_(old)))
    return connection.execute(delete(previews).where(previews.c.created_at < before)).rowcount
