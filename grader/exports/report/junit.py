"""A report as JUnit XML, for the test views of CI systems: a test case for each criterion.

The document uses only elements and attributes that Jenkins, GitLab and pytest's own writer share:
``testsuites/testsuite/properties/property`` and ``testcase`` with at most one ``failure`` or
``skipped``. CI systems count ``error`` like ``failure``, so it is never used: points that are
withheld because a check broke on our side must not read as the student's failure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from grader.domain.report import CriterionLine, FindingLine, Report
from grader.exports.prose import messages
from grader.exports.prose.layout import part_of
from grader.exports.prose.sanitize import sanitize

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render_junit(report: Report) -> str:
    """Return ``report`` as a JUnit XML document, with a test case for each criterion.

    A criterion that lost points is a failure; one that is manual, withheld, not counted or worth 0
    points is skipped. Control characters and invisible characters are replaced by visible escapes,
    so the document is always well-formed.
    """
    report = sanitize(report)
    root = Element("testsuites", name="grader")
    suite = SubElement(root, "testsuite", name=report.rubric.exercise)
    properties = SubElement(suite, "properties")
    for name, value in _properties(report):
        SubElement(properties, "property", name=name, value=str(value))
    titles = Counter(line.title for line in report.criteria)
    for line in report.criteria:
        # GitLab ignores all but the first of equally named test cases.
        name = line.title if titles[line.title] == 1 else f"{line.title} ({line.id})"
        case = SubElement(suite, "testcase", classname=report.rubric.exercise, name=name)
        _add_result(case, report, line)
    SubElement(suite, "system-out").text = "\n".join(_summary(report))
    counts = _counts(suite)
    suite.attrib.update(counts)
    root.attrib.update(counts)
    ElementTree.indent(root)
    return f"{_DECLARATION}{ElementTree.tostring(root, encoding='unicode')}\n"


def junit_headers() -> Mapping[str, str]:
    """Return the ``Content-Disposition`` with which a browser saves the document, not shows it."""
    return {"Content-Disposition": 'attachment; filename="report.xml"'}


def _properties(report: Report) -> Iterator[tuple[str, str | int | float]]:
    """Yield the (name, value) pairs of the suite; numbers that are ``None`` are left out.

    Points of criteria are properties of the suite, because older readers reject properties inside
    a test case.
    """
    total, receipt = report.total, report.receipt
    yield "status", report.status
    if total.points is not None:
        yield "points", total.points
    yield "at_least", total.at_least
    yield "max_points", total.max_points
    if total.capped_at is not None:
        yield "capped_at", total.capped_at
        yield "capped_by", total.capped_by or total.limited
    yield from _left_out(report)
    for line in report.criteria:
        if line.points is not None:
            yield f"criteria.{line.id}.points", line.points
        yield f"criteria.{line.id}.max_points", line.max_points
    if receipt is not None:
        yield "student", receipt.student
        yield "attempt", receipt.attempt
        yield "submission", receipt.submission
    if report.rubric.version is not None:
        yield "rubric_version", report.rubric.version
    yield "rubric_digest", report.rubric.digest
    yield "submission_digest", report.submission.digest
    yield "engine", messages.engine_of(report)


def _left_out(report: Report) -> Iterator[tuple[str, str | int | float]]:
    """Yield the properties about withheld points and leftover files, if there are any."""
    withheld, leftovers = messages.withheld(report), messages.leftovers(report)
    if withheld:
        yield "withheld", withheld
    if leftovers:
        yield "leftovers", ", ".join(one.path for one in leftovers)


def _add_result(case: Element, report: Report, line: CriterionLine) -> None:
    """Add a ``failure`` to ``case`` if ``line`` lost points, or ``skipped`` if it is not judged.

    Nothing is added for full points. Jenkins keeps only one ``failure`` of a test case, so its text
    contains all findings.
    """
    part = part_of(line)
    message = f"{messages.points_of(line)}: {line.why}"
    if part == "lost":
        failure = SubElement(case, "failure", message=message, type="points_lost")
        fix = messages.to_fix(report, line)
        found = [_finding(one) for one in report.findings if line.id in one.criteria]
        failure.text = "\n".join([line.why, *([f"To fix: {fix}."] if fix else []), *found])
    elif part != "full":
        SubElement(case, "skipped", message=message)


def _finding(one: FindingLine) -> str:
    """Return ``path:line:column: code message``, which editors turn into a link; no cell number."""
    path = one.path if one.cell is None else f"{one.path} (cell {one.cell})"
    return f"{path}:{one.line}:{one.column}: {one.code} {one.message}"


def _summary(report: Report) -> Iterator[str]:
    """Yield the lines about the whole report.

    These are about total, cap, leftover files, faults, first step and signals.
    """
    yield f"Total: {messages.score(report)}"
    if messages.attention(report):
        yield messages.attention(report)
    yield from messages.about_total(report)
    yield from map(_finding, messages.leftovers(report))
    for fault in report.faults:
        yield f"{fault.path}: {fault.check} ({messages.fault_of(fault)})"
    yield ": ".join(messages.first_thing(report))
    if report.signals:
        yield f"{messages.FOR_TEACHERS}. {messages.SIGNALS_NOTE}"
        yield from map(_finding, report.signals)


def _counts(suite: Element) -> dict[str, str]:
    """Return the attributes that count the test cases of ``suite`` by result."""
    return {
        "tests": str(len(suite.findall("testcase"))),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": "0",
        "skipped": str(len(suite.findall("testcase/skipped"))),
    }
