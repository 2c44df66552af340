"""The nodes below a node, fast: a check visits every one of them, and there are many."""

from __future__ import annotations

import ast
from typing import Any

#: Nodes that only say how another is used.
_MARKS: frozenset[type] = frozenset({ast.Load, ast.Store, ast.Del, type(None), str, int})


def below(node: ast.AST) -> list[ast.AST]:
    """What ``ast.iter_child_nodes`` gives, but for ``Load``, ``Store`` and ``Del``."""
    found: list[ast.AST] = []
    for name in node._fields:
        value: Any = getattr(node, name, None)
        kind = type(value)
        if kind is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif kind not in _MARKS and isinstance(value, ast.AST):
            found.append(value)
    return found
