"""Examples of a fix: the student's own lines before and after, taken from findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from grader.domain.report import FindingLine

#: A change of more lines, before and after together, is no short example. Chosen by hand.
_MAX_LINES = 4
#: The first line number in the head of a hunk, e.g. 12 in ``@@ -12,3 +12,4 @@``.
_HEAD = re.compile(r"@@ -(\d+)")


@dataclass(frozen=True)
class Change:
    """Lines of a student from ``line`` on, and their replacement; no ``after``: delete them.

    ``line`` counts from 1 in the file, or in the ``cell`` of a notebook.
    """

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    cell: int | None = None

    @property
    def is_shape(self) -> bool:
        """Whether ``after`` contains a ``...`` for the student to fill in."""
        return "..." in "".join(self.after) and "..." not in "".join(self.before)


def change_in(findings: Sequence[FindingLine]) -> Change | None:
    """Return the first change of a single line, else the first short one of a hunk, if any."""
    return next(chain(_own_lines(findings), filter(_is_example, _hunks(findings))), None)


def _own_lines(findings: Iterable[FindingLine]) -> Iterator[Change]:
    for one in findings:
        if one.before is not None and one.after is not None:
            after = tuple(one.after.split("\n")) if one.after else ()
            yield Change(one.line, (_with_blanks(one.before),), after, one.cell)


def _hunks(findings: Iterable[FindingLine]) -> Iterator[Change]:
    """Yield the changes of hunks. Hunks count lines in the whole file, so notebooks are skipped."""
    for one in findings:
        if one.hunk and one.cell is None:
            yield from _runs(one.hunk)


def _is_example(change: Change) -> bool:
    """Return whether ``change`` replaces a few lines, not only adds or removes blank lines."""
    before, after = change.before, change.after
    return bool(before and after) and before != after and len(before + after) <= _MAX_LINES


def _with_blanks(line: str) -> str:
    """Return ``line`` with its trailing white space as visible dots."""
    kept = line.rstrip(" \t")
    return kept + "·" * (len(line) - len(kept))


def _runs(hunk: str) -> Iterator[Change]:
    """Yield each run of changed lines of a unified diff."""
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
