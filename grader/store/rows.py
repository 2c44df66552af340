"""Converts rows into records by the names of columns; conditions that several queries share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_type_hints

from sqlalchemy import Column, ColumnElement, Label, Row, Table, func, literal_column, select

from grader.service.records import SubmissionRecord
from grader.store.tables import passbacks, submissions, tokens

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: A row whose column types the type checker does not know.
AnyRow = Row[*tuple[Any, ...]]
Record = TypeVar("Record", bound="DataclassInstance")


class RecordColumns(Generic[Record]):
    """Reads records, dataclasses of type ``record``, from rows of ``table``.

    A query selects :attr:`columns`, those with the names of the fields, and :meth:`read` turns each
    of its rows into a record. So a new field of the dataclass is selected and read everywhere.
    Fields whose type is a ``StrEnum`` are converted; ``converters`` convert other columns by name,
    e.g. ``{"detail": json.loads}``. ``joined`` has the columns of fields that are not of ``table``,
    by name.

    Raises:
        KeyError: ``table`` has no column for a field.
    """

    def __init__(
        self,
        table: Table,
        record: type[Record],
        converters: Mapping[str, Callable[[Any], Any]] | None = None,
        joined: Mapping[str, Label[Any]] | None = None,
    ) -> None:
        known = {**table.c, **(joined or {})}
        self.columns: tuple[ColumnElement[Any], ...] = tuple(
            known[field.name] for field in fields(record)
        )
        self._names = [field.name for field in fields(record)]
        self._record = record
        hints = get_type_hints(record)
        enums = {
            name: hint
            for name, hint in hints.items()
            if isinstance(hint, type) and issubclass(hint, StrEnum)
        }
        self._converters: dict[str, Callable[[Any], Any]] = {**enums, **(converters or {})}

    def read(self, row: AnyRow) -> Record:
        """Return the record in ``row``, which must have the columns :attr:`columns` or more."""
        values = {
            name: row._mapping[column]
            for name, column in zip(self._names, self.columns, strict=True)
        }
        for name, convert in self._converters.items():
            values[name] = convert(values[name])
        return self._record(**values)


_SUBMISSIONS = RecordColumns(submissions, SubmissionRecord)
#: The columns of a submission's record, and the function that makes the record of a row with them.
RECORD = _SUBMISSIONS.columns
record_of = _SUBMISSIONS.read


def author_of(actor: Column[str]) -> Label[str]:
    """Return the name of the token whose id the column ``actor`` has, or else the actor itself.

    The query must join ``tokens`` on ``actor``, as an outer join.
    """
    return func.coalesce(tokens.c.name, actor).label("author")


# Literals instead of parameters, so that the planner can always use a partial index.
QUEUED: ColumnElement[bool] = submissions.c.state == literal_column("'queued'")
RUNNING: ColumnElement[bool] = submissions.c.state == literal_column("'running'")
PARKED: ColumnElement[bool] = submissions.c.state == literal_column("'needs_attention'")
DUE: ColumnElement[bool] = passbacks.c.state == literal_column("'due'")

_OTHER = submissions.alias("other")
#: The student's newest attempt with a report: the one that counts.
IS_COUNTED: ColumnElement[bool] = (
    submissions.c.attempt
    == select(func.max(_OTHER.c.attempt))
    .where(_OTHER.c.exercise == submissions.c.exercise)
    .where(_OTHER.c.student == submissions.c.student)
    .where(_OTHER.c.report_id.is_not(None))
    .correlate(submissions)
    .scalar_subquery()
)
