"""A report as a table for a spreadsheet: a row a criterion, then a row a finding.

Every row names the exercise, the student and the attempt, so that the tables of many reports can
be put under one another, and begins with its kind (``total``, ``criterion``, ``finding``,
``signal`` or ``fault``), by which a spreadsheet can filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO

from defusedcsv import csv

from grader.domain.report import CriterionLine, FindingLine, Report
from grader.exports.prose import messages
from grader.exports.prose.sanitize import harmless

#: Excel takes a file without this mark for one in the alphabet of its country.
_MARK = "\ufeff"
#: What begins a formula beside the signs that defusedcsv knows: their full-width twins, and
#: either behind blanks that a spreadsheet trims.
_FORMULA = re.compile(r"\s+[=+\-@|%]|\s*[＝＋－＠｜％]")

COLUMNS = (
    *("exercise", "student", "attempt", "row", "criteria", "points", "max_points"),
    *("path", "cell", "line", "column", "check", "code", "message", "how_to_fix"),
)
Cell = str | int | float | None


def render_csv(report: Report) -> str:
    """The report as CSV (RFC 4180, UTF-8 with a mark), in which no cell is a formula."""
    report = harmless(report)
    receipt = report.receipt
    own: dict[str, Cell] = {
        "exercise": report.rubric.exercise,
        "student": receipt.student if receipt else "",
        "attempt": receipt.attempt if receipt else None,
    }
    return sheet_of(COLUMNS, ({**own, **row} for row in _rows(report)))


def sheet_of(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """A table for spreadsheets, in which no cell is a formula; what a row lacks is empty."""
    sheet = StringIO()
    writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return _MARK + sheet.getvalue()


def csv_headers() -> Mapping[str, str]:
    """What a server says beside the table: it is to be saved, not shown."""
    return {"Content-Disposition": 'attachment; filename="report.csv"'}


def _cell(value: Cell) -> Cell:
    """A number as it is; a text so that a spreadsheet takes it for one."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _rows(report: Report) -> Iterator[dict[str, Cell]]:
    total = report.total
    yield {
        "row": "total",
        "points": total.points,
        "max_points": total.max_points,
        "message": messages.attention(report) or " ".join(messages.about_total(report)),
    }
    yield from map(_criterion, report.criteria)
    yield from (_finding("finding", one) for one in report.findings)
    yield from (_finding("signal", one) for one in report.signals)
    for fault in report.faults:
        told = messages.fault_of(fault)
        yield {"row": "fault", "path": fault.path, "check": fault.check, "message": told}


def _criterion(line: CriterionLine) -> dict[str, Cell]:
    return {
        "row": "criterion",
        "criteria": line.id,
        "points": line.points,
        "max_points": line.max_points,
        "check": line.check,
        "message": f"{line.title}: {line.why}",
        "how_to_fix": line.how_to_fix,
    }


def _finding(kind: str, one: FindingLine) -> dict[str, Cell]:
    return {
        "row": kind,
        "criteria": " ".join(one.criteria),
        "path": one.path,
        "cell": one.cell,
        "line": one.line,
        "column": one.column,
        "check": one.check,
        "code": one.code,
        "message": one.message,
        "how_to_fix": one.how_to_fix,
    }
