"""The submissions of a regrade: take in a new report, and bring the old one back.

An item whose grading broke is not marked as such: it waits, and its submission needs attention. So
a retry of the submission, by whatever way, is one of the item, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)

from grader.domain.report import Report
from grader.service.lanes import Lane
from grader.service.ports import WriteScore
from grader.service.ports.connector import Score
from grader.service.records import ItemState, RegradeProgress, ScoreMessage, SubmissionState
from grader.store.repositories.passbacks import enqueue_score
from grader.store.repositories.report_text import total_of
from grader.store.rows import IS_COUNTED, PARKED, QUEUED, RECORD, RUNNING, AnyRow, record_of
from grader.store.tables import regrade_items, reports, submissions

GRADED = SubmissionState.GRADED.value
_ITEM = regrade_items.c
_SUBMISSION = submissions.c
_IS_WAITING = _ITEM.state == ItemState.WAITING.value
_IS_DONE = _ITEM.state == ItemState.DONE.value
_IS_MINE = func.coalesce(_SUBMISSION.regrade, "") == _ITEM.regrade
_IN_QUEUE = or_(QUEUED, RUNNING)
#: The state of an item: for one that waits it is that of its submission. A worker of the release
#: before grades a submission without taking in the item; that is then done, too.
STATE = case(
    (and_(_IS_WAITING, _IS_MINE, _IN_QUEUE), literal_column("'waiting'")),
    (and_(_IS_WAITING, _IS_MINE, ~PARKED), literal_column("'done'")),
    (_IS_WAITING, literal_column("'failed'")),
    else_=_ITEM.state,
)
_PROGRESS = (
    select(STATE.label("state"), func.count().label("count"), func.sum(_ITEM.changed))
    .join(submissions, _SUBMISSION.id == _ITEM.submission)
    .where(_ITEM.regrade == bindparam("regrade"))
    .group_by(STATE)
)
#: What still has the state that the regrade gave it, and can get its old one back.
_WAITS = and_(_IS_WAITING, _IS_MINE, _IN_QUEUE)
_STANDS = or_(
    and_(_IS_WAITING, _IS_MINE),
    and_(
        _IS_DONE,
        _SUBMISSION.regrade.is_(None),
        ~_IN_QUEUE,
        _SUBMISSION.report_id == _ITEM.new_report,
    ),
)
_OLD = reports.alias("old")
_RESTORABLE = (
    select(
        *RECORD,
        _SUBMISSION.callback_url,
        _SUBMISSION.callback_context,
        _ITEM.old_report,
        _ITEM.old_state,
        _ITEM.old_problem,
        _ITEM.changed,
        _OLD.c.rubric_version,
        _OLD.c.graded_at.label("old_graded_at"),
    )
    .join(regrade_items, _SUBMISSION.id == _ITEM.submission)
    .join(_OLD, _OLD.c.id == _ITEM.old_report)
    .where(_ITEM.regrade == bindparam("regrade"))
    .order_by(_SUBMISSION.id)
)
_TO_RESTORE = _RESTORABLE.with_for_update(of=submissions)
# The token rises, so that a worker that is grading the row has lost its claim.
_RESTORE = (
    update(submissions)
    .where(_SUBMISSION.id == bindparam("row"))
    .values(
        state=bindparam("old_state"),
        problem=bindparam("old_problem"),
        report_id=bindparam("old_report"),
        graded_at=bindparam("old_graded_at"),
        lane=Lane.LIVE.value,
        lease_until=None,
        regrade=None,
        token=_SUBMISSION.token + 1,
    )
)
_MARK = (
    update(regrade_items)
    .where(_ITEM.regrade == bindparam("of"), _ITEM.submission == bindparam("row"))
    .values(state=bindparam("new_state"))
)
_TAKE_IN = (
    update(regrade_items)
    .where(_ITEM.regrade == bindparam("of"), _ITEM.submission == bindparam("row"))
    .values(
        state=bindparam("new_state"),
        new_report=bindparam("now_report"),
        changed=bindparam("is_changed"),
    )
)
_TOTALS = (
    select(reports.c.id, reports.c.report)
    .join(regrade_items, _ITEM.submission == reports.c.submission)
    .where(_ITEM.regrade == bindparam("regrade"), _ITEM.submission == bindparam("row"))
    .where(or_(reports.c.id == _ITEM.old_report, reports.c.id == bindparam("now_report")))
)
_COUNTS = select(true()).where(_SUBMISSION.id == bindparam("row"), IS_COUNTED)


def finish_item(
    connection: Connection, regrade: str, submission: str, report: str, *, graded: bool
) -> bool:
    """Note that ``submission`` has its new ``report``, an id; return whether to send the score.

    That is the case if it is the student's newest attempt with a report, and points or maximum are
    others than before the regrade. Unless it is ``graded``, the item goes on waiting for a retry.
    """
    of = {"regrade": regrade, "row": submission, "now_report": report}
    totals = {row.id: total_of(row.report) for row in connection.execute(_TOTALS, of)}
    now = totals[report]
    changed = any(
        (then.points, then.max_points) != (now.points, now.max_points) for then in totals.values()
    )
    done = {
        "of": regrade,
        "row": submission,
        "now_report": report,
        "is_changed": int(changed),
        "new_state": (ItemState.DONE if graded else ItemState.WAITING).value,
    }
    connection.execute(_TAKE_IN, done)
    if graded:
        ended = update(submissions).where(_SUBMISSION.id == submission)
        connection.execute(ended.values(regrade=None))
    return changed and _counts(connection, submission)


def _counts(connection: Connection, submission: str) -> bool:
    """Return whether ``submission`` is the student's newest attempt with a report."""
    return connection.execute(_COUNTS, {"row": submission}).scalar() is not None


def progress_of(connection: Connection, regrade: str) -> RegradeProgress:
    """Return how many submissions of ``regrade``, an id, are in each state."""
    counts: dict[str, int] = {}
    for state, count, changed in connection.execute(_PROGRESS, {"regrade": regrade}):
        counts[state] = count
        if state == ItemState.DONE.value:
            counts["changed"] = int(changed)
    return RegradeProgress(**counts)


def cancel_items(connection: Connection, regrade: str) -> int:
    """Give the submissions of ``regrade`` that wait their old state back; return how many."""
    rows = connection.execute(_TO_RESTORE.where(_WAITS), {"regrade": regrade}).all()
    _restore(connection, regrade, rows, ItemState.CANCELLED)
    return len(rows)


class OldScores:
    """Makes the messages by which an LMS is sent the old score of a submission again.

    A message is made once. ``write`` makes it. It has ``now`` as the time of the grading, because a
    receiver may ignore a score that is older than the one it has.
    """

    def __init__(self, write: WriteScore, now: datetime) -> None:
        self._write, self._now = write, now
        self._made: dict[str, ScoreMessage | None] = {}

    def prepare(self, connection: Connection, regrade: str) -> None:
        """Make the messages of ``regrade`` ahead, outside of the transaction that undoes it.

        Reading the reports of a large class takes seconds, for which no worker could store one.
        """
        for row in connection.execute(_RESTORABLE.where(_STANDS), {"regrade": regrade}).all():
            self.of(connection, row)

    def of(self, connection: Connection, row: AnyRow) -> ScoreMessage | None:
        """Return the message with the score of the old report in ``row``.

        ``None`` if nobody wants it, if the mark is the same, or if the old report had no score.
        """
        if not (row.callback_url and row.changed and row.old_state == GRADED):
            return None
        if row.old_report not in self._made:
            found = select(reports.c.report).where(reports.c.id == row.old_report)
            score = Score(
                submission=record_of(row),
                report=Report.model_validate_json(connection.execute(found).scalar_one()),
                rubric_version=row.rubric_version,
                graded_at=self._now,
                callback_url=row.callback_url,
                callback_context=row.callback_context,
            )
            self._made[row.old_report] = self._write(score)
        return self._made[row.old_report]


def undo_items(connection: Connection, regrade: str, scores: OldScores, now: datetime) -> int:
    """Give the submissions of ``regrade`` their old reports and states back; return how many.

    Those that wait are cancelled first. What was graded once more since is marked as kept. Old
    ``scores`` of attempts that count go to the outbox.
    """
    cancelled = cancel_items(connection, regrade)
    rows = connection.execute(_TO_RESTORE.where(_STANDS), {"regrade": regrade}).all()
    _restore(connection, regrade, rows, ItemState.UNDONE)
    for row in rows:
        message = scores.of(connection, row)
        if message is not None and _counts(connection, row.id):
            enqueue_score(connection, record_of(row), message, row.old_report, now)
    moved_on = update(regrade_items).where(_ITEM.regrade == regrade, or_(_IS_WAITING, _IS_DONE))
    connection.execute(moved_on.values(state=ItemState.KEPT.value))
    return cancelled + len(rows)


def _restore(
    connection: Connection, regrade: str, rows: Sequence[AnyRow], state: ItemState
) -> None:
    """Give the submissions in ``rows`` what they had before, and mark their items as ``state``."""
    if not rows:
        return
    connection.execute(_RESTORE, list(map(_before, rows)))
    connection.execute(
        _MARK, [{"of": regrade, "row": row.id, "new_state": state.value} for row in rows]
    )


def _before(row: AnyRow) -> dict[str, Any]:
    """Return the values of a submission in ``row`` before the regrade, and its id as ``row``."""
    graded = row.old_state == GRADED
    return {
        "row": row.id,
        "old_state": row.old_state,
        "old_problem": row.old_problem,
        "old_report": row.old_report,
        "old_graded_at": row.old_graded_at if graded else None,
    }


def totals_of(connection: Connection, ids: Iterable[str | None]) -> dict[str, Any]:
    """Return the totals of the reports with these ``ids``, by id; ``None`` is ignored."""
    wanted = [one for one in ids if one is not None]
    found = select(reports.c.id, reports.c.report).where(reports.c.id.in_(wanted))
    return {row.id: total_of(row.report) for row in connection.execute(found)}
