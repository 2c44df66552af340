"""Fix a missing docstring: add an empty one below the first line of a class or function."""

from __future__ import annotations

from grader.analysis.fixes.own_line import Line
from grader.analysis.syntax.statements import DEFINITIONS
from grader.domain.inspection import Finding

#: A docstring without words. It counts as trivial until the student fills it in.
_SHAPE = '    """..."""'


def docstring_fix(finding: Finding, line: Line) -> str | None:
    """Return `line`, the head of a definition, with an empty docstring on a new line below it.

    Return ``None`` if `finding` is not about a missing docstring, `line` begins no definition, or
    the body is on the same line, e.g. ``def f(): return 1``.
    """
    head = line.statement
    if finding.code != "missing-docstring" or not isinstance(head, DEFINITIONS):
        return None
    return f"{line.text}\n{_SHAPE}" if head.body[0].lineno > line.row else None
