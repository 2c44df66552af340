"""What a draft of a rubric would give a class, as CSV: a row for each student."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.domain.characters import visible
from grader.domain.effect import Moved
from grader.domain.scoring import number
from grader.exports.report.csv import Cell, table_lines

COLUMNS = ("student", "attempt", "submission", "before", "after", "change", "problem")


def preview_table(criteria: Sequence[str], students: Iterable[Moved]) -> Iterator[str]:
    """Yield the lines of a CSV table: a header, then a row for each of ``students``, in order.

    Beside :data:`COLUMNS` there are two columns for each of the ``criteria``, e.g.
    ``style before`` and ``style after``. Points that are unknown are empty. The text begins with a
    byte order mark; texts that a spreadsheet would read as formulas get a ``'`` in front.
    """
    pairs = [f"{name} {side}" for name in criteria for side in ("before", "after")]
    return table_lines((*COLUMNS, *pairs), map(_row, students))


def _row(moved: Moved) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "student": visible(moved.student),
        "attempt": moved.attempt,
        "submission": moved.submission,
        "before": moved.before.points,
        "after": moved.after.points if moved.after else None,
        "change": None if moved.change is None else number(moved.change),
        "problem": moved.problem,
    }
    for one in moved.criteria():
        row[f"{one.id} before"] = one.before.points if one.before else None
        row[f"{one.id} after"] = one.after.points if one.after else None
    return row
