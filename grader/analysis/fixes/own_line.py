"""Add the student's own line and its fixed version to findings, where a fix can be computed."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.domain.inspection import Finding
from grader.domain.source import SourceFile, restore

#: Per file and finding code: at most 3 findings get a fix, and a fix is attempted for at most 12.
#: Chosen by hand.
_MOST_SHOWN = 3
_MOST_TRIED = 12
#: Longest line, before or after the fix, in characters. e.g. a row of a long table is skipped, a
#: line of 100 characters is not. Chosen by hand.
_LONGEST = 160

#: Code to put before a clause that does not parse on its own, by the clause's first word, e.g. for
#: ``elif x:``. There is none for ``else:``, ``finally:`` and ``case``: their lines get no fix.
_OPENINGS = {"elif": "if 1:\n    pass\n", "except": "try:\n    pass\n"}
#: e.g. ``elif`` in ``elif x:``; empty for ``@decorator``.
_FIRST_WORD = re.compile(r"\w*")


@dataclass(frozen=True)
class Line:
    """One line of source that parses on its own, for a `Fix` to rewrite; see :func:`line_of`.

    It has whole statements, the header of a block, or only a comment. ``text`` is the line without
    its indentation and newline, ``tree`` the syntax tree of ``text``. For a header such as
    ``if x:`` the tree has ``pass`` as body; for ``elif`` and ``except`` it has an ``if`` or ``try``
    before it. ``row`` is the 1-based line of ``tree`` that holds ``text``. ``indented``: the line
    has indentation in the file.
    """

    text: str
    tree: ast.Module
    row: int
    indented: bool

    @property
    def statement(self) -> ast.stmt | ast.ExceptHandler | None:
        """The one statement or ``except`` clause on the line; ``None`` for several or none.

        ``elif x:`` gives its ``ast.If``, and ``if x: y = 1`` the ``if``, which holds the other
        statement. ``a = 1; b = 2`` are several; a comment is none.
        """
        found = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt | ast.ExceptHandler) and node.lineno == self.row
        ]
        return found[0] if found and self._spans_the_others(found) else None

    def _spans_the_others(self, found: Sequence[ast.stmt | ast.ExceptHandler]) -> bool:
        """Return whether no node in ``found`` ends after the first one."""
        ends = [(one.end_lineno or 0, one.end_col_offset or 0) for one in found]
        return all(end <= ends[0] for end in ends)

    def at(self, column: int) -> int:
        """Return the index in ``text`` of ``column``, an offset in UTF-8 bytes as `ast` has it.

        It is a column of ``tree``, not of the file: the indentation does not count.
        """
        return len(self.text.encode()[:column].decode())

    def start(self, node: ast.AST) -> int:
        """Return the index in ``text`` at which ``node`` of ``tree`` begins.

        The node has to begin in the line. 0 for a node without a position, e.g. ``ast.arguments``.
        """
        return self.at(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        """Return the index in ``text`` after the last character of ``node`` of ``tree``.

        The node has to end in the line; a block such as ``if x:`` does not, only its parts do. 0
        for a node without a position, e.g. ``ast.arguments``.
        """
        return self.at(getattr(node, "end_col_offset", None) or 0)

    def of(self, node: ast.AST) -> str:
        """Return the part of ``text`` that is ``node`` of ``tree``, which lies in the line."""
        return self.text[self.start(node) : self.end(node)]

    def with_edits(self, edits: Iterable[tuple[int, int, str]]) -> str | None:
        """Return ``text`` with each (start, end, replacement) of ``edits`` applied, in any order.

        Positions are indices of the unedited text. Return ``None`` if two edits overlap or one ends
        after the text. Insertions at the same index are made in alphabetical order.
        """
        text, before = self.text, len(self.text)
        for start, end, new in sorted(edits, reverse=True):
            if end > before:
                return None
            text, before = text[:start] + new + text[end:], start
        return text


#: A function that returns the fixed text of a finding's line: one or several lines, an empty string
#: if the line should be deleted, or ``None`` if it knows no fix.
Fix = Callable[[Finding, Line], str | None]


def with_own_lines(
    source: SourceFile, findings: Iterable[Finding], fix: Fix
) -> tuple[Finding, ...]:
    """Return all ``findings`` in their order, the first few of each code with their fixed line.

    Such a finding has ``before``, the line of ``source`` without indentation, and ``after``, the
    result of ``fix``. It is left unchanged if ``fix`` returns ``None`` or the same line, or if
    either text does not parse on its own (``after`` may be empty: delete the line) or has a line
    over 160 characters. Of each code the first 12 findings are tried, until 3 have a fixed line.
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
    """Return ``finding`` with ``before`` and ``after``, or unchanged if there is no usable fix."""
    line = line_of(source, finding.line)
    fixed = None if line is None else fix(finding, line)
    if line is None or fixed is None or fixed == line.text or not _stands(fixed):
        return finding
    before, after = (restore(text, source.stand_in) for text in (line.text, fixed))
    return finding.model_copy(update={"before": before, "after": after})


def line_of(source: SourceFile, number: int) -> Line | None:
    """Return the line of ``source`` with the 1-based ``number``.

    Return ``None`` if there is no such line, if it is blank or longer than 160 characters without
    its indentation, or if it does not parse on its own, e.g. ``else:`` or one line of a call that
    spans several. A comment parses.
    """
    if not 0 < number <= len(source.lines):
        return None
    whole = source.lines[number - 1].rstrip("\n")
    text = whole.lstrip(" \t")
    if not text or len(text) > _LONGEST:
        return None
    read = _read(text)
    return None if read is None else Line(text, *read, indented=text != whole)


def _stands(fixed: str) -> bool:
    """Return whether ``fixed`` is empty, or parses and has no line longer than ``_LONGEST``."""
    lines = fixed.split("\n")
    if any(len(line) > _LONGEST for line in lines):
        return False
    return not fixed or _read(fixed) is not None


def _read(text: str) -> tuple[ast.Module, int] | None:
    """Parse ``text``, alone or as the header of a block.

    Return its tree and the 1-based line of the tree at which ``text`` begins, or ``None`` if it
    does not parse.
    """
    word = _FIRST_WORD.match(text)
    opening = _OPENINGS.get(word[0], "") if word else ""
    for ending in ("", "\n    pass"):
        tree = parsed(opening + text + ending)
        if tree is not None:
            return tree, opening.count("\n") + 1
    return None


def parsed(text: str) -> ast.Module | None:
    """Return the tree of ``text``, or ``None`` if it does not parse. Warnings are suppressed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
