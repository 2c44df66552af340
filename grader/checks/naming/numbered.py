"""Find names that differ from others only by a number, e.g. ``data1`` and ``data2``."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable

from grader.analysis.syntax.names import Binding, Kind, Scope, words_of
from grader.checks.naming.vocabulary import FILLERS, NONSENSE, WEAK

#: Every binding of one name in one scope.
Group = list[Binding]
Groups = dict[tuple[Scope, str], Group]

#: A name that ends in a number of one or two digits: `row1`, `row_12`; not `data2024` and `x_`.
_NUMBERED = re.compile(r"(?P<stem>.*?[^\d_])_*(?P<number>\d{1,2})")
#: Last words of stems with which a number is one term, e.g. `log2`, `utf_8` and `dx1`; `row` is
#: none of them. Chosen by hand.
_WHOLE_WITH_NUMBER = frozenset("""
    atan base cbrt crc dx dy dz exp float h int ip
    ipv lat ln log lon lng md mp py python sha sqrt uint
    utf
    """.split())
#: Last words of stems of things that the world calls by their number: the first part of a puzzle,
#: a layer of a network, a week. e.g. lets go `player1` and `player2`, reports `row1` and `row2`.
#: By hand.
_ORDINAL = frozenset("""
    ax bn chapter class conv day dense dropout exercise fc label layer lesson level part player
    question root round stage task team version week year
    """.split())
#: What puts several things side by side and gives them back in that order, so that a number is
#: their place: `figure, (ax1, ax2) = plt.subplots(1, 2)`, `col1, col2 = st.columns(2)`; not
#: `row1, row2 = load()`.
_LAYOUT = frozenset(
    "add_subplot columns subplot subplot2grid subplot_mosaic subplots tabs twinx twiny".split()
)
#: The axes of a coordinate, and the longest word that ends in one: `x1`, `lx1`, `ry2`; not `box1`
#: beside `day1`.
_AXES, _LONGEST_COORDINATE = "xyz", 2
#: Sizes of machine words: `data64` is no 64th piece of data. Alone it is let go, with `data2` in
#: the same scope both are reported.
_BITS = frozenset({8, 16, 32, 64})
#: A letter with up to this many numbers may be a quantity of a formula: `a1`, `a2`, `a3` are fine,
#: with `a4` all four are reported. Chosen by hand, for the three dimensions of space.
_MOST_QUANTITIES = 3


def grouped(found: Iterable[Binding]) -> Groups:
    """Return lists of the bindings `found`, by (scope, name), in the order of `found`."""
    groups: Groups = {}
    for each in found:
        groups.setdefault((each.scope, each.name), []).append(each)
    return groups


def numbered_names(groups: Groups) -> set[tuple[Scope, str]]:
    """Return (scope, name) of each name that differs only by a number from another or a vague word.

    The other name is in the same scope. e.g. ``row1`` and ``row2`` in one function (``row`` counts
    as ``row1``), and the vague ``data2`` alone; not ``row7`` alone, ``row12`` and ``row24``, of
    which no two follow each other from 0, 1 or 2, coordinates such as ``x1`` beside a ``y1``, terms
    such as ``log2``, things with a number of their own (``player1``) or a place side by side
    (``col1, col2 = st.columns(2)``), a pair of arguments ``point1`` and ``point2``, constants,
    classes, imports and fields of a class.
    """
    stems: dict[tuple[Scope, str], dict[int, Group]] = {}
    for (scope, name), group in groups.items():
        match = _NUMBERED.fullmatch(name)
        if match and _may_be_numbered(name, group) and not _is_placed(group):
            stems.setdefault((scope, match["stem"].rstrip("_")), {})[int(match["number"])] = group
    return {
        (scope, group[0].name)
        for (scope, stem), numbers in stems.items()
        if _is_series(stem, numbers, (scope, stem) in groups)
        and not _is_coordinate(scope, stem, stems)
        for group in numbers.values()
    }


def _may_be_numbered(name: str, group: Group) -> bool:
    """Return whether the variable, argument or function `name` may be a numbered one.

    Constants, classes, imports and fields may not: ``HTTP2``, ``Sha1``, ``class Row: column1 = 0``.
    """
    if name.isupper() or name.startswith("__"):
        return False
    fields = all(isinstance(each.scope, ast.ClassDef) for each in group)
    kinds = {each.kind for each in group}
    if Kind.FUNCTION in kinds or Kind.METHOD in kinds:
        return True
    return not fields and not kinds <= {Kind.CLASS, Kind.IMPORT}


def _is_placed(group: Group) -> bool:
    """Return whether each binding of one name is what one of ``_LAYOUT`` put side by side."""
    return all(each.made_by in _LAYOUT for each in group)


def _is_coordinate(scope: Scope, stem: str, stems: Collection[tuple[Scope, str]]) -> bool:
    """Return whether `stem` ends in an axis, and `scope` has a numbered name of another axis.

    e.g. ``x`` beside ``y``, ``lx`` beside ``ry`` and ``start_x`` beside ``start_y``; not ``box``.
    """
    *_, word = stem.split("_")
    axis = word[-1:]
    if axis not in _AXES or len(word) > _LONGEST_COORDINATE:
        return False
    others = (other.rpartition("_")[2] for where, other in stems if where is scope)
    return any(
        other[-1:] in _AXES and other[-1:] != axis and len(other) == len(word) for other in others
    )


def _is_series(stem: str, numbers: dict[int, Group], has_plain: bool) -> bool:
    """Return whether `stem` with these `numbers` is a series of names without meaning.

    A vague stem always is (``data2``), unless all numbers are in ``_BITS``; a letter only with more
    than ``_MOST_QUANTITIES`` numbers; another stem with two numbers in a row (``row1``, ``row2``),
    unless they are a pair of arguments. `has_plain`: the scope also has `stem` without a number,
    which then counts as number 1.
    """
    words = words_of(stem)
    if not words or words[-1] in _WHOLE_WITH_NUMBER | _ORDINAL:
        return False
    if len(words[-1]) == 1:
        return len(numbers) > _MOST_QUANTITIES
    if (NONSENSE | WEAK | FILLERS).issuperset(words):
        return not _BITS >= set(numbers)
    return not _is_pair(numbers) and _is_consecutive(set(numbers) | ({1} if has_plain else set()))


def _is_pair(numbers: dict[int, Group]) -> bool:
    """Return whether `numbers` are two arguments 1 and 2, e.g. of ``distance(point1, point2)``."""
    arguments = (group[0].kind is Kind.ARGUMENT for group in numbers.values())
    return set(numbers) == {1, 2} and all(arguments)


def _is_consecutive(numbers: set[int]) -> bool:
    """Return whether `numbers` has two in a row that start at 0, 1 or 2.

    e.g. ``{1, 2}``; not ``{12, 24}``, which may be hours, sizes or versions.
    """
    return any({number, number + 1} <= numbers for number in (0, 1, 2))
