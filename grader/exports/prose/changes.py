"""The student's own lines before and after, taken from what a finding shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from grader.domain.report import FindingLine

#: More lines than these are a change to look at in the patch, and no example.
_MOST_LINES = 4
_HEAD = re.compile(r"@@ -(\d+)")


@dataclass(frozen=True)
class Change:
    """Lines from ``line`` on as they are, and as they should be; no ``after``: they can go.

    ``cell`` is that of a notebook, and ``line`` then one of the cell.
    """

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    cell: int | None = None

    @property
    def is_shape(self) -> bool:
        """Whether something is left for the student to fill in."""
        return "..." in "".join(self.after) and "..." not in "".join(self.before)


def change_in(findings: Sequence[FindingLine]) -> Change | None:
    """The first change that can be shown: of a single line, or the first small one of a hunk."""
    return next(chain(_own_lines(findings), filter(_is_example, _hunks(findings))), None)


def _own_lines(findings: Iterable[FindingLine]) -> Iterator[Change]:
    for one in findings:
        if one.before is not None and one.after is not None:
            after = tuple(one.after.split("\n")) if one.after else ()
            yield Change(one.line, (_with_blanks(one.before),), after, one.cell)


def _hunks(findings: Iterable[FindingLine]) -> Iterator[Change]:
    """Changes of hunks: their lines are counted in the whole file, so that cells have none."""
    for one in findings:
        if one.hunk and one.cell is None:
            yield from _runs(one.hunk)


def _is_example(change: Change) -> bool:
    """Whether a few lines become others, and not only blank lines come or go."""
    before, after = change.before, change.after
    return bool(before and after) and before != after and len(before + after) <= _MOST_LINES


def _with_blanks(line: str) -> str:
    """A line in which blanks at its end can be seen."""
    kept = line.rstrip(" \t")
    return kept + "·" * (len(line) - len(kept))


def _runs(hunk: str) -> Iterator[Change]:
    """Each run of changed lines of a unified diff."""
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
