"""Examples of a fix, taken from findings: the student's own lines before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from grader.domain.report import FindingLine

#: The most lines of a short example, before and after together. Chosen by hand.
_MAX_LINES = 4
#: The first line number in the head of a hunk, e.g. 12 in ``@@ -12,3 +12,4 @@``; not ``-12``.
_HEAD = re.compile(r"@@ -(\d+)")


@dataclass(frozen=True)
class Change:
    """An example of a fix: lines of a student, and the lines to replace them.

    ``line`` is the number of the first line, from 1 in the file or in the ``cell`` of a notebook
    (``None`` in other files). Without lines in ``after``, those in ``before`` are to be deleted. A
    change from a diff has no empty lines. Spaces and tabs at the end of lines are shown as ``·``,
    except in a replacement that is not from a diff.
    """

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    cell: int | None = None

    @property
    def is_shape(self) -> bool:
        """Whether ``after`` has a ``...``, and ``before`` has none: the student must fill it in."""
        return "..." in "".join(self.after) and "..." not in "".join(self.before)


def change_in(findings: Sequence[FindingLine]) -> Change | None:
    """Return the change to show as an example of how to fix ``findings``.

    If a finding has a replacement for its line, it is that of the first such finding. Otherwise it
    is the first change in the diffs of findings outside notebooks that replaces lines (a mere
    insertion or deletion is no example) and has at most :data:`_MAX_LINES` lines, old and new
    together.
    ``None`` if there is no such change either.
    """
    return next(chain(_own_lines(findings), filter(_is_example, _hunks(findings))), None)


def _own_lines(findings: Iterable[FindingLine]) -> Iterator[Change]:
    """Yield the change of each finding that has a replacement for its line."""
    for one in findings:
        if one.before is not None and one.after is not None:
            after = tuple(one.after.split("\n")) if one.after else ()
            yield Change(one.line, (_with_blanks(one.before),), after, one.cell)


def _hunks(findings: Iterable[FindingLine]) -> Iterator[Change]:
    """Yield each run of changed lines in the hunks of ``findings``.

    Findings in notebooks are skipped, because hunks do not count lines by cell.
    """
    for one in findings:
        if one.hunk and one.cell is None:
            yield from _runs(one.hunk)


def _is_example(change: Change) -> bool:
    """Return whether ``change`` replaces a few lines; a pure insertion or deletion is no example.

    E.g. ``x=1`` -> ``x = 1``; not an added blank line.
    """
    before, after = change.before, change.after
    return bool(before and after) and before != after and len(before + after) <= _MAX_LINES


def _with_blanks(line: str) -> str:
    """Return ``line`` with each trailing space or tab shown as ``·``."""
    kept = line.rstrip(" \t")
    return kept + "·" * (len(line) - len(kept))


def _runs(hunk: str) -> Iterator[Change]:
    """Yield each run of changed lines in ``hunk``, a unified diff; empty lines are left out."""
    number, start = 1, 1
    runs: dict[str, list[str]] = {"-": [], "+": []}
    for line in [*hunk.split("\n"), ""]:
        sign, head = line[:1], _HEAD.match(line)
        if sign in runs:
            start = start if runs["-"] or runs["+"] else number
            runs[sign] += [_with_blanks(line[1:])] if line[1:] else []
        elif runs["-"] or runs["+"]:
            yield Change(start, tuple(runs["-"]), tuple(runs["+"]))
            runs = {"-": [], "+": []}
        number = int(head[1]) if head else number + (sign in ("-", " "))
