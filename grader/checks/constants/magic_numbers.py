"""Find numbers that need a name: those that a file repeats, and those that decide something."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from grader.checks.constants.bare_numbers import BareNumber, bare_numbers

#: Lines of a file with the same number from which it is worth a name. E.g. ``50`` in three lines is
#: reported, in two it is not. Chosen by hand.
_MIN_LINES = 3
#: The smallest number that counts wherever it stands. Smaller ones mean many things in one file:
#: ``randint(1, 6)`` in three places is reported; not ``grid + 6``, ``range(6)`` and ``x == 6``.
_MIN_ANYWHERE = 10
#: Different numbers in one function from which they are reported together, as when a function
#: draws a picture: one finding says as much as ten. Chosen by hand.
_MANY = 4


@dataclass(frozen=True)
class Magic:
    """A number of a file that should have a name, or several in one function.

    ``node`` is the first of those that count. ``times`` is the number of lines that repeat it, 1 if
    it is reported for what it decides. ``function`` is the function around several different
    numbers ("" for the top of the file), and ``several`` how many these are, else 0.
    """

    node: ast.Constant
    times: int = 1
    function: str = ""
    several: int = 0

    def written(self, lines: Sequence[str]) -> str:
        """Return the number as the source has it at ``node``, e.g. ``0x10`` for 16.

        `lines` are the lines of the file; the node counts columns in bytes of UTF-8.
        """
        line = lines[self.node.lineno - 1].encode()
        return line[self.node.col_offset : self.node.end_col_offset].decode()


def magic_numbers(tree: ast.Module) -> list[Magic]:
    """Return a ``Magic`` for each number of `tree` that is repeated or decides something.

    Repeated is a number that three lines or more have, a number below 10 only if they do the same
    with it. A threshold (``age >= 18``), a rate (``price * 0.21``) or a setting (``sleep(5)``) is
    enough once. If a function has four other numbers or more, they are one ``Magic`` together.
    Equal numbers are one: 7 and ``7.0``; signs do not matter. The result has no particular order.
    """
    by_number: dict[complex, list[BareNumber]] = {}
    for each in bare_numbers(tree):
        by_number.setdefault(each.number, []).append(each)
    found: list[Magic] = []
    by_function: dict[str, dict[complex, list[BareNumber]]] = {}
    for number, places in by_number.items():
        if repeated := _repeated(places):
            found.append(repeated)
            continue
        for place in places:
            by_function.setdefault(place.function, {}).setdefault(number, []).append(place)
    reported: set[complex] = set()
    for function, numbers in by_function.items():
        found += _in_function(function, numbers, reported)
    return found


def _repeated(places: Sequence[BareNumber]) -> Magic | None:
    """Return the ``Magic`` of a number that stands at `places`, if enough lines repeat it."""
    alike: dict[tuple[str, ...], list[ast.Constant]] = {}
    for place in places:
        alike.setdefault(place.role if _is_small(place) else (), []).append(place.node)
    for nodes in alike.values():
        times = len({node.lineno for node in nodes})
        if times >= _MIN_LINES:
            return Magic(_first(nodes), times)
    return None


def _in_function(
    function: str, numbers: Mapping[complex, Sequence[BareNumber]], reported: set[complex]
) -> Iterator[Magic]:
    """Yield what is reported of the `numbers` of `function`; those `reported` are left out.

    New ones are added to `reported`.
    """
    new = {number: places for number, places in numbers.items() if number not in reported}
    deciding = {number for number, places in new.items() if any(map(_decides, places))}
    large = {number for number, places in new.items() if not all(map(_is_small, places))}
    counted = deciding | large
    if len(counted) >= _MANY:
        nodes = (place.node for place in chain.from_iterable(map(new.__getitem__, counted)))
        yield Magic(_first(nodes), 1, function, len(counted))
    else:
        yield from (Magic(_first_deciding(new[number])) for number in deciding)
    reported.update(deciding)


def _first_deciding(places: Iterable[BareNumber]) -> ast.Constant:
    return _first(place.node for place in filter(_decides, places))


def _decides(place: BareNumber) -> bool:
    return place.decides


def _is_small(place: BareNumber) -> bool:
    number = place.node.value
    return isinstance(number, int | float) and number < _MIN_ANYWHERE


def _first(nodes: Iterable[ast.Constant]) -> ast.Constant:
    return min(nodes, key=lambda node: (node.lineno, node.col_offset))
