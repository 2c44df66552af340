"""Lines on which a name breaks a rule of case, with the name as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.fixes.renames import is_free, renamed
from grader.analysis.syntax.constants import constants_of
from grader.analysis.syntax.name_cases import cap_words, snake_case
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

_TOLD = re.compile(r"`(\w+)`")
_GLOBAL = "N816"
#: By code of pep8-naming, the case that a name should have.
_CASES: Mapping[str, Callable[[str], str]] = {"N801": cap_words} | dict.fromkeys(
    ("N802", "N803", "N806", "N815", _GLOBAL), snake_case
)


def name_case_fix(source: SourceFile) -> Fix:
    """Return the fix for lines on which a name breaks a case rule of pep8-naming.

    A single letter in another case is no better: that name needs a word. What never changes is
    proposed as the constant that it is.
    """

    def fix(finding: Finding, line: Line) -> str | None:
        told, case = _TOLD.search(finding.message), _CASES.get(finding.code)
        if told is None or case is None or len(told[1]) == 1:
            return None
        new = case(told[1])
        if finding.code == _GLOBAL:
            new = _constants(source).get(told[1], new)
        return renamed(line, told[1], new) if is_free(new, source) else None

    return fix


def _constants(source: SourceFile) -> Mapping[str, str]:
    return {each.name: each.in_upper for each in constants_of(source.tree)}
