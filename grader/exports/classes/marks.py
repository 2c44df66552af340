"""The marks of a class as CSV for a spreadsheet or a gradebook: a row for each student."""

from __future__ import annotations

from collections.abc import Iterable

from grader.domain.characters import visible
from grader.exports.report.csv import Cell, table_of
from grader.service.records import Mark

COLUMNS = (
    *("exercise", "student", "points", "max_points", "attempt", "state"),
    *("rubric_version", "received_at", "reported_at", "submission"),
)


def marks_table(exercise: str, marks: Iterable[Mark]) -> str:
    """Return ``marks`` of ``exercise`` as CSV: a header of :data:`COLUMNS`, then a row for each.

    Rows are in the order of ``marks``; the text begins with a byte order mark. Times are in
    ISO 8601. Points that are withheld are empty. Hidden characters of student ids are escaped, and
    texts that a spreadsheet would read as formulas get a ``'`` in front.
    """
    return table_of(COLUMNS, (_row(exercise, mark) for mark in marks))


def _row(exercise: str, mark: Mark) -> dict[str, Cell]:
    return {
        "exercise": exercise,
        "student": visible(mark.student),
        "points": mark.points,
        "max_points": mark.max_points,
        "attempt": mark.attempt,
        "state": mark.state.value,
        "rubric_version": mark.rubric_version,
        "received_at": mark.received_at.isoformat(),
        "reported_at": mark.reported_at.isoformat(),
        "submission": mark.submission,
    }
