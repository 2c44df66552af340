"""Give everything that is stored under one name of a student to another name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)

from grader.domain.errors import Conflict, NotFound
from grader.domain.person_names import canonical
from grader.service.records import Merge, MergedAttempt, Role, SubmissionState
from grader.service.request_digest import request_digest
from grader.store.dialect import InsertInto, for_dialect
from grader.store.rows import AnyRow
from grader.store.tables import attempts, idempotency_keys, submissions, tokens

# The numbers of attempts are unique. They become negative first, so that no two rows have the same
# one while each row gets its new number.
_MOVE = (
    update(submissions)
    .where(submissions.c.id == bindparam("moved"))
    .values(student=bindparam("new"), attempt=-bindparam("becomes"))
)
_NUMBER = (
    update(submissions)
    .where(submissions.c.id == bindparam("moved"))
    .values(attempt=-submissions.c.attempt)
)
_NEW_DIGEST = (
    update(idempotency_keys)
    .where(idempotency_keys.c.scope == bindparam("of_scope"))
    .where(idempotency_keys.c.key == bindparam("of_key"))
    .values(request_digest=bindparam("digest"))
)


@for_dialect
def _add_count(insert_into: InsertInto) -> Executable:
    """Add a count of attempts to the student's, or insert it."""
    added = insert_into(attempts)
    return added.on_conflict_do_update(
        index_elements=[attempts.c.exercise, attempts.c.student],
        set_={"count": attempts.c.count + added.excluded.count},
    )


def plan(connection: Connection, old: str, new: str, course: str) -> Merge:
    """Return what giving everything of ``old`` in ``course`` (empty: every course) to ``new`` does.

    Where both have submissions to an exercise, these are numbered anew by the time when they were
    received, the newest with the number of all attempts that were ever counted for both.

    Raises:
        NotFound: there is neither a submission nor a token of ``old``.
        Conflict: a submission of one of the two that would be changed is being graded.
    """
    return _plan(connection, old, new, course, _exercises(connection, old, course))


def merge(connection: Connection, old: str, new: str, course: str) -> Merge:
    """Do what :func:`plan` says, and return it; raise what it raises.

    Keys by which requests are recognised stay with their submissions, and know the new name where
    the request would have it if it came again. Reports and scores stay as they were made.
    """
    theirs = _exercises(connection, old, course)
    _take_counts(connection, old, new, theirs)
    # Uploads by the two wait for the counts until the commit. This holds up workers.
    both = submissions.c.student.in_((old, new))
    rows = select(submissions.c.id).where(both, submissions.c.exercise.in_(theirs))
    connection.execute(rows.with_for_update()).all()
    planned = _plan(connection, old, new, course, theirs)
    _renew_digests(connection, old, new, course)
    if planned.attempts:
        moves = [
            {"moved": one.submission, "new": new, "becomes": one.becomes}
            for one in planned.attempts
        ]
        connection.execute(_MOVE, moves)
        connection.execute(_NUMBER, [{"moved": one["moved"]} for one in moves])
    connection.execute(update(tokens).where(_token_of(old, course)).values(student=new))
    return planned


def _exercises(connection: Connection, student: str, course: str) -> list[str]:
    """Return the exercises to which ``student`` has handed in, sorted."""
    found = select(submissions.c.exercise).where(_of(student, course)).distinct()
    return sorted(connection.execute(found).scalars())


def _take_counts(connection: Connection, old: str, new: str, theirs: list[str]) -> None:
    """Add the counts of ``old`` at the exercises ``theirs`` to those of ``new``; delete them.

    Every row is inserted first if it is missing, so that an upload by one of the two, which counts
    its attempt before it is stored, waits for the end of this transaction. All take them in one
    order, or two merges could wait for each other.
    """
    for exercise in theirs:
        for student in sorted((old, new)):
            given = {"exercise": exercise, "student": student, "count": 0}
            connection.execute(_add_count(connection), given)
        gone = delete(attempts).where(attempts.c.exercise == exercise, attempts.c.student == old)
        count = connection.execute(gone.returning(attempts.c.count)).scalar_one()
        given = {"exercise": exercise, "student": new, "count": count}
        connection.execute(_add_count(connection), given)


def _plan(connection: Connection, old: str, new: str, course: str, theirs: list[str]) -> Merge:
    """Return what :func:`plan` returns, for the exercises ``theirs``; raise what it raises."""
    rows = connection.execute(
        select(submissions)
        .where(submissions.c.student.in_((old, new)), submissions.c.exercise.in_(theirs))
        .order_by(submissions.c.exercise, submissions.c.received_at, submissions.c.id)
    ).all()
    moved_tokens = connection.execute(
        select(func.count()).select_from(tokens).where(_token_of(old, course))
    ).scalar_one()
    if not rows and not moved_tokens:
        raise NotFound(
            f"Nothing is held about a student {old!r}" + (f" in {course!r}." if course else "."),
            how_to_fix="`grader student alike` lists how names are stored.",
        )
    _refuse_running(rows)
    numbered = [
        one
        for exercise, some in groupby(rows, key=lambda row: str(row.exercise))
        for one in _numbered(list(some), old, _counted(connection, exercise, (old, new)))
    ]
    return Merge(tuple(numbered), sum(one.student == old for one in numbered), moved_tokens)


def _refuse_running(rows: Sequence[AnyRow]) -> None:
    """Raise Conflict if one of ``rows`` is being graded: its worker knows its name and number."""
    if any(row.state == SubmissionState.RUNNING.value for row in rows):
        raise Conflict(
            "A submission of the student is being graded at the moment.",
            how_to_fix="Wait for a minute, then try again; nothing was changed.",
        )


def _numbered(rows: list[AnyRow], old: str, counted: int) -> Iterator[MergedAttempt]:
    """Yield ``rows``, the submissions of both names to one exercise by time, with new numbers.

    They keep their numbers if all of them are of ``old``. ``counted`` is the number of all attempts
    of both, also of those that were purged.
    """
    is_alone = all(row.student == old for row in rows)
    for at, row in enumerate(rows, counted - len(rows) + 1):
        yield MergedAttempt(
            submission=row.id,
            course=row.course,
            exercise=row.exercise,
            student=row.student,
            received_at=row.received_at,
            attempt=row.attempt,
            becomes=row.attempt if is_alone else at,
        )


def _counted(connection: Connection, exercise: str, names: tuple[str, str]) -> int:
    """Return how many attempts at ``exercise`` were counted for both ``names``."""
    counts = select(func.coalesce(func.sum(attempts.c.count), 0))
    which = attempts.c.student.in_(names)
    return int(
        connection.execute(counts.where(attempts.c.exercise == exercise, which)).scalar_one()
    )


def _renew_digests(connection: Connection, old: str, new: str, course: str) -> None:
    """Change the digests of those requests that, if they came again, would come for ``new``.

    That is every request if both names are two spellings of one, and else what the student's own
    tokens sent. A digest that was not made with ``old`` stays.
    """
    sent = (
        submissions.c.exercise,
        submissions.c.filename,
        submissions.c.callback_context,
        submissions.c.archive_sha256,
    )
    found = (
        select(idempotency_keys.c.scope, idempotency_keys.c.key, *sent)
        .add_columns(idempotency_keys.c.request_digest)
        .join(submissions, submissions.c.id == idempotency_keys.c.submission)
        .where(_of(old, course))
    )
    if canonical(old) != new:
        own = select(tokens.c.id).where(_token_of(old, course))
        found = found.where(idempotency_keys.c.scope.in_(own))
    for row in connection.execute(found).all():
        before, after = (
            request_digest(
                row.archive_sha256, row.exercise, name, row.filename, row.callback_context
            )
            for name in (old, new)
        )
        if row.request_digest == before:
            given = {"of_scope": row.scope, "of_key": row.key, "digest": after}
            connection.execute(_NEW_DIGEST, given)


def _of(student: str, course: str) -> ColumnElement[bool]:
    """Return the condition for submissions of ``student`` in ``course`` (empty: every course)."""
    mine = submissions.c.student == student
    return and_(mine, submissions.c.course == course) if course else mine


def _token_of(student: str, course: str) -> ColumnElement[bool]:
    """Return the condition for the tokens of ``student`` in ``course`` (empty: every course)."""
    mine = and_(tokens.c.student == student, tokens.c.role == Role.STUDENT.value)
    return and_(mine, tokens.c.course == course) if course else mine
