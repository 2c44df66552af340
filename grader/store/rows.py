"""Rows of ``submissions`` as records, and the conditions that queries share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, literal_column

from grader.service.lanes import Lane
from grader.service.records import SubmissionRecord, SubmissionState
from grader.store.tables import passbacks, submissions

#: A row whose columns the type checker does not follow.
AnyRow = Row[*tuple[Any, ...]]

#: What a record is made of, in the order of its fields.
RECORD = (
    submissions.c.id,
    submissions.c.exercise,
    submissions.c.course,
    submissions.c.student,
    submissions.c.attempt,
    submissions.c.state,
    submissions.c.lane,
    submissions.c.tries,
    submissions.c.archive_sha256,
    submissions.c.filename,
    submissions.c.source,
    submissions.c.problem,
    submissions.c.received_at,
    submissions.c.queued_at,
    submissions.c.graded_at,
    submissions.c.superseded_by,
)


# Literals rather than parameters: they always let a planner see that a partial index fits.
QUEUED: ColumnElement[bool] = submissions.c.state == literal_column("'queued'")
RUNNING: ColumnElement[bool] = submissions.c.state == literal_column("'running'")
PARKED: ColumnElement[bool] = submissions.c.state == literal_column("'needs_attention'")
DUE: ColumnElement[bool] = passbacks.c.state == literal_column("'due'")


def record_of(row: AnyRow) -> SubmissionRecord:
    """The record of a row that holds (at least) the columns of :data:`RECORD`."""
    mapping = row._mapping
    fields = {column.name: mapping[column] for column in RECORD}
    fields |= {"state": SubmissionState(fields["state"]), "lane": Lane(fields["lane"])}
    return SubmissionRecord(**fields)
