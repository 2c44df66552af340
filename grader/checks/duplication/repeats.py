"""Find the runs of statements that occur more than once in a submission.

In each block, the shortest window of sufficient size is taken from each statement on, and the
shortest up to each statement. Windows are equal if their statements have the same fingerprints.
The statements of equal windows are joined into groups, first with first, second with second, and
so on. All statements of a group but the first are repeated. Their number does not depend on the
order of files or functions, and additional files or functions never make it smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.disjoint_sets import Groups
from grader.checks.duplication.fingerprints import LEAST_SIZE, LEAST_STATEMENTS, Row


class Place(NamedTuple):
    """The lines ``first`` to ``last`` of the file ``path``, 1-based and both included."""

    path: str
    first: int
    last: int


class Repeat(NamedTuple):
    """A repeated run of statements: ``here`` its lines, ``there`` those of its first occurrence.

    If both overlap, ``there`` ends before ``here``. ``statements`` is the number of statements of
    the run, nested ones included.
    """

    here: Place
    there: Place
    statements: int


class _Block(NamedTuple):
    """A block of a file: its rows have at least the size of one window."""

    path: str
    rows: Sequence[Row]
    #: The number of the file's first statement among all statements of the submission.
    offset: int


class _Spot(NamedTuple):
    """The rows from ``start`` to before ``stop`` of the block with the index ``block``."""

    block: int
    start: int
    stop: int


@dataclass
class Repeats:
    """The repetitions in a submission, as :func:`find_repeats` finds them.

    ``runs``: each run of statements, of a least size, that occurred before in any file, as long as
    possible. ``statements``: by the path of each file, how many of its statements repeat earlier
    ones as part of such a run, nested ones included (0 if none); the first occurrence is no
    repetition.
    """

    runs: list[Repeat] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)


def find_repeats(files: Mapping[str, tuple[int, Sequence[Sequence[Row]]]]) -> Repeats:
    """Return the repeats in `files`, which has a pair by the path of each file.

    A pair is the number of compared statements, as `sketch_of` returns it, and the blocks, as
    `rows_in` returns them. A repeat is a run of rows in one block with the same fingerprints as
    rows before it, with at least `LEAST_STATEMENTS` statements and `LEAST_SIZE` nodes. Files are
    compared in the order of their paths, blocks in that of their statements.
    """
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
    """Return the number of the first statement of a block, as a key to sort blocks."""
    return rows[0].at


def _windows(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield the start and the stop (exclusive) of the shortest window from each of `rows` on.

    Rows without enough statements or nodes behind them have none. ``stop`` never moves back, so
    that the time is linear in the number of rows.
    """
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
    """Yield the windows of `_windows`, then the shortest window up to each row.

    Together they cover a repeated run up to both of its ends. Windows may occur twice.
    """
    yield from _windows(rows)
    for start, stop in _windows(rows[::-1]):
        yield len(rows) - stop, len(rows) - start


def _key(rows: Sequence[Row]) -> str:
    """Return a key that is equal for windows with the same fingerprints."""
    return "".join(row.print for row in rows)


def _first_windows(blocks: Sequence[_Block]) -> dict[str, _Spot]:
    """Return the first occurrence of each window, by its key."""
    known: dict[str, _Spot] = {}
    for at, block in enumerate(blocks):
        for start, stop in _windows_both_ways(block.rows):
            known.setdefault(_key(block.rows[start:stop]), _Spot(at, start, stop))
    return known


def _joined(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> Groups:
    """Return groups of the statements 0 to `total` - 1, with those of equal windows joined.

    Each window is joined with the first equal one, as `known` has it by its key. `blocks` must
    have outer blocks before inner ones, for the shortcut in `_join_nested`.
    """
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
    """Join the statement `one` with `other`, and each statement nested in them likewise.

    `count` is the number of statements of either, itself included; their fingerprints are equal.
    """
    # If the two are in one group already, the statements in them are too: this saves joining the
    # nested ones again for each window that contains them.
    if groups.first(one) != groups.first(other):
        for step in range(count):
            groups.join(one + step, other + step)


def _runs(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> list[Repeat]:
    """Return the repeated runs, each as long as possible, with their first occurrence.

    A window is left out if it is the first of its kind, or if its last statement is already in a
    run (also in a run of an outer block): so each repetition is reported once.
    """
    reported = bytearray(total)  # 1 for each statement in a reported run
    found: list[Repeat] = []
    for at, block in enumerate(blocks):
        for start, stop in _windows(block.rows):
            spot = known[_key(block.rows[start:stop])]
            last = block.offset + block.rows[stop - 1].at
            if (spot.block, spot.start) == (at, start) or reported[last]:
                continue
            length = _length(block.rows, start, blocks[spot.block].rows, spot.start)
            rows = block.rows[start : start + length]
            first = block.offset + rows[0].at
            count = sum(row.statements for row in rows)
            reported[first : first + count] = b"\x01" * count
            here = Place(block.path, rows[0].line, rows[-1].end)
            found.append(Repeat(here, _place(blocks, spot, length, at, start), count))
    return found


def _length(mine: Sequence[Row], start: int, theirs: Sequence[Row], other: int) -> int:
    """Return how many rows of `mine` from `start` on equal those of `theirs` from `other` on."""
    length = 0
    while start + length < len(mine) and other + length < len(theirs):
        if mine[start + length].print != theirs[other + length].print:
            break
        length += 1
    return length


def _place(blocks: Sequence[_Block], spot: _Spot, length: int, at: int, start: int) -> Place:
    """Return the lines of the first occurrence `spot` of a run of `length` rows.

    If the repeat is in the same block, at the row `start` of the block `at`, and both overlap,
    the lines end before the repeat.
    """
    rows = blocks[spot.block].rows
    stop = spot.start + length
    if spot.block == at:
        stop = min(stop, start)
    return Place(blocks[spot.block].path, rows[spot.start].line, rows[stop - 1].end)
