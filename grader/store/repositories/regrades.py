"""Regrades: batches that grade submissions of an exercise again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from grader.domain.errors import Conflict, NotFound
from grader.service.lanes import Lane
from grader.service.ports import WriteScore
from grader.service.records import (
    ItemState,
    NewRegrade,
    Page,
    RegradeItem,
    RegradeRecord,
    RegradeScope,
    SubmissionState,
)
from grader.store.audit_log import append_entry
from grader.store.cursors import cursor_after, key_before, page_size, split
from grader.store.database import Database
from grader.store.ids import new_id
from grader.store.repositories.regrade_rows import (
    STATE,
    OldScores,
    cancel_items,
    progress_of,
    totals_of,
    undo_items,
)
from grader.store.rows import IS_COUNTED, AnyRow, author_of
from grader.store.tables import regrade_items, regrades, submissions, tokens

_COLUMNS = [column for column in regrades.c if column.name != "created_by"]
_ALL = select(*_COLUMNS, author_of(regrades.c.created_by)).select_from(
    regrades.outerjoin(tokens, tokens.c.id == regrades.c.created_by)
)
_ENDED = submissions.c.state.in_(
    [SubmissionState.GRADED.value, SubmissionState.NEEDS_ATTENTION.value]
)


class SqlRegrades:
    """Stores regrades in a database. It implements the port ``Regrades``.

    Each method is one transaction; :meth:`undo` reads what it sends before it begins that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, new: NewRegrade, now: datetime) -> RegradeRecord:
        """Store ``new``, and queue its submissions in the regrade lane; return its record.

        Raises:
            Conflict: no submission that could be graded again has a report.
        """
        with self._database.write() as connection:
            rows = _gradable(connection, new)
            if not rows:
                raise Conflict(
                    f"No submission of {new.exercise} has a report that could be made again.",
                    how_to_fix="What is queued or being graded gets the newest rubric anyway.",
                )
            regrade_id = _insert(connection, new, rows, now)
            _queue(connection, regrade_id, now)
            what = {"scope": new.scope.value, "reason": new.reason, "submissions": len(rows)}
            _note(connection, "created", regrade_id, new.course, new.actor, now, **what)
            return _get(connection, regrade_id)

    def get(self, regrade_id: str) -> RegradeRecord:
        """Return a regrade with its progress. Raises NotFound if there is none."""
        with self._database.read() as connection:
            return _get(connection, regrade_id)

    def page(self, exercise: str, *, cursor: str = "", limit: int = 50) -> Page[RegradeRecord]:
        """Return up to ``limit`` regrades of an exercise, newest first.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
        before, size = key_before(cursor), page_size(limit)
        found = _ALL.where(regrades.c.exercise == exercise)
        if before:
            found = found.where(regrades.c.id < before)
        found = found.order_by(regrades.c.id.desc()).limit(size + 1)
        with self._database.read() as connection:
            rows, more = split(connection.execute(found).all(), size)
            items = tuple(_record(connection, row) for row in rows)
        return Page(items, cursor_after(items[-1].id) if more else "")

    def items(self, regrade_id: str, *, cursor: str = "", limit: int = 50) -> Page[RegradeItem]:
        """Return up to ``limit`` submissions of a regrade, sorted by id.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
        after, size = key_before(cursor), page_size(limit)
        found = (
            select(
                *(submissions.c[name] for name in ("id", "student", "attempt")),
                STATE.label("state"),
                regrade_items.c.old_report,
                regrade_items.c.new_report,
            )
            .join(submissions, submissions.c.id == regrade_items.c.submission)
            .where(regrade_items.c.regrade == regrade_id, submissions.c.id > after)
            .order_by(submissions.c.id)
            .limit(size + 1)
        )
        with self._database.read() as connection:
            rows, more = split(connection.execute(found).all(), size)
            ids = [one for row in rows for one in (row.old_report, row.new_report)]
            totals = totals_of(connection, ids)
        items = tuple(
            RegradeItem(
                submission=row.id,
                student=row.student,
                attempt=row.attempt,
                state=ItemState(row.state),
                before=totals[row.old_report],
                after=totals.get(row.new_report),
            )
            for row in rows
        )
        return Page(items, cursor_after(items[-1].submission) if more else "")

    def cancel(self, regrade_id: str, actor: str, now: datetime) -> RegradeRecord:
        """Give the submissions that wait their old state back; return the regrade as it is then.

        Raises:
            NotFound: there is no such regrade.
            Conflict: nothing waits.
        """
        with self._database.write() as connection:
            record = _get(connection, regrade_id)
            count = cancel_items(connection, regrade_id)
            if not count:
                raise Conflict(
                    "Nothing of this regrade waits any more.",
                    how_to_fix="To have the old reports back, undo it.",
                )
            _set(connection, regrade_id, cancelled_at=now)
            what = {"submissions": count}
            _note(connection, "cancelled", regrade_id, record.course, actor, now, **what)
            return _get(connection, regrade_id)

    def undo(self, regrade_id: str, actor: str, now: datetime, write: WriteScore) -> RegradeRecord:
        """Give its submissions their old reports back; return the regrade as it is then.

        Raises:
            NotFound: there is no such regrade.
            Conflict: it was undone before, or has nothing to undo.
        """
        scores = OldScores(write, now)
        with self._database.read() as connection:
            scores.prepare(connection, regrade_id)
        with self._database.write() as connection:
            record = _get(connection, regrade_id)
            if record.undone_at is not None:
                raise Conflict("This regrade was undone before.")
            count = undo_items(connection, regrade_id, scores, now)
            if not count:
                raise Conflict(
                    "No submission of this regrade can get its old report back: all were"
                    " cancelled, or graded once more since."
                )
            _set(connection, regrade_id, undone_at=now)
            what = {"submissions": count}
            _note(connection, "undone", regrade_id, record.course, actor, now, **what)
            return _get(connection, regrade_id)


def _gradable(connection: Connection, new: NewRegrade) -> Sequence[AnyRow]:
    """Lock and return the rows that ``new`` grades again, by id."""
    columns = ("id", "report_id", "state", "problem")
    found = (
        select(*(submissions.c[name] for name in columns))
        .where(submissions.c.exercise == new.exercise)
        .where(submissions.c.report_id.is_not(None), _ENDED)
        .order_by(submissions.c.id)
        .with_for_update(of=submissions)
    )
    if new.scope is RegradeScope.COUNTED:
        found = found.where(IS_COUNTED)
    return connection.execute(found).all()


def _insert(connection: Connection, new: NewRegrade, rows: Sequence[AnyRow], now: datetime) -> str:
    """Store ``new`` with an item for each of ``rows``; return its id."""
    regrade_id = new_id(now)
    connection.execute(
        insert(regrades).values(
            id=regrade_id,
            exercise=new.exercise,
            course=new.course,
            rubric_version=new.rubric_version,
            scope=new.scope.value,
            reason=new.reason,
            created_at=now,
            created_by=new.actor,
        )
    )
    items = [
        {
            "regrade": regrade_id,
            "submission": row.id,
            "state": ItemState.WAITING.value,
            "old_report": row.report_id,
            "old_state": row.state,
            "old_problem": row.problem,
        }
        for row in rows
    ]
    connection.execute(insert(regrade_items), items)
    return regrade_id


def _queue(connection: Connection, regrade_id: str, now: datetime) -> None:
    """Queue the submissions of a regrade, which this transaction has locked, with 0 tries."""
    mine = select(regrade_items.c.submission).where(regrade_items.c.regrade == regrade_id)
    connection.execute(
        update(submissions)
        .where(submissions.c.id.in_(mine))
        .values(
            state=SubmissionState.QUEUED.value,
            lane=Lane.REGRADE.value,
            tries=0,
            problem="",
            queued_at=now,
            not_before=now,
            graded_at=None,
            regrade=regrade_id,
        )
    )


def _set(connection: Connection, regrade_id: str, **times: datetime) -> None:
    connection.execute(update(regrades).where(regrades.c.id == regrade_id).values(**times))


def _note(
    connection: Connection,
    what: str,
    regrade_id: str,
    course: str,
    actor: str,
    now: datetime,
    **detail: str | int,
) -> None:
    """Insert the audit entry ``regrade.<what>``."""
    append_entry(connection, now, actor, f"regrade.{what}", regrade_id, course=course, **detail)


def _get(connection: Connection, regrade_id: str) -> RegradeRecord:
    """Return a regrade with its progress. Raises NotFound if there is none."""
    row = connection.execute(_ALL.where(regrades.c.id == regrade_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no regrade {regrade_id!r}.")
    return _record(connection, row)


def _record(connection: Connection, row: AnyRow) -> RegradeRecord:
    """Return the regrade in ``row``, with its progress."""
    values = dict(row._mapping)
    values["scope"] = RegradeScope(row.scope)
    return RegradeRecord(**values, progress=progress_of(connection, row.id))
