"""Fix a line on which a name has the wrong case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.fixes.renames import is_free, renamed
from grader.analysis.syntax.constants import constants_of
from grader.analysis.syntax.names import cap_words, snake_case
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: The name in a message of pep8-naming, e.g. "variable `maxSize` in function should be lowercase".
_NAME = re.compile(r"`(\w+)`")
#: The code for a global variable in mixedCase.
_GLOBAL = "N816"
#: By code of pep8-naming, the conversion of a name to the case that it should have.
_CASES: Mapping[str, Callable[[str], str]] = {"N801": cap_words} | dict.fromkeys(
    ("N802", "N803", "N806", "N815", _GLOBAL), snake_case
)


def name_case_fix(source: SourceFile) -> Fix:
    """Return a function that fixes the line on which a name breaks a case rule of pep8-naming.

    It takes a finding and its line, and returns the corrected line (see `Fix`), e.g. with
    ``calc_total`` for ``calcTotal``; other lines keep the old name. A global with a literal value
    that never changes becomes a constant: ``maxSize`` becomes ``MAX_SIZE``. Attributes and
    keyword arguments of calls stay. The function returns ``None`` if the new name is a keyword or
    builtin or occurs anywhere in the file, also in comments; for rules about anything but classes,
    functions, arguments and variables; and for single letters, which need a word, not a case.
    """

    def fix(finding: Finding, line: Line) -> str | None:
        match, convert = _NAME.search(finding.message), _CASES.get(finding.code)
        if match is None or convert is None or len(match[1]) == 1:
            return None
        old = match[1]
        new = convert(old)
        if finding.code == _GLOBAL:
            constants = {each.name: each.in_upper for each in constants_of(source)}
            new = constants.get(old, new)
        return renamed(line, old, new) if is_free(new, source) else None

    return fix
