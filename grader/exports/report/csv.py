"""A report as CSV for a spreadsheet: a row for the total, each criterion, finding, signal, fault.

Every row names the exercise, the student and the attempt, so tables of many reports can be
concatenated. The column ``row`` (``total``, ``criterion``, ``finding``, ``signal`` or ``fault``)
is there to filter by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO

from defusedcsv import csv

from grader.domain.report import CriterionLine, FindingLine, Report
from grader.exports.prose import messages
from grader.exports.prose.sanitize import sanitize

#: Byte order mark: without it Excel reads the file in the code page of the host, not as UTF-8.
_BYTE_ORDER_MARK = "\ufeff"
#: Starts of formulas that defusedcsv does not escape: signs after white space that a spreadsheet
#: trims, and full-width signs. E.g. `` =1+1`` and ``＝1+1``; not ``a=1``, nor ``=1``, which
#: defusedcsv escapes.
_FORMULA = re.compile(r"\s+[=+\-@|%]|\s*[＝＋－＠｜％]")

COLUMNS = (
    *("exercise", "student", "attempt", "row", "criteria", "points", "max_points"),
    *("path", "cell", "line", "column", "check", "code", "message", "how_to_fix"),
)
Cell = str | int | float | None


def render_csv(report: Report) -> str:
    """Return ``report`` as CSV (RFC 4180, with a byte order mark) in which no cell is a formula.

    There is a row for the total and for each criterion, finding, signal and fault; the columns are
    :data:`COLUMNS`.
    """
    report = sanitize(report)
    receipt = report.receipt
    own: dict[str, Cell] = {
        "exercise": report.rubric.exercise,
        "student": receipt.student if receipt else "",
        "attempt": receipt.attempt if receipt else None,
    }
    return table_of(COLUMNS, ({**own, **row} for row in _rows(report)))


def table_of(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Return CSV with a header of ``columns`` and ``rows``, which map columns to values.

    It begins with a byte order mark. A column that a row lacks, or whose value is ``None``, is
    empty; keys of a row that are not in ``columns`` are ignored. Texts that a spreadsheet would
    read as formulas get a ``'`` in front.
    """
    return "".join(table_lines(columns, rows))


def table_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> Iterator[str]:
    """Yield the lines of :func:`table_of`, one for each row as it comes."""
    sheet = StringIO()
    writer = csv.writer(sheet, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    yield _BYTE_ORDER_MARK + sheet.getvalue()
    for row in rows:
        sheet.seek(0)
        sheet.truncate()
        writer.writerow([_cell(row.get(column)) for column in columns])
        yield sheet.getvalue()


def csv_headers() -> Mapping[str, str]:
    """Return the ``Content-Disposition`` with which a browser saves the table, not shows it."""
    return {"Content-Disposition": 'attachment; filename="report.csv"'}


def _cell(value: Cell) -> Cell:
    """Return ``value``, with a quote before a text that matches :data:`_FORMULA`."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _rows(report: Report) -> Iterator[dict[str, Cell]]:
    """Yield the rows of the table: total, criteria, findings, signals, faults."""
    total = report.total
    yield {
        "row": "total",
        "points": total.points,
        "max_points": total.max_points,
        "message": " ".join(_about_total(report)),
    }
    yield from map(_criterion, report.criteria)
    yield from (_finding("finding", one) for one in report.findings)
    yield from (_finding("signal", one) for one in report.signals)
    for fault in report.faults:
        message = messages.fault_of(fault)
        yield {"row": "fault", "path": fault.path, "check": fault.check, "message": message}


def _about_total(report: Report) -> Iterator[str]:
    """Yield the sentences in the row of the total: what is withheld, and what limits it."""
    if messages.withheld(report):
        yield f"{messages.score(report)[0].upper()}{messages.score(report)[1:]}."
    yield from filter(None, [messages.attention(report), *messages.about_total(report)])


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
    """Return the row of a finding or signal; ``kind`` is its value in the column ``row``."""
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
