"""Exercises and the published versions of their rubrics."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, delete, insert, select, update

from grader.domain.errors import BadRequest, Conflict, PreconditionFailed
from grader.domain.rubric import Rubric
from grader.service.records import DraftRecord, ExerciseRecord, Override, Page, RubricRecord
from grader.store.audit_log import append_entry
from grader.store.cursors import cursor_after, key_before, page_size, split
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.repositories.drafts import remove_draft
from grader.store.repositories.samples import expect_all
from grader.store.rows import AnyRow, RecordColumns, author_of
from grader.store.tables import drafts, exercises, rubrics, tokens

_RECORD = RecordColumns(rubrics, RubricRecord, joined={"author": author_of(rubrics.c.created_by)})
_OF_EXERCISE = (
    select(*_RECORD.columns)
    .select_from(rubrics.outerjoin(tokens, tokens.c.id == rubrics.c.created_by))
    .where(rubrics.c.exercise == bindparam("exercise"))
)
_NEWEST = _OF_EXERCISE.join(exercises, exercises.c.id == rubrics.c.exercise).where(
    rubrics.c.version == exercises.c.version
)
_VERSION = _OF_EXERCISE.where(rubrics.c.version == bindparam("version"))


@for_dialect
def _new_exercise(insert_into: InsertInto) -> Executable:
    """Insert an exercise unless it exists; returns its id only if it was inserted."""
    return insert_into(exercises).on_conflict_do_nothing().returning(exercises.c.id)


class SqlRubrics:
    """Publishes versions of rubrics, finds them, and lists exercises: the port ``Rubrics``.

    A stored version never changes. Publishing the first version creates the exercise.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(
        self,
        rubric: Rubric,
        text: str,
        digest: str,
        *,
        base: int | None,
        actor: str,
        now: datetime,
        message: str = "",
        draft: DraftRecord | None = None,
        override: Override | None = None,
    ) -> RubricRecord:
        """Store ``text`` as the next version of its exercise, with an audit entry.

        Return its record. ``rubric`` is the parsed ``text`` and ``digest`` its SHA-256. ``base`` is
        the newest version, which this one replaces, or ``None`` to create the exercise. A text that
        equals the newest version is stored as a new version too. A ``draft`` is deleted in the same
        transaction, and so is one that another course began for a new exercise.
        What golden samples should earn changes with it, by ``override``.

        Raises:
            Conflict: the exercise belongs to another course.
            PreconditionFailed: ``base`` is not the newest version, or is ``None`` and the exercise
                exists; or ``draft`` was changed.
        """
        with self._database.write() as connection:
            version = _next_version(connection, rubric, base)
            connection.execute(
                insert(rubrics).values(
                    exercise=rubric.exercise,
                    course=rubric.course,
                    version=version,
                    digest=digest,
                    text=text,
                    created_at=now,
                    created_by=actor,
                    message=message,
                )
            )
            if draft is not None:
                remove_draft(connection, draft)
            subject, course = rubric.exercise, rubric.course
            detail: dict[str, str | int] = {"version": version}
            detail |= {"message": message} if message else {}
            detail |= {"override": override.reason} if override else {}
            append_entry(
                connection, now, actor, "rubric.published", subject, course=course, **detail
            )
            if override is not None:
                expect_all(connection, rubric.exercise, override.expected, actor, now)
            asked = {"exercise": rubric.exercise, "version": version}
            return _RECORD.read(connection.execute(_VERSION, asked).one())

    def newest(self, exercise: str) -> RubricRecord | None:
        """Return the newest rubric version of ``exercise``, or ``None`` if it does not exist."""
        with self._database.read() as connection:
            return _found(connection.execute(_NEWEST, {"exercise": exercise}).one_or_none())

    def version(self, exercise: str, version: int) -> RubricRecord | None:
        """Return version ``version`` of the rubric of ``exercise``; ``None`` without such a one."""
        asked = {"exercise": exercise, "version": version}
        with self._database.read() as connection:
            return _found(connection.execute(_VERSION, asked).one_or_none())

    def versions(self, exercise: str, *, cursor: str = "", limit: int = 50) -> Page[RubricRecord]:
        """Return up to ``limit`` versions of the rubric of ``exercise``, newest first.

        ``limit`` is corrected to the range from 1 to 500. An empty ``cursor`` is the first page;
        otherwise it is the ``next_cursor`` of the page before.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
        before, size = key_before(cursor), page_size(limit)
        found = _OF_EXERCISE.order_by(rubrics.c.version.desc()).limit(size + 1)
        if before:
            found = found.where(rubrics.c.version < _number(before))
        with self._database.read() as connection:
            rows, more = split(connection.execute(found, {"exercise": exercise}).all(), size)
        items = tuple(map(_RECORD.read, rows))
        return Page(items, cursor_after(str(items[-1].version)) if more else "")

    def page(self, *, course: str = "", cursor: str = "", limit: int = 50) -> Page[ExerciseRecord]:
        """Return up to ``limit`` exercises of ``course`` (empty: every course), sorted by id.

        ``limit`` is corrected to the range from 1 to 500. An empty ``cursor`` is the first page;
        otherwise it is the ``next_cursor`` of the page before.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
        after, size = key_before(cursor), page_size(limit)
        columns = (exercises.c.id, exercises.c.course, exercises.c.title, exercises.c.version)
        found = select(*columns).where(exercises.c.id > after)
        if course:
            found = found.where(exercises.c.course == course)
        found = found.order_by(exercises.c.id).limit(size + 1)
        with self._database.read() as connection:
            rows, more = split(connection.execute(found).all(), size)
        items = tuple(ExerciseRecord(*row) for row in rows)
        return Page(items, cursor_after(items[-1].id) if more else "")


def _found(row: AnyRow | None) -> RubricRecord | None:
    return None if row is None else _RECORD.read(row)


def _number(key: str) -> int:
    """Return the version in ``key``, the content of a cursor; raise BadRequest if it is none."""
    if not re.fullmatch("[0-9]{1,9}", key):
        raise BadRequest("The cursor is of another listing.", where="cursor")
    return int(key)


def _next_version(connection: Connection, rubric: Rubric, base: int | None) -> int:
    """Return the number of the next version, and store it as the newest of the exercise.

    Raises:
        PreconditionFailed: ``base`` is not the newest version, e.g. because another writer with
            the same ``base`` was first.
        Conflict: the exercise belongs to another course.
    """
    if base is None and _create(connection, rubric):
        theirs = drafts.c.exercise == rubric.exercise, drafts.c.course != rubric.course
        connection.execute(delete(drafts).where(*theirs))
        return 1
    held = select(exercises.c.course, exercises.c.version).where(exercises.c.id == rubric.exercise)
    found = connection.execute(held.with_for_update()).one_or_none()
    if found is not None and found.course != rubric.course:
        raise Conflict(
            f"The exercise {rubric.exercise!r} belongs to another course.",
            how_to_fix="Give the rubric an exercise id of its own.",
            where="exercise",
        )
    if found is None or found.version != base:
        raise PreconditionFailed(
            "Another version of this rubric is the newest by now.",
            how_to_fix="Read the newest version, make the change in it and send it again.",
        )
    version: int = found.version + 1
    connection.execute(
        update(exercises)
        .where(exercises.c.id == rubric.exercise)
        .values(version=version, title=rubric.title)
    )
    return version


def _create(connection: Connection, rubric: Rubric) -> bool:
    """Insert the exercise of ``rubric`` if it is new, and return whether it was."""
    created = connection.execute(
        _new_exercise(connection),
        {
            "id": rubric.exercise,
            "course": rubric.course,
            "title": rubric.title,
            "version": 1,
        },
    )
    return created.scalar() is not None
