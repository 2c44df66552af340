"""The student's own line beside the fixed one, for findings where that can be worked out."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.domain.inspection import Finding
from grader.domain.source import SourceFile, restore

#: Per file and code: at most 3 findings show a fix, and at most 12 are tried. Chosen by hand.
_MOST_SHOWN = 3
_MOST_TRIED = 12
#: Lines and fixes of more characters are not shown, e.g. a long table. Chosen by hand.
_LONGEST = 160

#: Code to parse before a clause that is no statement alone, e.g. ``elif x:``; not ``else:``.
_OPENINGS = {"elif": "if 1:\n    pass\n", "except": "try:\n    pass\n"}
_FIRST_WORD = re.compile(r"\w*")


@dataclass(frozen=True)
class Line:
    """One line of source that is a whole statement, or the head of one, without its indentation.

    ``row`` is the line of ``tree`` on which it stands.
    """

    text: str
    tree: ast.Module
    row: int
    indented: bool

    @property
    def statement(self) -> ast.stmt | ast.ExceptHandler | None:
        """The one statement of the line, its ``except`` clause, or nothing where there are more."""
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt | ast.ExceptHandler) and node.lineno == self.row
        ]
        return found[0] if found and self._spans_the_others(found) else None

    def _spans_the_others(self, found: Sequence[ast.stmt | ast.ExceptHandler]) -> bool:
        ends = [(one.end_lineno or 0, one.end_col_offset or 0) for one in found]
        return all(end <= ends[0] for end in ends)

    def at(self, column: int) -> int:
        """The character at which a column of the tree (in bytes) lies."""
        return len(self.text.encode()[:column].decode())

    def start(self, node: ast.AST) -> int:
        """The character at which a node of the tree begins."""
        return self.at(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        """The character behind the last one of a node of the tree."""
        return self.at(getattr(node, "end_col_offset", None) or 0)

    def of(self, node: ast.AST) -> str:
        """The text of a node of the tree."""
        return self.text[self.start(node) : self.end(node)]

    def with_edits(self, edits: Iterable[tuple[int, int, str]]) -> str | None:
        """The text with other text in some places, or ``None`` where they overlap."""
        text, before = self.text, len(self.text)
        for start, end, new in sorted(edits, reverse=True):
            if end > before:
                return None
            text, before = text[:start] + new + text[end:], start
        return text


#: What the line of a finding should be: several lines, nothing at all, or ``None`` if unknown.
Fix = Callable[[Finding, Line], str | None]


def with_own_lines(
    source: SourceFile, findings: Iterable[Finding], fix: Fix
) -> tuple[Finding, ...]:
    """The findings, the first few of each code with the line as it is and as it could be.

    A fix is shown only where the line stands by itself both before and after.
    """
    shown: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    found = []
    for finding in findings:
        if shown[finding.code] < _MOST_SHOWN and tried[finding.code] < _MOST_TRIED:
            tried[finding.code] += 1
            finding = _with_own_line(source, finding, fix)
            shown[finding.code] += finding.before is not None
        found.append(finding)
    return tuple(found)


def _with_own_line(source: SourceFile, finding: Finding, fix: Fix) -> Finding:
    line = line_of(source, finding.line)
    fixed = None if line is None else fix(finding, line)
    if line is None or fixed is None or fixed == line.text or not _stands(fixed):
        return finding
    before, after = (restore(text, source.stand_in) for text in (line.text, fixed))
    return finding.model_copy(update={"before": before, "after": after})


def line_of(source: SourceFile, number: int) -> Line | None:
    """A line of a file by its number, or ``None`` where it is only part of a statement."""
    if not 0 < number <= len(source.lines):
        return None
    whole = source.lines[number - 1].rstrip("\n")
    text = whole.lstrip(" \t")
    if not text or len(text) > _LONGEST:
        return None
    read = _read(text)
    return None if read is None else Line(text, *read, indented=text != whole)


def _stands(fixed: str) -> bool:
    lines = fixed.split("\n")
    if any(len(line) > _LONGEST for line in lines):
        return False
    return not fixed or _read(fixed) is not None


def _read(text: str) -> tuple[ast.Module, int] | None:
    """Parse a line; return its tree and its row there, or ``None`` if it does not parse."""
    word = _FIRST_WORD.match(text)
    opening = _OPENINGS.get(word[0], "") if word else ""
    for ending in ("", "\n    pass"):
        tree = _parsed(opening + text + ending)
        if tree is not None:
            return tree, opening.count("\n") + 1
    return None


def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return None
