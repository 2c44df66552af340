"""What a statement works out when it runs, without recursion."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Fields of a node that are never worked out, or hold nothing.
_LEAVES = frozenset({"annotation", "returns", "ctx", "type_comment", "op", "ops", "kind"})


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that are evaluated, in order."""
    for name in node._fields:
        if name in _LEAVES:
            continue
        value = getattr(node, name, None)
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST):
            yield value


def worked_out(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement itself works out: not the statements in it, nor the bodies of lambdas."""
    waiting: list[ast.AST] = [
        each for each in children(statement) if isinstance(each, ast.expr | ast.withitem)
    ]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.Lambda):
            waiting.extend(children(node))


def root_of(node: ast.expr) -> tuple[str, str]:
    """``("x", "")`` for ``x[0][1]``, ``("x", "y")`` for ``x.y[0].z``, no name for ``f().x``."""
    attribute = ""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        if isinstance(node, ast.Attribute):
            attribute = node.attr
        node = node.value
    return (node.id, attribute) if isinstance(node, ast.Name) else ("", "")
