"""Golden samples: programs of an exercise whose points are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, select, update

from grader.domain.errors import Conflict, NotFound
from grader.domain.samples import SamplePoints
from grader.service.records import NewSample, SampleRecord
from grader.store.archives import remove_unused_archives, store_archive
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.rows import RecordColumns
from grader.store.tables import archives, exercises, samples

_RECORD = RecordColumns(samples, SampleRecord, {"expected": SamplePoints.model_validate_json})
_KEY = ("exercise", "name")
_THIS = (samples.c.exercise == bindparam("of_exercise"), samples.c.name == bindparam("of_name"))
_OF_EXERCISE = (
    select(*_RECORD.columns)
    .where(samples.c.exercise == bindparam("of_exercise"))
    .order_by(samples.c.name)
)
_ONE = select(*_RECORD.columns).where(*_THIS)
_DATA = (
    select(archives.c.data)
    .join(samples, samples.c.archive_sha256 == archives.c.sha256)
    .where(*_THIS)
)
_EXERCISE = select(exercises.c.id).where(exercises.c.id == bindparam("of_exercise"))


@for_dialect
def _put(insert_into: InsertInto) -> Executable:
    """Insert a sample, or replace all columns of an existing one of the same name."""
    put = insert_into(samples)
    others = {column.name: column for column in put.excluded if column.name not in _KEY}
    return put.on_conflict_do_update(index_elements=[samples.c[name] for name in _KEY], set_=others)


class SqlSamples:
    """Stores golden samples by exercise and name. It implements the port ``Samples``.

    Their bytes are among those of uploads.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, new: NewSample, actor: str, now: datetime) -> SampleRecord:
        """Store ``new`` in place of the sample of its name, if there is one; return the record.

        If everything is as it was, nothing changes, and there is no audit entry.

        Raises:
            Conflict: the sample is new, and nothing says what it is expected to earn.
        """
        with self._database.write() as connection:
            _lock_exercise(connection, new.exercise)
            before = _find(connection, new.exercise, new.name)
            expected = new.expected or (before.expected if before else None)
            if expected is None:
                raise Conflict(
                    f"The sample {new.name} is new, and nothing says what it should earn.",
                    how_to_fix="Add ?expected=POINTS to the address, e.g. ?expected=72.5.",
                    where="expected",
                )
            sha256 = store_archive(connection, new.data, now)
            known = (sha256, new.filename, expected)
            if before and (before.archive_sha256, before.filename, before.expected) == known:
                return before
            record = SampleRecord(
                new.exercise, new.course, new.name, sha256, new.filename, expected, now, actor
            )
            connection.execute(_put(connection), _columns(record))
            if before and before.archive_sha256 != sha256:
                remove_unused_archives(connection, [before.archive_sha256])
            append(connection, record, "sample.stored")
            return record

    def expect(
        self, exercise: str, name: str, expected: SamplePoints, actor: str, now: datetime
    ) -> SampleRecord:
        """Store what a sample is expected to earn, and return its record; the program stays.

        Nothing changes, and there is no audit entry, if it is what it was.

        Raises:
            NotFound: ``exercise`` has no sample ``name``.
        """
        with self._database.write() as connection:
            _lock_exercise(connection, exercise)
            return expect(connection, _known(connection, exercise, name), expected, actor, now)

    def remove(self, exercise: str, name: str, actor: str, now: datetime) -> None:
        """Delete a sample, and its archive unless something else uses the same bytes.

        Raises:
            NotFound: ``exercise`` has no sample ``name``.
        """
        with self._database.write() as connection:
            _lock_exercise(connection, exercise)
            record = _known(connection, exercise, name)
            connection.execute(delete(samples).where(*_THIS), _this(exercise, name))
            remove_unused_archives(connection, [record.archive_sha256])
            what = {"course": record.course, "sample": name}
            append_entry(connection, now, actor, "sample.deleted", exercise, **what)

    def of(self, exercise: str) -> Sequence[SampleRecord]:
        """Return the samples of ``exercise``, sorted by name; none if it does not exist."""
        with self._database.read() as connection:
            rows = connection.execute(_OF_EXERCISE, {"of_exercise": exercise}).all()
        return [_RECORD.read(row) for row in rows]

    def get(self, exercise: str, name: str) -> SampleRecord:
        """Return the sample ``name`` of ``exercise``.

        Raises:
            NotFound: there is none.
        """
        with self._database.read() as connection:
            return _known(connection, exercise, name)

    def archive(self, exercise: str, name: str) -> bytes:
        """Return the bytes of the sample ``name`` of ``exercise``.

        Raises:
            NotFound: there is none.
        """
        with self._database.read() as connection:
            data: bytes | None = connection.execute(_DATA, _this(exercise, name)).scalar()
        if data is None:
            raise _no_sample(exercise, name)
        return data


def expect(
    connection: Connection, before: SampleRecord, expected: SamplePoints, actor: str, now: datetime
) -> SampleRecord:
    """Store in this transaction that the sample ``before`` is expected to earn ``expected``.

    Return its new record. If it is what it was, nothing changes, and there is no audit entry.
    """
    if before.expected == expected:
        return before
    changed = {"expected": expected.model_dump_json(), "updated_at": now, "updated_by": actor}
    row = connection.execute(
        update(samples).where(*_THIS).values(changed).returning(*_RECORD.columns),
        _this(before.exercise, before.name),
    ).one()
    record = _RECORD.read(row)
    append(connection, record, "sample.expected")
    return record


def expect_all(
    connection: Connection,
    exercise: str,
    expected: Mapping[str, SamplePoints],
    actor: str,
    now: datetime,
) -> None:
    """Store in this transaction what samples of ``exercise`` are expected to earn, by their names.

    A sample that was deleted meanwhile is left out.
    """
    for name, points in expected.items():
        record = _find(connection, exercise, name)
        if record is not None:
            expect(connection, record, points, actor, now)


def append(connection: Connection, record: SampleRecord, action: str) -> None:
    """Append an audit entry about ``record``, which its last author has changed by ``action``."""
    append_entry(
        connection,
        record.updated_at,
        record.updated_by,
        action,
        record.exercise,
        course=record.course,
        sample=record.name,
        expected=f"{record.expected.total:g}",
        archive=record.archive_sha256,
    )


def _lock_exercise(connection: Connection, exercise: str) -> None:
    """Lock the exercise, so that its samples change one after another, and no version with them."""
    connection.execute(_EXERCISE.with_for_update(), {"of_exercise": exercise})


def _find(connection: Connection, exercise: str, name: str) -> SampleRecord | None:
    """Return the sample ``name`` of ``exercise``, or ``None`` if there is none."""
    row = connection.execute(_ONE, _this(exercise, name)).one_or_none()
    return None if row is None else _RECORD.read(row)


def _known(connection: Connection, exercise: str, name: str) -> SampleRecord:
    """Return the sample ``name`` of ``exercise``; raise NotFound if there is none."""
    record = _find(connection, exercise, name)
    if record is None:
        raise _no_sample(exercise, name)
    return record


def _no_sample(exercise: str, name: str) -> NotFound:
    return NotFound(
        f"The exercise {exercise!r} has no sample {name!r}.",
        how_to_fix=f"GET /api/v1/exercises/{exercise}/samples lists them.",
        where=name,
    )


def _this(exercise: str, name: str) -> dict[str, str]:
    """Return the parameters of statements about one sample."""
    return {"of_exercise": exercise, "of_name": name}


def _columns(record: SampleRecord) -> dict[str, Any]:
    """Return the columns of the row of ``record``."""
    return vars(record) | {"expected": record.expected.model_dump_json()}
