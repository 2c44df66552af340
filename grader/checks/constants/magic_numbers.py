"""Find numbers that the functions of one file repeat."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.syntax.statements import FUNCTIONS
from grader.analysis.syntax.walk import children

#: Numbers that need no name, because their meaning is usually plain: ``x * 100`` for percent,
#: ``n % 2``. ``-1`` is 1 behind a minus in the syntax tree. E.g. 7, 0.21 and 60 are not in it.
#: Chosen by hand.
_WITHOUT_NAME = frozenset({0, 1, 2, 10, 100, 1000})
#: Occurrences in the functions of a file from which a number is worth a name. E.g. ``7`` in three
#: places is reported, in two it is not. Chosen by hand.
_MIN_OCCURRENCES = 3
#: Nodes that may name a number: ``def f(limit=30)``, ``limit = 30``, ``limit: int = 30``,
#: ``f(limit=30)`` and ``(limit := 30)``; not ``limit == 30`` or ``f(30)``.
_NAMING_NODES = frozenset({ast.arguments, ast.Assign, ast.AnnAssign, ast.keyword, ast.NamedExpr})


@dataclass(frozen=True)
class Magic:
    """A number that the functions of a file repeat and that should have a name.

    ``node`` is an occurrence in the first line that has one, ``times`` the number of occurrences
    that count (see :func:`magic_numbers`).
    """

    node: ast.Constant
    times: int

    def written(self, lines: Sequence[str]) -> str:
        """Return the number as the source has it at ``node``, e.g. ``0x10`` for 16.

        `lines` are the lines of the file; the node counts columns in bytes of UTF-8.
        """
        line = lines[self.node.lineno - 1].encode()
        return line[self.node.col_offset : self.node.end_col_offset].decode()


def magic_numbers(tree: ast.Module) -> list[Magic]:
    """Return a ``Magic`` for each number that the functions of `tree` have three times or more.

    All functions and methods are counted together. An occurrence that has a name is not counted:
    ``limit = 30``, ``limit = -30``, ``f(limit=30)``, and those in a list of parameters. Nor are 0,
    1, 2, 10, 100 and 1000, ``True`` and ``False``. Equal numbers are one: 7 and ``7.0``; signs do
    not matter: 7 and ``-7``. The result is in no particular order.
    """
    found: dict[complex, list[ast.Constant]] = {}
    for node in _unnamed_numbers(tree):
        found.setdefault(node.value, []).append(node)  # type: ignore[arg-type]
    repeated = (nodes for nodes in found.values() if len(nodes) >= _MIN_OCCURRENCES)
    return [Magic(min(nodes, key=lambda each: each.lineno), len(nodes)) for nodes in repeated]


def _unnamed_numbers(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield each number inside a function of `tree` that needs a name and has none."""
    outside: list[ast.AST] = [tree]
    inside: list[ast.AST] = []
    while outside:
        node = outside.pop()
        (inside if isinstance(node, FUNCTIONS) else outside).extend(children(node))
    while inside:
        node = inside.pop()
        if isinstance(node, ast.Constant):
            if _needs_name(node.value):
                yield node
        elif type(node) not in _NAMING_NODES or not _names_number(node):
            inside += children(node)


def _needs_name(value: object) -> bool:
    """Return whether `value` is a number that needs a name; ``True`` is no number here."""
    return type(value) in (int, float, complex) and value not in _WITHOUT_NAME


def _names_number(node: ast.AST) -> bool:
    """Return whether `node` names a bare number, or is a list of parameters.

    E.g. ``limit = 30`` and ``limit = -30``, but not ``limit = 30 * days``.
    """
    if isinstance(node, ast.arguments):
        return True
    value = getattr(node, "value", None)
    return isinstance(value.operand if isinstance(value, ast.UnaryOp) else value, ast.Constant)
