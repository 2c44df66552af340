"""The head of a class or function with the place for its docstring below it."""

from __future__ import annotations

from grader.analysis.fixes.own_line import Line
from grader.analysis.syntax.statements import DEFINITIONS
from grader.domain.inspection import Finding

#: It says nothing, so that it counts as none until a student fills it in.
_SHAPE = '    """..."""'


def docstring_fix(finding: Finding, line: Line) -> str | None:
    """Where a missing docstring belongs: on the line below the head."""
    head = line.statement
    if finding.code != "missing-docstring" or not isinstance(head, DEFINITIONS):
        return None
    return f"{line.text}\n{_SHAPE}" if head.body[0].lineno > line.row else None
