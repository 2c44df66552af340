"""The outbox: scores that are stored with their report, and claimed and settled by senders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Executable, bindparam, select, update

from grader.service.records import (
    Passback,
    PassbackState,
    ScoreMessage,
    SubmissionRecord,
)
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.ids import new_id
from grader.store.rows import DUE, RecordColumns
from grader.store.tables import passbacks

_RECORD = RecordColumns(passbacks, Passback, {"payload": str.encode})
#: An older score that is still to be sent would arrive after the newer one.
_REPLACE_OLDER = (
    update(passbacks)
    .where(passbacks.c.submission == bindparam("of"), DUE)
    .values(state=PassbackState.FAILED.value, last_error="A newer score was to be sent.")
)


@for_dialect
def _score(insert_into: InsertInto) -> Executable:
    """Insert a score; one of the same report and URL, sent before, becomes due again.

    It gets a new id: a receiver that has seen the old one would take the message for a repetition.
    """
    inserted = insert_into(passbacks)
    return inserted.on_conflict_do_update(
        index_elements=[passbacks.c.report, passbacks.c.url],
        set_={column.name: inserted.excluded[column.name] for column in passbacks.columns},
    )


class SqlPassbacks:
    """Claims due scores in the outbox of a database, and stores the outcome of each try to send.

    It implements the port ``Passbacks``; :func:`enqueue_score` adds scores. A passback is a score
    in the outbox; the message that is sent has the passback's id as its webhook id. A score is due
    until it is sent or has failed, also while it waits for its next try; then it stays until its
    submission is deleted.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_due(self, now: datetime, lease: timedelta) -> Passback | None:
        """Claim the score whose time for a try came first; return it, ``None`` if there is none.

        ``tries`` rises by one, so the try counts even if the sender dies. The time for the next
        try is then ``now + lease``. Scores that another sender is just claiming are skipped.
        """
        next_due = (
            select(passbacks.c.id)
            .where(DUE, passbacks.c.next_try_at <= now)
            .order_by(passbacks.c.next_try_at, passbacks.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            chosen = connection.execute(next_due).scalar()
            if chosen is None:
                return None
            row = connection.execute(
                update(passbacks)
                .where(passbacks.c.id == chosen)
                .values(tries=passbacks.c.tries + 1, next_try_at=now + lease, waits_since=now)
                .returning(*_RECORD.columns)
            ).one()
            return _RECORD.read(row)

    def settle(
        self, passback: Passback, state: PassbackState, error: str, next_try_at: datetime
    ) -> None:
        """Store the outcome of the try ``passback``: the new ``state``, and ``error`` or empty.

        Nothing happens if a later try has begun or the score is no longer due. ``next_try_at`` is
        when the score is due again, if ``state`` is ``DUE``.
        """
        with self._database.write() as connection:
            connection.execute(
                update(passbacks)
                .where(passbacks.c.id == passback.id, passbacks.c.tries == passback.tries, DUE)
                .values(state=state.value, last_error=error, next_try_at=next_try_at)
            )

    def clamp_times(self, now: datetime) -> int:
        """Correct scores to be sent whose waiting time began after ``now``: the clock was set back.

        They wait as long as before, but from ``now`` on. Return the number of changed scores.
        Scores that another transaction has locked are skipped.
        """
        of = passbacks.c
        found = select(of.id, of.next_try_at, of.waits_since).where(DUE, of.waits_since > now)
        with self._database.write() as connection:
            rows = connection.execute(found.with_for_update(skip_locked=True)).all()
            for row in rows:
                due = now + (row.next_try_at - row.waits_since)
                moved = update(passbacks).where(of.id == row.id)
                connection.execute(moved.values(next_try_at=due, waits_since=now))
        return len(rows)

    def of(self, submission_id: str) -> Sequence[Passback]:
        """Return the scores of a submission in any state, oldest first; empty if there are none."""
        found = select(*_RECORD.columns).where(passbacks.c.submission == submission_id)
        with self._database.read() as connection:
            return [_RECORD.read(row) for row in connection.execute(found.order_by(passbacks.c.id))]


def enqueue_score(
    connection: Connection,
    submission: SubmissionRecord,
    message: ScoreMessage,
    report_id: str,
    now: datetime,
) -> None:
    """Add ``message`` to the outbox, due at once, in the transaction that stores its report.

    ``report_id`` is the id of that report. If the score of this report was sent to the same URL
    before, it is sent again. Other scores of the submission that are still to be sent are given up.
    """
    connection.execute(_REPLACE_OLDER, {"of": submission.id})
    connection.execute(
        _score(connection),
        {
            "id": new_id(now),
            "report": report_id,
            "submission": submission.id,
            "source": submission.source,
            "url": message.url,
            "payload": message.body.decode(),
            "state": PassbackState.DUE.value,
            "tries": 0,
            "next_try_at": now,
            "waits_since": now,
            "last_error": "",
        },
    )
