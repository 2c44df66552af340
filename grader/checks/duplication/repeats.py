"""Which runs of statements stand more than once, in one file or in several?

Every block is cut into the shortest windows that are large enough to mean something, one that
begins at each statement and one that ends at each. A window is known by the fingerprints of its
statements. Windows alike are laid upon each other, statement upon statement, and statements that
came to lie upon each other, over however many windows, are one. What they are too many is what
is repeated: a number that depends neither on the order of files nor on that of functions, and
that no further code makes smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.disjoint_sets import Groups
from grader.checks.duplication.fingerprints import LEAST_SIZE, LEAST_STATEMENTS, Row


class Place(NamedTuple):
    """Lines of a file, both ends included."""

    path: str
    first: int
    last: int


class Repeat(NamedTuple):
    """A run of statements, and the place where it stood before."""

    here: Place
    there: Place
    statements: int


class _Block(NamedTuple):
    path: str
    rows: Sequence[Row]
    #: The number of the file's first statement among all statements of the submission.
    offset: int


class _Spot(NamedTuple):
    """Rows of a block from ``start`` up to ``stop``, without it."""

    block: int
    start: int
    stop: int


@dataclass
class Repeats:
    """Repeated statements of a submission.

    ``runs`` are the repeated runs, each with its location and the earlier one. ``statements``
    is, by path, how many statements of the file repeat an earlier one (0 if none).
    """

    runs: list[Repeat] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)


def find_repeats(files: Mapping[str, tuple[int, Sequence[Sequence[Row]]]]) -> Repeats:
    """Every repeat of a submission: by path, how many statements a file has, and its blocks."""
    blocks: list[_Block] = []
    offset, starts = 0, {}
    for path in sorted(files):
        total, found = files[path]
        starts[path] = range(offset, offset + total)
        blocks.extend(_Block(path, rows, offset) for rows in sorted(found, key=_number))
        offset += total
    known = _first_windows(blocks)
    groups = _joined(blocks, known, offset)
    repeats = Repeats(_runs(blocks, known, offset))
    for path, numbers in starts.items():
        repeats.statements[path] = sum(groups.first(number) != number for number in numbers)
    return repeats


def _number(rows: Sequence[Row]) -> int:
    return rows[0].at


def _windows(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """The shortest window that begins at each row, where there is one; the ends only move on."""
    stop = statements = size = 0
    for start, row in enumerate(rows):
        while stop < len(rows) and (statements < LEAST_STATEMENTS or size < LEAST_SIZE):
            statements += rows[stop].statements
            size += rows[stop].size
            stop += 1
        if statements < LEAST_STATEMENTS or size < LEAST_SIZE:
            return
        yield start, stop
        statements -= row.statements
        size -= row.size


def _windows_both_ways(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Those and the shortest that end at each row: together they cover a run up to its ends."""
    yield from _windows(rows)
    for start, stop in _windows(rows[::-1]):
        yield len(rows) - stop, len(rows) - start


def _key(rows: Sequence[Row]) -> str:
    return "".join(row.print for row in rows)


def _first_windows(blocks: Sequence[_Block]) -> dict[str, _Spot]:
    """Return the first occurrence of each window, by its key."""
    known: dict[str, _Spot] = {}
    for at, block in enumerate(blocks):
        for start, stop in _windows_both_ways(block.rows):
            known.setdefault(_key(block.rows[start:stop]), _Spot(at, start, stop))
    return known


def _joined(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> Groups:
    """Every window laid upon the first one like it. Outer blocks come before inner ones."""
    groups = Groups(total)
    for block in blocks:
        for start, stop in _windows_both_ways(block.rows):
            spot = known[_key(block.rows[start:stop])]
            source = blocks[spot.block]
            pairs = zip(block.rows[start:stop], source.rows[spot.start : spot.stop], strict=True)
            for mine, theirs in pairs:
                here, there = block.offset + mine.at, source.offset + theirs.at
                _join_nested(groups, here, there, mine.statements)
    return groups


def _join_nested(groups: Groups, one: int, other: int, count: int) -> None:
    """Make one of two statements, and of what is nested in them; both have that ``count``."""
    # Statements that are one already were joined with all that is in them.
    if groups.first(one) != groups.first(other):
        for step in range(count):
            groups.join(one + step, other + step)


def _runs(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> list[Repeat]:
    """Each repeated run once, as long as it goes on, where it does not stand for the first time."""
    told = bytearray(total)
    found: list[Repeat] = []
    for at, block in enumerate(blocks):
        for start, stop in _windows(block.rows):
            spot = known[_key(block.rows[start:stop])]
            last = block.offset + block.rows[stop - 1].at
            if (spot.block, spot.start) == (at, start) or told[last]:
                continue
            length = _length(block.rows, start, blocks[spot.block].rows, spot.start)
            rows = block.rows[start : start + length]
            first = block.offset + rows[0].at
            count = sum(row.statements for row in rows)
            told[first : first + count] = b"\x01" * count
            here = Place(block.path, rows[0].line, rows[-1].end)
            found.append(Repeat(here, _place(blocks, spot, length, at, start), count))
    return found


def _length(mine: Sequence[Row], start: int, theirs: Sequence[Row], other: int) -> int:
    """Count the equal rows from ``start`` in ``mine`` and ``other`` in ``theirs`` on."""
    length = 0
    while start + length < len(mine) and other + length < len(theirs):
        if mine[start + length].print != theirs[other + length].print:
            break
        length += 1
    return length


def _place(blocks: Sequence[_Block], spot: _Spot, length: int, at: int, start: int) -> Place:
    """The lines of the first place; a run that goes on into its own repeat ends before it."""
    rows = blocks[spot.block].rows
    stop = spot.start + length
    if spot.block == at:
        stop = min(stop, start)
    return Place(blocks[spot.block].path, rows[spot.start].line, rows[stop - 1].end)
