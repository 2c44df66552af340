"""Previews of rubrics, and the class that a rubric would affect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection, Executable, bindparam, select

from grader.domain.effect import CriterionStanding, Standing
from grader.domain.scoring import Number
from grader.service.records import CountedAttempt, PreviewRecord
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.ids import new_id
from grader.store.repositories.facts_text import read_many
from grader.store.rows import IS_COUNTED, RecordColumns
from grader.store.tables import previews, reports, submissions

_RECORD = RecordColumns(previews, PreviewRecord)
_GET = select(*_RECORD.columns).where(previews.c.id == bindparam("preview"))
#: How many students are read at a time. Chosen by hand.
_PORTION = 50
_COUNTED = (
    select(
        submissions.c.student,
        submissions.c.attempt,
        submissions.c.id,
        submissions.c.archive_sha256,
        submissions.c.filename,
        reports.c.rubric_version,
        reports.c.facts,
        reports.c.report,
    )
    .join(reports, submissions.c.report_id == reports.c.id)
    .where(submissions.c.exercise == bindparam("exercise"))
    .where(submissions.c.student > bindparam("after"))
    .where(IS_COUNTED)
    .order_by(submissions.c.student)
    .limit(_PORTION)
)


class _Total(BaseModel):
    points: Number | None
    max_points: Number


class _Criterion(_Total):
    id: str
    title: str
    why: str


class _Points(BaseModel):
    """The part of a stored report that a preview needs. Reading no more is several times faster."""

    total: _Total
    criteria: tuple[_Criterion, ...]


@for_dialect
def _put(insert_into: InsertInto) -> Executable:
    """Insert a preview, or renew the one of the same text."""
    new = insert_into(previews)
    renewed = {name: new.excluded[name] for name in ("created_at", "created_by")}
    kept = new.on_conflict_do_update(
        index_elements=[previews.c.exercise, previews.c.digest], set_=renewed
    )
    return kept.returning(*_RECORD.columns)


class SqlPreviews:
    """Stores previews and reads classes. It implements the port ``Previews``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self, exercise: str, course: str, text: str, digest: str, *, actor: str, now: datetime
    ) -> PreviewRecord:
        """Store ``text`` with an audit entry, and return its record.

        If the exercise has a record of the same text, its time and author are renewed.
        """
        given = {
            "id": new_id(now),
            "exercise": exercise,
            "course": course,
            "digest": digest,
            "text": text,
            "created_at": now,
            "created_by": actor,
        }
        with self._database.write() as connection:
            record = _RECORD.read(connection.execute(_put(connection), given).one())
            append_entry(
                connection,
                now,
                actor,
                "rubric.previewed",
                exercise,
                course=course,
                preview=record.id,
                digest=digest,
            )
        return record

    def get(self, preview: str) -> PreviewRecord | None:
        """Return the record with the id ``preview``, or ``None``."""
        with self._database.read() as connection:
            row = connection.execute(_GET, {"preview": preview}).one_or_none()
        return None if row is None else _RECORD.read(row)

    def counted(self, exercise: str) -> Iterator[Sequence[CountedAttempt]]:
        """Yield the counted attempts at ``exercise`` in portions of 50, sorted by student."""
        after = ""
        while True:
            with self._database.read() as connection:
                some = _counted(connection, exercise, after)
            if not some:
                return
            yield some
            after = some[-1].student


def _counted(connection: Connection, exercise: str, after: str) -> Sequence[CountedAttempt]:
    """Return the counted attempts of the next students after the student ``after``."""
    rows = connection.execute(_COUNTED, {"exercise": exercise, "after": after}).all()
    facts = read_many([row.facts for row in rows])
    return [
        CountedAttempt(
            student=row.student,
            attempt=row.attempt,
            submission=row.id,
            archive_sha256=row.archive_sha256,
            filename=row.filename,
            rubric_version=row.rubric_version,
            before=_standing(row.report),
            facts=measured,
        )
        for row, measured in zip(rows, facts, strict=True)
    ]


def _standing(report: str) -> Standing:
    """Return what the stored ``report``, JSON, says about points."""
    known = _Points.model_validate_json(report)
    rows = tuple(
        CriterionStanding(one.id, one.title, one.points, one.max_points, one.why)
        for one in known.criteria
    )
    return Standing(known.total.points, known.total.max_points, rows)
