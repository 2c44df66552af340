"""Fix a missing docstring: add an empty one below the first line of a class or function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.statements import DEFINITIONS
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: A docstring without words. It counts as trivial until the student fills it in.
_PLACEHOLDER = '"""..."""'


def docstring_fix(source: SourceFile) -> Fix:
    """Return a function that fixes the line of a finding about a missing docstring in `source`.

    That function takes a finding and its `Line`, the head of a class or function. It returns the
    line, without its indentation, and below it a docstring of three dots, indented as far as the
    body in `source` is beyond the head. It returns ``None`` for other findings, e.g. about the
    module, and for a head with the body on the same line, e.g. ``def f(): return 1``.
    """

    def fix(finding: Finding, line: Line) -> str | None:
        head = line.statement
        if finding.code != "missing-docstring" or not isinstance(head, DEFINITIONS):
            return None
        # A finding about the module is at line 1, where a definition may begin. One about the
        # definition begins with its full name, e.g. "`Cart.add` has no docstring".
        is_about_head = re.match(rf"`(.*\.)?{re.escape(head.name)}`", finding.message)
        if not is_about_head or head.body[0].lineno == line.row:
            return None
        inner = _indentation_below(source.lines, finding.line)
        return None if inner is None else f"{line.text}\n{inner}{_PLACEHOLDER}"

    return fix


def _indentation_below(lines: Sequence[str], row: int) -> str | None:
    """Return the indentation of the first line of code below line `row`, beyond that of `row`.

    `row` counts from 1. Return ``None`` if no line of code follows, or if its indentation does not
    begin with that of `row`.
    """
    outer = _indentation(lines[row - 1])
    for line in lines[row:]:
        if line.strip() and not line.lstrip().startswith("#"):
            inner = _indentation(line)
            return inner.removeprefix(outer) if inner.startswith(outer) else None
    return None


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
