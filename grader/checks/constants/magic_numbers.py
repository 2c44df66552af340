"""Numbers that functions of one file write again and again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.syntax.statements import FUNCTIONS
from grader.analysis.syntax.walk import children

#: Numbers that need no name, whatever they count (``-1`` is written as 1 behind a minus).
_PLAIN = frozenset({0, 1, 2, 10, 100, 1000})
#: How often a number stands in a file before it is worth a name.
_OFTEN = 3
#: Nodes that may give a number a name.
_NAMING = frozenset({ast.arguments, ast.Assign, ast.AnnAssign, ast.keyword, ast.NamedExpr})


@dataclass(frozen=True)
class Magic:
    """A number, where it stands first, and how often it stands in functions."""

    node: ast.Constant
    times: int

    def written(self, lines: Sequence[str]) -> str:
        """The number as the student wrote it, in whatever base."""
        line = lines[self.node.lineno - 1].encode()
        return line[self.node.col_offset : self.node.end_col_offset].decode()


def magic_numbers(tree: ast.Module) -> list[Magic]:
    """Numbers that stand three times or more in the functions of a module.

    A number that is given a name where it stands is none: ``limit = 30``, a default, a keyword.
    """
    found: dict[complex, list[ast.Constant]] = {}
    for node in _in_functions(tree):
        found.setdefault(node.value, []).append(node)  # type: ignore[arg-type]
    often = (nodes for nodes in found.values() if len(nodes) >= _OFTEN)
    return [Magic(min(nodes, key=lambda each: each.lineno), len(nodes)) for nodes in often]


def _in_functions(tree: ast.Module) -> Iterator[ast.Constant]:
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
        elif type(node) not in _NAMING or not _names_number(node):
            inside += children(node)


def _needs_name(value: object) -> bool:
    return type(value) in (int, float, complex) and value not in _PLAIN


def _names_number(node: ast.AST) -> bool:
    """Whether a node gives a bare number a name of its own, or is a list of arguments."""
    if isinstance(node, ast.arguments):
        return True
    value = getattr(node, "value", None)
    return isinstance(value.operand if isinstance(value, ast.UnaryOp) else value, ast.Constant)
