"""How many tasks does a function do that share no variables?"""

from __future__ import annotations

import ast
from collections import Counter

from grader.analysis.syntax.disjoint_sets import Groups
from grader.analysis.syntax.statements import DEFINITIONS, Function, without_docstring
from grader.analysis.syntax.walk import walk

#: Statements at a function's own level that make a task, and tasks that make several: fewer are
#: how ordinary functions look. e.g. `title = ...`, `body = ...`, `foot = ...` are three statements
#: of one task; three times `rows = []`, a loop that fills them, `show(rows)` are three tasks.
TASK = 3
SEVERAL = 3


def count_tasks(function: Function) -> int:
    """Return how many groups of :data:`TASK` statements or more of ``function`` share no name.

    A name that gets a new value begins anew: `rows = []` a second time joins nothing to the first.
    Parameters join nothing, since every task may use them. A value whose methods are called joins
    its callers: `canvas.line(...)` and `canvas.text(...)` are one task. An ``__init__`` sets many
    things by nature, and has no tasks.
    """
    statements = without_docstring(function.body)
    if len(statements) < TASK * SEVERAL or function.name == "__init__":
        return 0
    groups = Groups(len(statements))
    last: dict[str, int] = {}
    for at, statement in enumerate(statements):
        kept, read, fresh = _names_of(statement)
        for name in read | kept:
            if name in last:
                groups.join(at, last[name])
        last |= dict.fromkeys(kept | fresh, at)
    sizes = Counter(map(groups.first, range(len(statements))))
    return sum(size >= TASK for size in sizes.values())


def _names_of(statement: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """Return the names that ``statement`` may set, that it reads, and that it surely sets anew."""
    fresh = _names_set_anew(statement)
    nodes = list(walk(statement))
    inner = {one.id for node in nodes for one in _loop_names(node)}
    kept: set[str] = set()
    read: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in inner:
            (read if isinstance(node.ctx, ast.Load) else kept).add(node.id)
        elif name := _defined_or_asked(node):
            kept.add(name)
    return kept - fresh, read, fresh


def _names_set_anew(statement: ast.stmt) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {one.id for target in targets for one in _plain(target)}


def _defined_or_asked(node: ast.AST) -> str:
    """Return the name that a definition sets, or that of the value whose method is called."""
    if isinstance(node, DEFINITIONS):
        return node.name
    return _asked(node.value) if isinstance(node, ast.Expr) else ""


def _asked(value: ast.expr) -> str:
    """Return ``canvas`` for ``canvas.line(1, 2)`` and ``canvas.pen.down()``."""
    asked = value.func if isinstance(value, ast.Call) else None
    while isinstance(asked, ast.Attribute):
        asked = asked.value
        if isinstance(asked, ast.Name):
            return asked.id
    return ""


def _plain(target: ast.expr) -> list[ast.Name]:
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return [part for part in parts if isinstance(part, ast.Name)]


def _loop_names(node: ast.AST) -> list[ast.Name]:
    """Return the variables of a loop or a ``with``: they belong to that statement alone."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return _plain(node.target)
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return _plain(node.optional_vars)
    return []
