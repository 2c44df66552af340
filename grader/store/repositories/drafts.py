"""Drafts of rubrics, at most one for each exercise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Executable, bindparam, delete, select, update

from grader.domain.errors import PreconditionFailed
from grader.domain.rubric import Rubric
from grader.service.records import DraftRecord
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.rows import RecordColumns, author_of
from grader.store.tables import drafts, tokens

_RECORD = RecordColumns(drafts, DraftRecord, joined={"author": author_of(drafts.c.updated_by)})
_ONE = (
    select(*_RECORD.columns)
    .select_from(drafts.outerjoin(tokens, tokens.c.id == drafts.c.updated_by))
    .where(drafts.c.exercise == bindparam("exercise"))
)


@for_dialect
def _new_draft(insert_into: InsertInto) -> Executable:
    """Insert a draft unless its exercise has one; returns its exercise only if it had none."""
    return insert_into(drafts).on_conflict_do_nothing().returning(drafts.c.exercise)


class SqlDrafts:
    """Stores the drafts of rubrics: the port ``Drafts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, exercise: str) -> DraftRecord | None:
        """Return the draft of ``exercise``, or ``None``."""
        with self._database.read() as connection:
            return _draft(connection, exercise)

    def put(
        self,
        rubric: Rubric,
        text: str,
        digest: str,
        *,
        replaces: DraftRecord | None,
        base_version: int,
        actor: str,
        now: datetime,
    ) -> DraftRecord:
        """Store ``text`` as the draft of its exercise, with an audit entry; return its record.

        Raises:
            PreconditionFailed: the draft is another one than ``replaces`` (``None``: there is one).
        """
        values = {
            "course": rubric.course,
            "revision": replaces.revision + 1 if replaces else 1,
            "digest": digest,
            "text": text,
            "base_version": base_version,
            "updated_at": now,
            "updated_by": actor,
        }
        with self._database.write() as connection:
            if replaces is None:
                row = values | {"exercise": rubric.exercise}
                stored = connection.execute(_new_draft(connection), row).scalar() is not None
            else:
                changed = update(drafts).where(*_unchanged(replaces)).values(values)
                stored = bool(connection.execute(changed).rowcount)
            if not stored:
                raise _changed()
            action, subject = "rubric.drafted", rubric.exercise
            append_entry(connection, now, actor, action, subject, course=rubric.course)
            found = _draft(connection, rubric.exercise)
        assert found is not None
        return found

    def delete(self, draft: DraftRecord, *, actor: str, now: datetime) -> None:
        """Delete ``draft``, with an audit entry.

        Raises:
            PreconditionFailed: it was changed or deleted since it was read.
        """
        with self._database.write() as connection:
            remove_draft(connection, draft)
            action, subject = "rubric.draft_deleted", draft.exercise
            append_entry(connection, now, actor, action, subject, course=draft.course)


def remove_draft(connection: Connection, draft: DraftRecord) -> None:
    """Delete ``draft`` without an audit entry.

    Raises:
        PreconditionFailed: it was changed or deleted since it was read.
    """
    if not connection.execute(delete(drafts).where(*_unchanged(draft))).rowcount:
        raise _changed()


def _draft(connection: Connection, exercise: str) -> DraftRecord | None:
    row = connection.execute(_ONE, {"exercise": exercise}).one_or_none()
    return None if row is None else _RECORD.read(row)


def _unchanged(draft: DraftRecord) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that the row is still ``draft``.

    The time counts too: a draft that was deleted and begun again has revision 1 again.
    """
    return (
        drafts.c.exercise == draft.exercise,
        drafts.c.revision == draft.revision,
        drafts.c.updated_at == draft.updated_at,
    )


def _changed() -> PreconditionFailed:
    return PreconditionFailed(
        "The draft was changed meanwhile.",
        how_to_fix="GET the draft, make the change in it and send it again.",
    )
