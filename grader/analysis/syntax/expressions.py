"""The expressions of one statement, fast and without recursion."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Fields that hold no expression to look at: names, signs, and the statements inside.
_PLAIN = frozenset(
    "arg asname attr ctx id kind level name op ops type_comment type_ignores".split()
)
_BODIES = frozenset("body cases finalbody handlers orelse".split())
_LEAVES = (ast.Name, ast.Constant)


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    left_out = _PLAIN | (_BODIES if issubclass(kind, ast.stmt | ast.mod) else frozenset())
    return tuple(name for name in kind._fields if name not in left_out)


#: By kind of node; worked out when first met.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def expressions(statement: ast.AST) -> Iterator[ast.AST]:
    """Every node of a statement below it, but the statements inside it, and no signs."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        names = _FIELDS.get(kind) or _FIELDS.setdefault(kind, _fields(kind))
        for name in names:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found = [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                found = [value]
            else:
                continue
            yield from found
            waiting += [one for one in found if not isinstance(one, _LEAVES)]
