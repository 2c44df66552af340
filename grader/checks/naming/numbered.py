"""Names that a number tells apart: ``data1`` and ``data2``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from grader.analysis.syntax.names import Binding, Kind, Scope, words_of
from grader.checks.naming.vocabulary import FILLERS, NONSENSE, WEAK

#: Every binding of one name in one scope.
Group = list[Binding]
Groups = dict[tuple[Scope, str], Group]

_NUMBERED = re.compile(r"(?P<stem>.*?[^\d_])_*(?P<number>\d{1,2})")
#: Stems of names in which the number is part of the word, or a direction of space.
_WHOLE_WITH_NUMBER = frozenset("""
    atan base cbrt crc dx dy dz exp float h int ip
    ipv lat ln log lon lng md mp py python sha sqrt uint
    utf
    """.split())
#: Sizes of words of memory, as in ``data64``.
_BITS = frozenset({8, 16, 32, 64})
#: Numbers of one letter that still read as coordinates.
_MOST_COORDINATES = 3


def grouped(found: Iterable[Binding]) -> Groups:
    """Bindings by scope and name, in the order of their first lines."""
    groups: Groups = {}
    for each in found:
        groups.setdefault((each.scope, each.name), []).append(each)
    return groups


def numbered_names(groups: Groups) -> set[tuple[Scope, str]]:
    """The names that differ from others of their scope, or from a vague word, by a number."""
    stems: dict[tuple[Scope, str], dict[int, Group]] = {}
    for (scope, name), group in groups.items():
        match = _NUMBERED.fullmatch(name)
        if match and _may_be_numbered(name, group):
            stems.setdefault((scope, match["stem"].rstrip("_")), {})[int(match["number"])] = group
    return {
        (scope, group[0].name)
        for (scope, stem), numbers in stems.items()
        if _is_series(stem, numbers, (scope, stem) in groups)
        for group in numbers.values()
    }


def _may_be_numbered(name: str, group: Group) -> bool:
    """Constants, classes, imports and fields may have numbers: protocols and tables do."""
    if name.isupper() or name.startswith("__"):
        return False
    fields = all(isinstance(each.scope, ast.ClassDef) for each in group)
    kinds = {each.kind for each in group}
    if Kind.FUNCTION in kinds or Kind.METHOD in kinds:
        return True
    return not fields and not kinds <= {Kind.CLASS, Kind.IMPORT}


def _is_series(stem: str, numbers: dict[int, Group], plain: bool) -> bool:
    words = words_of(stem)
    if not words or words[-1] in _WHOLE_WITH_NUMBER:
        return False
    if len(words[-1]) == 1:
        return len(numbers) > _MOST_COORDINATES
    if (NONSENSE | WEAK | FILLERS).issuperset(words):
        return not _BITS >= set(numbers)
    return not _is_pair(numbers) and _counts_on(set(numbers) | ({1} if plain else set()))


def _is_pair(numbers: dict[int, Group]) -> bool:
    """Two arguments of one kind, as for a function that compares them."""
    arguments = (group[0].kind is Kind.ARGUMENT for group in numbers.values())
    return set(numbers) == {1, 2} and all(arguments)


def _counts_on(numbers: set[int]) -> bool:
    """Whether numbers go on from 0, 1 or 2, as no year, size or version does."""
    return any({number, number + 1} <= numbers for number in (0, 1, 2))
