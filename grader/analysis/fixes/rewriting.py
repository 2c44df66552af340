"""Rewrite parts of a file: replace expressions, statements or lines, and show what changes.

A rewrite is a list of edits of the file's text. :func:`with_rewrites` adds it to a finding: as the
student's own line with its new text where one line changes, and as the body of a diff where several
do. A rewrite is shown only if what it changes still parses.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from grader.analysis.fixes.diff import CONTEXT_LINES, difference
from grader.analysis.fixes.own_line import parsed
from grader.analysis.syntax.statements import functions_in
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile, restore

#: Per file and finding code, at most 3 findings get a rewrite. Chosen by hand, as for own lines.
_MOST_SHOWN = 3
#: The most lines that a rewrite may change to be shown; a reader skips a longer one. By hand.
_MOST_LINES = 30


#: What stands before an expression that may be any other, e.g. "(", "x = " and "return "; not "==".
_OPENS = re.compile(r"(^|[(\[{,:\n]|[^=!<>+*/%-]=|\b(return|if|elif|while|in|and|or))$")
#: What stands after it, e.g. ")" and ":"; not "+" and ".".
_CLOSES = re.compile(r"$|[)\]},:\n#]|(and|or|if|else)\b")


class Edit(NamedTuple):
    """A replacement: the characters of the file's text from ``start`` to ``end`` become ``text``.

    Both are 0-based indices, and ``end`` is exclusive. An empty ``text`` deletes them.
    """

    start: int
    end: int
    text: str


class Layout:
    """The text of a file with the positions of its nodes, for rewrites.

    Lines are 1-based, as in :mod:`ast`. Positions are indices of characters of ``text``.
    """

    def __init__(self, source: SourceFile) -> None:
        self.text = source.text
        self.tree = source.tree
        self.stand_in = source.stand_in
        self.lines = source.lines
        self._starts = [0, *accumulate(len(line) for line in self.lines)]

    def index(self, line: int, column: int) -> int:
        """Return the index of the character at ``column``, in bytes as :mod:`ast` has it."""
        text = self.lines[line - 1]
        before = column if text.isascii() else len(text.encode()[:column].decode())
        return self._starts[line - 1] + before

    def start(self, node: ast.AST) -> int:
        """Return the index of the first character of ``node``, which needs a position."""
        return self.index(_first(node), node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Return the index after the last character of ``node``, which needs a position."""
        return self.index(last_line(node), node.end_col_offset)  # type: ignore[attr-defined]

    def of(self, node: ast.AST) -> str:
        """Return the text of ``node``, which needs a position; brackets around it are left out."""
        return self.text[self.start(node) : self.end(node)]

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that replaces ``node`` by ``text``."""
        return Edit(self.start(node), self.end(node), text)

    def replace_lines(self, first: int, last: int, lines: Iterable[str]) -> Edit:
        """Return the edit that replaces the lines from ``first`` to ``last``, both included.

        ``lines`` have no newlines; without any, the lines are deleted.
        """
        text = "".join(line + "\n" for line in lines)
        return Edit(self._starts[first - 1], self._starts[last], text)

    def delete(self, first: int, last: int) -> Edit:
        """Return the edit that deletes the lines from ``first`` to ``last``, both included."""
        return self.replace_lines(first, last, ())

    def has_own_lines(self, node: ast.AST) -> bool:
        """Return whether no other code stands on the first and last line of ``node``.

        e.g. not for one of ``a = 1; b = 2``, nor for the body of ``if x: y()`` on one line. A
        comment after it is no code.
        """
        before = self.text[self._starts[_first(node) - 1] : self.start(node)]
        after = self.text[self.end(node) : self._starts[last_line(node)]].strip()
        return not before.strip() and (not after or after.startswith("#"))

    def stands_alone(self, node: ast.AST) -> bool:
        """Return whether no operator is beside ``node``, so that any expression can replace it.

        e.g. for ``x`` in ``f(x)``, ``y = x`` and ``if x:``; not in ``x * 2`` and ``not x``.
        """
        before = self.text[: self.start(node)].rstrip(" \t")[-6:]
        after = self.text[self.end(node) :].lstrip(" \t")[:5]
        return bool(_OPENS.search(before)) and bool(_CLOSES.match(after))

    def indentation(self, node: ast.AST) -> str:
        """Return the blanks and tabs at the beginning of the first line of ``node``."""
        line = self.lines[_first(node) - 1]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def block(self, body: Sequence[ast.stmt], indentation: str) -> list[str] | None:
        """Return the lines of ``body``, a block, with ``indentation`` in place of its own.

        Comments between its statements are kept. ``None`` if the statements have no lines of their
        own, or if a text of several lines or a line with less indentation is among them, which
        would change or break.
        """
        if not all(map(self.has_own_lines, (body[0], body[-1]))):
            return None
        if any(_spans_lines(node) for one in body for node in ast.walk(one)):
            return None
        own, found = self.indentation(body[0]), []
        for line in self.lines[_first(body[0]) - 1 : last_line(body[-1])]:
            text = line.rstrip("\n")
            if text.strip() and not text.startswith(own):
                return None
            found.append(indentation + text[len(own) :] if text.strip() else "")
        return found

    def rewritten(self, edits: Sequence[Edit]) -> tuple[int, list[str], list[str]] | None:
        """Return what ``edits`` change: the first line, the old lines and the new ones.

        ``None`` if edits overlap, change nothing, or leave a statement that does not parse.
        """
        ordered = sorted(edits)
        if any(one.end > other.start for one, other in zip(ordered, ordered[1:], strict=False)):
            return None
        first = bisect_right(self._starts, ordered[0].start)
        last_index = max(ordered[-1].start, ordered[-1].end - 1)
        last = min(bisect_right(self._starts, last_index), len(self.lines))
        old = list(self.lines[first - 1 : last])
        new = self._apply(ordered, self._starts[first - 1], self._starts[last])
        lines = [line + "\n" for line in new.split("\n")]
        lines.pop() if new.endswith("\n") or not new else None
        if lines == old or not self._parses_with(first, last, new):
            return None
        return first, old, lines

    def _apply(self, ordered: Sequence[Edit], start: int, end: int) -> str:
        """Return the text from ``start`` to ``end`` after the edits, which lie within."""
        parts, at = [], start
        for edit in ordered:
            parts += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join([*parts, self.text[at:end]])

    def _parses_with(self, first: int, last: int, new: str) -> bool:
        """Return whether the code around the lines from ``first`` to ``last`` parses after ``new``.

        It is the smallest function or statement at the top of the file that holds the lines, or
        the whole file.
        """
        around = [each for each in self._parts if each[0] <= first and last <= each[1]]
        begin, end = min(around, key=lambda each: each[1] - each[0], default=(1, len(self.lines)))
        before = "".join(self.lines[begin - 1 : first - 1])
        text = before + new + "".join(self.lines[last:end])
        # e.g. a method is indented, and parses below a line such as this one
        return parsed(f"if True:\n{text}" if text[:1] in (" ", "\t") else text) is not None

    @cached_property
    def _parts(self) -> list[tuple[int, int]]:
        """The first and last lines of the functions and of the statements at the top."""
        parts = [*self.tree.body, *functions_in(self.tree)]
        return [(_first(each), last_line(each)) for each in parts]


#: Returns the edits of a rewrite, or ``None`` if none can be made.
Rewrite = Callable[[Layout], Sequence[Edit] | None]


def no_rewrite(layout: Layout) -> None:
    """Return ``None``: for a finding of which only a person can say how to write it."""


def with_rewrites(
    source: SourceFile, found: Iterable[tuple[Finding, Rewrite]]
) -> tuple[Finding, ...]:
    """Return the findings of ``found`` in their order, the first few of each code with a rewrite.

    A rewrite of one line is the finding's ``before`` and ``after``, one of several lines its
    ``hunk``. At most 3 findings of each code get one.
    """
    shown: Counter[str] = Counter()
    findings = []
    layout: Layout | None = None
    for finding, rewrite in found:
        if shown[finding.code] < _MOST_SHOWN:
            layout = layout or Layout(source)
            change = _change(layout, rewrite)
            shown[finding.code] += bool(change)
            finding = finding.model_copy(update=change) if change else finding
        findings.append(finding)
    return tuple(findings)


def _change(layout: Layout, rewrite: Rewrite) -> dict[str, str]:
    """Return the fields of a finding that show ``rewrite``; none if it cannot be made."""
    edits = rewrite(layout)
    changed = layout.rewritten(edits) if edits else None
    if changed is None or max(map(len, changed[1:])) > _MOST_LINES:
        return {}
    first, old, new = changed
    if len(old) == 1 and len(new) < 2:
        return {
            "before": restore(old[0].strip(), layout.stand_in),
            "after": restore("".join(new).strip(), layout.stand_in),
        }
    return {"hunk": restore(_hunk(layout, first, old, new), layout.stand_in)}


def _hunk(layout: Layout, first: int, old: list[str], new: list[str]) -> str:
    """Return the body of a unified diff in which ``new`` replaces ``old``, at line ``first``."""
    top = max(1, first - CONTEXT_LINES)
    end = first - 1 + len(old)
    before = layout.lines[top - 1 : first - 1]
    after = layout.lines[end : end + CONTEXT_LINES]
    parts = ("".join([*before, *some, *after]) for some in (old, new))
    return _HEAD.sub(lambda match: _moved(match, top - 1), difference(*parts).body)


#: The head of a hunk, e.g. ``@@ -3,4 +3,5 @@``.
_HEAD = re.compile(r"^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@$", re.MULTILINE)


def _moved(head: re.Match[str], lines: int) -> str:
    """Return the head of a hunk with its positions moved down by ``lines``."""
    old, new = int(head[1]) + lines, int(head[3]) + lines
    return f"@@ -{old}{head[2] or ''} +{new}{head[4] or ''} @@"


def _first(node: ast.AST) -> int:
    """Return the first line of ``node``, that of its first decorator if it has one."""
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else node.lineno)  # type: ignore[attr-defined]


def last_line(node: ast.AST) -> int:
    """Return the last line of ``node``, which needs a position."""
    return int(node.end_lineno)  # type: ignore[attr-defined]


def _spans_lines(node: ast.AST) -> bool:
    """Return whether ``node`` is a text over several lines, whose lines must not be moved."""
    if isinstance(node, ast.JoinedStr):
        return node.end_lineno != node.lineno
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str | bytes)
        and node.end_lineno != node.lineno
    )
