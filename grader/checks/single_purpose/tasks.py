"""How many tasks does a function do that have nothing to do with each other?"""

from __future__ import annotations

import ast
from collections import Counter

from grader.analysis.syntax.disjoint_sets import Groups
from grader.analysis.syntax.statements import DEFINITIONS, Function, without_docstring

#: Statements of a function's own level that make a task, and tasks that make several.
TASK = 3
SEVERAL = 3


def count_tasks(function: Function) -> int:
    """Groups of statements of a function that have no name in common, small groups aside.

    A name that gets a new value begins anew, and what is given to the function binds nothing
    together: everybody may use it. What is asked to do something binds those that ask it, and
    an ``__init__`` sets many things by nature.
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
    """Names that a statement may set, names it reads, and names that it sets anew for certain."""
    fresh = _names_set_anew(statement)
    inner = {one.id for node in ast.walk(statement) for one in _loop_names(node)}
    kept: set[str] = set()
    read: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id not in inner:
            (read if isinstance(node.ctx, ast.Load) else kept).add(node.id)
        elif name := _defined_or_asked(node):
            kept.add(name)
    return kept - fresh, read, fresh


def _names_set_anew(statement: ast.stmt) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {one.id for target in targets for one in _plain(target)}


def _defined_or_asked(node: ast.AST) -> str:
    """The name that a definition sets, or that of what is asked to do something."""
    if isinstance(node, DEFINITIONS):
        return node.name
    return _asked(node.value) if isinstance(node, ast.Expr) else ""


def _asked(value: ast.expr) -> str:
    """The name of what a statement asks to do something: ``canvas`` in ``canvas.line(1, 2)``."""
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
    """Names of a loop or a ``with``, which belong to the statement that has them."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return _plain(node.target)
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return _plain(node.optional_vars)
    return []
