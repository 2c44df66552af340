"""Find the runs of statements that occur more than once in a submission.

In each block, the shortest window of sufficient size is taken from each statement on, and the
shortest up to each statement. No statement of a window is less deep than its first. Windows are
equal if their statements have the same fingerprints, as deep from the first on.
The statements of equal windows are joined into groups, first with first, second with second, and
so on. All statements of a group but the first are repeated. Their number does not depend on the
order of files or functions, and additional files or functions never make it smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain, islice
from typing import NamedTuple

from grader.analysis.syntax.disjoint_sets import Groups
from grader.checks.duplication.fingerprints import (
    ELIF,
    ELSE,
    LEAST_SIZE,
    LEAST_STATEMENTS,
    LEAST_WHOLE,
    MOST_ROWS,
    Part,
    Row,
)

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

    ``offset`` is the number of its first row among all rows of the submission. ``forth`` and
    ``back`` are the windows of `_windows`, ``wholes`` those of `_wholes`.
    """

    path: str
    rows: Sequence[Row]
    offset: int
    forth: Sequence[_Window]
    back: Sequence[_Window]
    wholes: Sequence[_Window]


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


def find_repeats(files: Mapping[str, Sequence[Part]]) -> Repeats:
    """Return the repeats in `files`, which has the blocks of each file by its path.

    The blocks are those of `read_sketch`. A repeat is a run of rows of one block with the same
    fingerprints and depths as rows before it, none of them less deep than its first, with at least
    `LEAST_STATEMENTS` rows and `LEAST_SIZE` nodes. Files are compared in the order of their paths,
    blocks in that of their statements.
    """
    blocks: list[_Block] = []
    total, starts = 0, {}
    for path in sorted(files):
        start = total
        for part in files[path]:
            forth, back = _windows(part.rows)
            blocks.append(_Block(path, part.rows, total, forth, back, _wholes(part)))
            total += len(part.rows)
        starts[path] = range(start, total)
    known = _first_windows(blocks)
    groups = _joined(blocks, known, total)
    repeats = Repeats(_runs(blocks, known, total))
    for path, numbers in starts.items():
        repeats.statements[path] = sum(groups.first(number) != number for number in numbers)
    return repeats


def _windows(rows: Sequence[Row]) -> tuple[list[_Window], list[_Window]]:
    """Return the shortest window from each of `rows` on, and the shortest up to each row.

    Together they cover a repeated run up to both of its ends. Windows may occur twice. None ends in
    a loop or branch without its body. A window has few rows, so that the time is linear in the
    number of rows.
    """
    forth: list[_Window] = []
    back: list[_Window] = []
    for at in range(len(rows)):
        if stop := _stop(rows, at):
            forth.append(_window(rows, at, stop))
        start = None if _has_more(rows, at) else _start(rows, at)
        if start is not None:
            back.append(_window(rows, start, at + 1))
    return forth, back


def _has_more(rows: Sequence[Row], at: int) -> bool:
    """Return whether the row `at` of `rows` is a loop or branch, whose body follows."""
    return at + 1 < len(rows) and rows[at + 1].depth > rows[at].depth


def _edge(row: Row) -> int:
    """Return the depth of `row`, or of the ``else`` or ``except`` before it if it is the first."""
    return row.depth - (row.mark not in ("", ELIF))


def _stop(rows: Sequence[Row], start: int) -> int:
    """Return where the shortest window from `start` on stops; 0 if there is none."""
    depth = rows[start].depth
    enough = _Enough()
    for at in range(start, len(rows)):
        if at > start and _edge(rows[at]) < depth:
            return 0
        if enough.with_row(rows[at]) and not _has_more(rows, at):
            return at + 1
    return 0


def _start(rows: Sequence[Row], last: int) -> int | None:
    """Return where the shortest window up to the row `last` starts, or `None` if there is none."""
    depth = rows[last].depth
    enough = _Enough()
    for at in range(last, -1, -1):
        if enough.with_row(rows[at]) and rows[at].depth <= depth:
            return at
        depth = min(depth, _edge(rows[at]))
    return None


@dataclass
class _Enough:
    """Tells when the rows of a window are enough for a repeat."""

    weight: int = 0
    size: int = 0
    handing_on: bool = False

    def with_row(self, row: Row) -> bool:
        """Return whether the rows so far and `row` are enough.

        One of them may only hand on the result of another function, which a copy calls differently.
        Steps that only hand results on are no repetition.
        """
        self.weight += row.weight
        self.size += row.size
        self.handing_on = self.handing_on or not row.weight
        if self.size < LEAST_SIZE:
            return False
        return self.weight + self.handing_on >= LEAST_STATEMENTS


def _is_enough(rows: Sequence[Row]) -> bool:
    """Return whether a function with `rows` is enough, and does not mostly hand results on."""
    statements = sum(row.calls for row in rows)
    size = sum(row.calls * row.size for row in rows)
    handing_on = sum(not row.weight for row in rows)
    enough = statements >= LEAST_STATEMENTS and size >= LEAST_WHOLE
    return enough and 2 * handing_on <= len(rows)


def _wholes(part: Part) -> list[_Window]:
    """Return windows with all rows of the function `part`, one for each call that may differ.

    E.g. a copy that calls ``orders.get(name)`` where the other calls ``orders.find(name)``.
    """
    rows = part.rows
    if not (part.is_function and len(rows) <= MOST_ROWS and _is_enough(rows)):
        return []
    words = [f"{row.depth}{row.print}{row.mark}{row.calls}" for row in rows]
    keys = [" ".join(words)]
    for at, row in enumerate(rows):
        if row.loose and len(rows) >= LEAST_STATEMENTS:
            keys.append(" ".join([*words[:at], f"{at}{row.loose}", *words[at + 1 :]]))
    return [_Window(0, len(rows), f"whole {key}") for key in keys]


def _window(rows: Sequence[Row], start: int, stop: int) -> _Window:
    """Return the window of `rows` from `start` to before `stop`."""
    depth = rows[start].depth
    words = [f"{row.depth - depth}{row.print}{row.mark}" for row in rows[start + 1 : stop]]
    return _Window(start, stop, " ".join((rows[start].print, *words)))


def _first_windows(blocks: Sequence[_Block]) -> dict[str, _Spot]:
    """Return the first occurrence of each window, by its key."""
    known: dict[str, _Spot] = {}
    for at, block in enumerate(blocks):
        for start, stop, key in chain(block.forth, block.back, block.wholes):
            if key not in known:
                known[key] = _Spot(at, start, stop)
    return known


def _joined(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> Groups:
    """Return groups of the statements 0 to `total` - 1, with those of equal windows joined.

    Each window is joined with the first equal one, as `known` has it by its key.
    """
    groups = Groups(total)
    for at, block in enumerate(blocks):
        for start, stop, key in chain(block.forth, block.back, block.wholes):
            spot = known[key]
            if spot == (at, start, stop):
                continue
            here, there = block.offset + start, blocks[spot.block].offset + spot.start
            for step in range(stop - start):
                groups.join(here + step, there + step)
    return groups


def _runs(blocks: Sequence[_Block], known: Mapping[str, _Spot], total: int) -> list[Repeat]:
    """Return the repeated runs, each as long as possible, with the other places of the same.

    A window is left out if it is the first of its kind, or if its last statement is already in a
    run: so each repetition is reported once.
    """
    reported = bytearray(total)  # 1 for each statement in a reported run
    spots = _repeated_windows(blocks, known)
    found: list[Repeat] = []
    for at, block in enumerate(blocks):
        for start, stop, key in chain(block.wholes, block.forth):
            spot = known[key]
            last = block.offset + stop - 1
            if (spot.block, spot.start) == (at, start) or reported[last]:
                continue
            rest = _Spot(at, start, len(block.rows))
            end = max(stop, start + _length(blocks, rest, spot))
            while end > stop and _has_more(block.rows, end - 1):
                end -= 1
            run = rest._replace(stop=end)
            found.append(_repeat(blocks, run, spot, spots[key]))
            reported[block.offset + start : block.offset + end] = b"\x01" * (end - start)
    return found


def _repeated_windows(
    blocks: Sequence[_Block], known: Mapping[str, _Spot]
) -> Mapping[str, Sequence[_Spot]]:
    """Return the spots of each window from a row on that occurs again, by its key."""
    found: dict[str, list[_Spot]] = {}
    for at, block in enumerate(blocks):
        for start, stop, key in chain(block.wholes, block.forth):
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
    rows = blocks[run.block].rows[run.start : run.stop]
    taken = [run, first._replace(stop=first.start + len(rows))]
    for spot in spots[:_MOST_COMPARED]:
        same = spot._replace(stop=spot.start + len(rows))
        has_all = same == spot or _length(blocks, run, spot) == len(rows)
        if has_all and not _overlaps_any(same, taken):
            taken.append(same)
    here, *places = (_place(blocks, spot, run) for spot in taken[: MOST_PLACES + 1])
    are_left = any(not _overlaps_any(spot, taken) for spot in spots[_MOST_COMPARED:][-1:])
    are_more = len(taken) > MOST_PLACES + 1 or are_left
    statements = sum(row.calls for row in rows)
    return Repeat(here, tuple(places), are_more, statements, _kind(blocks, run, first))


def _overlaps_any(spot: _Spot, others: Sequence[_Spot]) -> bool:
    """Return whether `spot` has a row of one of `others`."""
    return any(map(spot.overlaps, others))


def _length(blocks: Sequence[_Block], one: _Spot, other: _Spot) -> int:
    """Return how many rows from the start of `one` on equal those from the start of `other` on.

    At most as many as `one` has, and none less deep than the first.
    """
    mine = islice(blocks[one.block].rows, one.start, one.stop)
    theirs = islice(blocks[other.block].rows, other.start, None)
    depth = blocks[one.block].rows[one.start].depth
    deeper = blocks[other.block].rows[other.start].depth - depth
    length = 0
    for row, their in zip(mine, theirs):
        if row.print != their.print or row.depth + deeper != their.depth:
            break
        if length and (row.mark != their.mark or _edge(row) < depth):
            break
        length += 1
    return length


def _place(blocks: Sequence[_Block], spot: _Spot, run: _Spot) -> Place:
    """Return the lines of `spot`, which end before `run` if another one overlaps with it."""
    block = blocks[spot.block]
    stop = min(spot.stop, run.start) if spot != run and spot.overlaps(run) else spot.stop
    ends = (row.end for row in block.rows[spot.start : stop])
    return Place(block.path, block.rows[spot.start].line, max(ends))


def _kind(blocks: Sequence[_Block], run: _Spot, first: _Spot) -> Kind:
    """Return how `run` lies to `first`, where it occurred first."""
    row = blocks[run.block].rows[run.start]
    length = run.stop - run.start
    if first.block != run.block or first.start + length < run.start:
        return Kind.apart
    return Kind.branches if row.mark in (ELIF, ELSE) else Kind.in_a_row
