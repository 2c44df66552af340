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
from enum import Enum
from itertools import chain, islice, takewhile
from typing import NamedTuple

from grader.analysis.syntax.disjoint_sets import Groups
from grader.checks.duplication.fingerprints import LEAST_SIZE, LEAST_STATEMENTS, Row

#: The most places of a repetition that are named: a message with more is hard to read. Chosen by
#: hand, e.g. six copies are all named, of thirty the first eight.
MOST_PLACES = 8
#: The most occurrences of its first statements with which a run is compared. Chosen by hand.
_MOST_COMPARED = 32


class Place(NamedTuple):
    """The lines ``first`` to ``last`` of the file ``path``, 1-based and both included."""

    path: str
    first: int
    last: int


class Kind(Enum):
    """How a repeated run lies to the place that it repeats.

    ``branches``: both are branches of one ``if``. ``in_a_row``: it follows at once. ``apart``: it
    is elsewhere.
    """

    branches = "branches"
    in_a_row = "in_a_row"
    apart = "apart"


class Repeat(NamedTuple):
    """A repeated run of statements: ``here`` its lines, ``places`` the others with the same.

    The first of ``places`` is where it occurred first; if both overlap, that one ends before
    ``here``. ``are_more``: only `MOST_PLACES` are in ``places``. ``statements`` is the number of
    statements of the run, nested ones included.
    """

    here: Place
    places: tuple[Place, ...]
    are_more: bool
    statements: int
    kind: Kind


class _Block(NamedTuple):
    """A block of a file: its rows have at least the size of one window.

    ``offset`` is the number of the file's first statement among all statements of the submission.
    ``forth`` and ``back`` are the windows of `_keyed_windows`.
    """

    path: str
    rows: Sequence[Row]
    offset: int
    forth: Sequence[_Window]
    back: Sequence[_Window]


class _Window(NamedTuple):
    """The rows from ``start`` to before ``stop`` of a block.

    ``key`` is equal for windows with the same fingerprints.
    """

    start: int
    stop: int
    key: str


class _Spot(NamedTuple):
    """The rows from ``start`` to before ``stop`` of the block with the index ``block``."""

    block: int
    start: int
    stop: int

    def overlaps(self, other: _Spot) -> bool:
        """Return whether a row is in both."""
        return self.block == other.block and self.start < other.stop and other.start < self.stop


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
    `read_sketch` returns them. A repeat is a run of rows in one block with the same fingerprints as
    rows before it, with at least `LEAST_STATEMENTS` statements and `LEAST_SIZE` nodes. Files are
    compared in the order of their paths, blocks in that of their statements.
    """
    blocks: list[_Block] = []
    offset, starts = 0, {}
    for path in sorted(files):
        total, found = files[path]
        starts[path] = range(offset, offset + total)
        blocks.extend(
            _Block(path, rows, offset, *_keyed_windows(rows)) for rows in sorted(found, key=_number)
        )
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


def _keyed_windows(rows: Sequence[Row]) -> tuple[list[_Window], list[_Window]]:
    """Return the windows of `_windows`, and the shortest window up to each row.

    Together they cover a repeated run up to both of its ends. Windows may occur twice.
    """
    prints = [row.print for row in rows]
    size = len(rows)
    forth = [_Window(start, stop, "".join(prints[start:stop])) for start, stop in _windows(rows)]
    back = [(size - stop, size - start) for start, stop in _windows(rows[::-1])]
    return forth, [_Window(start, stop, "".join(prints[start:stop])) for start, stop in back]


def _first_windows(blocks: Sequence[_Block]) -> dict[str, _Spot]:
    """Return the first occurrence of each window, by its key."""
    known: dict[str, _Spot] = {}
    for at, block in enumerate(blocks):
        for start, stop, key in chain(block.forth, block.back):
            if key not in known:
                known[key] = _Spot(at, start, stop)
    return known


def _joined(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> Groups:
    """Return groups of the statements 0 to `total` - 1, with those of equal windows joined.

    Each window is joined with the first equal one, as `known` has it by its key. `blocks` must
    have outer blocks before inner ones, for the shortcut in `_join_nested`.
    """
    groups = Groups(total)
    for at, block in enumerate(blocks):
        for start, stop, key in chain(block.forth, block.back):
            spot = known[key]
            if spot == (at, start, stop):
                continue
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
    """Return the repeated runs, each as long as possible, with the other places of the same.

    A window is left out if it is the first of its kind, or if its last statement is already in a
    run (also in a run of an outer block): so each repetition is reported once.
    """
    reported = bytearray(total)  # 1 for each statement in a reported run
    spots = _repeated_windows(blocks, known)
    found: list[Repeat] = []
    for at, block in enumerate(blocks):
        for start, stop, key in block.forth:
            spot = known[key]
            last = block.offset + block.rows[stop - 1].at
            if (spot.block, spot.start) == (at, start) or reported[last]:
                continue
            rest = _Spot(at, start, len(block.rows))
            run = rest._replace(stop=start + _length(blocks, rest, spot))
            found.append(_repeat(blocks, run, spot, spots[key]))
            first = block.offset + block.rows[start].at
            reported[first : first + found[-1].statements] = b"\x01" * found[-1].statements
    return found


def _repeated_windows(
    blocks: Sequence[_Block], known: Mapping[str, _Spot]
) -> Mapping[str, Sequence[_Spot]]:
    """Return the spots of each window from a row on that occurs again, by its key."""
    found: dict[str, list[_Spot]] = {}
    for at, block in enumerate(blocks):
        for start, stop, key in block.forth:
            if key in found:
                found[key].append(_Spot(at, start, stop))
            elif known[key] != (at, start, stop):
                found[key] = [known[key], _Spot(at, start, stop)]
    return found


def _repeat(blocks: Sequence[_Block], run: _Spot, first: _Spot, spots: Sequence[_Spot]) -> Repeat:
    """Return the repeat of `run`; `first` is where it occurred first.

    `spots` are those where its first window occurs. A spot is no place of its own if it has not the
    whole run, or overlaps with another place.
    """
    block = blocks[run.block]
    rows = block.rows[run.start : run.stop]
    taken = [run, first._replace(stop=first.start + len(rows))]
    for spot in spots[:_MOST_COMPARED]:
        same = spot._replace(stop=spot.start + len(rows))
        if not any(map(same.overlaps, taken)) and _length(blocks, run, spot) == len(rows):
            taken.append(same)
    places = tuple(_place(blocks, spot, run) for spot in taken[1 : MOST_PLACES + 1])
    left = [spot for spot in spots[_MOST_COMPARED:][-1:] if not any(map(spot.overlaps, taken))]
    are_more = len(taken) > MOST_PLACES + 1 or bool(left)
    here = Place(block.path, rows[0].line, rows[-1].end)
    statements = sum(row.statements for row in rows)
    return Repeat(here, places, are_more, statements, _kind(blocks, run, first))


def _length(blocks: Sequence[_Block], one: _Spot, other: _Spot) -> int:
    """Return how many rows from the start of `one` on equal those from the start of `other` on.

    At most as many as `one` has.
    """
    mine = islice(blocks[one.block].rows, one.start, one.stop)
    theirs = islice(blocks[other.block].rows, other.start, None)
    pairs = zip(mine, theirs)
    return sum(1 for _ in takewhile(lambda pair: pair[0].print == pair[1].print, pairs))


def _place(blocks: Sequence[_Block], spot: _Spot, run: _Spot) -> Place:
    """Return the lines of `spot`, which end before `run` if both overlap."""
    rows = blocks[spot.block].rows
    stop = min(spot.stop, run.start) if spot.overlaps(run) else spot.stop
    return Place(blocks[spot.block].path, rows[spot.start].line, rows[stop - 1].end)


def _kind(blocks: Sequence[_Block], run: _Spot, first: _Spot) -> Kind:
    """Return how `run` lies to `first`, where it occurred first."""
    row = blocks[run.block].rows[run.start]
    length = run.stop - run.start
    if first.block != run.block or first.start + length < run.start:
        return Kind.apart
    return Kind.branches if row.chained else Kind.in_a_row
