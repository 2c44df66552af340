"""Delete submissions together with all rows that belong to them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, select, tuple_, update

from grader.service.records import DeletedRows
from grader.store.archives import remove_unused_archives
from grader.store.tables import (
    attempts,
    idempotency_keys,
    passbacks,
    regrade_items,
    reports,
    submissions,
)


def remove_submissions(
    connection: Connection, ids: Sequence[str], *, keep_keys: bool = False
) -> DeletedRows:
    """Delete the submissions ``ids`` (a few hundred at most); return how many rows of each kind.

    Their reports, scores, idempotency keys and places in regrades are deleted too, archives that
    nothing else uses, what was measured of their archives, and the count of attempts of a student
    who has no submission to the exercise any more (not included in the result). Unknown ids are
    ignored. A worker that is grading one loses its claim. With ``keep_keys`` the keys stay, but no
    longer refer to a submission: a repeated request is then refused and does not bring the
    submission back.
    """
    whose = select(submissions.c.archive_sha256, submissions.c.exercise, submissions.c.student)
    # The lock makes a worker that is about to store a report wait, and then lose its claim.
    rows = connection.execute(whose.where(submissions.c.id.in_(ids)).with_for_update()).all()
    sent = connection.execute(delete(passbacks).where(passbacks.c.submission.in_(ids))).rowcount
    judged = connection.execute(delete(reports).where(reports.c.submission.in_(ids))).rowcount
    keys = _remove_keys(connection, ids, keep_keys)
    connection.execute(delete(regrade_items).where(regrade_items.c.submission.in_(ids)))
    gone = connection.execute(delete(submissions).where(submissions.c.id.in_(ids))).rowcount
    kept = remove_unused_archives(connection, sorted({row.archive_sha256 for row in rows}))
    _remove_attempts(connection, sorted({(row.exercise, row.student) for row in rows}))
    return DeletedRows(submissions=gone, reports=judged, passbacks=sent, keys=keys, archives=kept)


def _remove_keys(connection: Connection, ids: Sequence[str], keep: bool) -> int:
    """Delete the keys of the submissions ``ids`` and return how many; with ``keep`` empty them."""
    of_them = idempotency_keys.c.submission.in_(ids)
    if keep:
        emptied = update(idempotency_keys).where(of_them).values(submission=None, request_digest="")
        connection.execute(emptied)
        return 0
    return connection.execute(delete(idempotency_keys).where(of_them)).rowcount


def _remove_attempts(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Delete the attempt counts of those (exercise, student) ``pairs`` that have no submission.

    Rows are locked before the check; rows that are locked already are skipped.
    """
    key = tuple_(attempts.c.exercise, attempts.c.student)
    wanted = select(attempts.c.exercise, attempts.c.student).where(key.in_(pairs))
    held = [tuple(row) for row in connection.execute(wanted.with_for_update(skip_locked=True))]
    left = (
        exists()
        .where(submissions.c.exercise == attempts.c.exercise)
        .where(submissions.c.student == attempts.c.student)
    )
    connection.execute(delete(attempts).where(key.in_(held), ~left))
