"""Count the tasks of a function that share no variables."""

from __future__ import annotations

import ast
from collections import Counter

from grader.analysis.syntax.disjoint_sets import Groups
from grader.analysis.syntax.statements import DEFINITIONS, Function, without_docstring
from grader.analysis.syntax.walk import walk

#: Fewest statements of a task, and fewest tasks that are reported. Statements inside statements do
#: not count. e.g. three times `rows = []`, a loop that fills them, `show(rows)` are three tasks; a
#: function that does so twice is let go, and so are groups of two statements. Chosen by hand.
TASK = 3
SEVERAL = 3

#: Nodes that set variables of their own.
_OWN_NAMES = (ast.For, ast.AsyncFor, ast.comprehension, ast.withitem)
#: Nodes that may change a value: definitions, and calls as statements.
_CHANGING = (ast.Expr, *DEFINITIONS)


def count_tasks(function: Function) -> int:
    """Return the number of groups of three or more statements that share no variable.

    Counted are the statements directly in the body of ``function``, without its docstring;
    statements inside them are parts of them. Two of them are in one group if they use the same
    variable that the function sets (but by a loop or ``with``), directly or through others in the
    group. A variable that is assigned again counts as a new one: a second `rows = []` joins nothing
    to the first. Reading a parameter joins nothing, since every task may do so, but statements that
    call methods of one value join: `canvas.line(...)` and `canvas.text(...)`. The result is 0
    for fewer than nine statements, and for ``__init__``, which usually sets many unrelated things.
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
    """Return the names that ``statement`` may change, that it reads, and that it assigns anew.

    The first include values whose methods it calls, and leave out those of the third. Variables of
    its own loops and ``with`` are in none.
    """
    fresh = _names_set_anew(statement)
    names: list[ast.Name] = []
    kept: set[str] = set()
    inner: set[str] = set()
    for node in walk(statement):
        if isinstance(node, ast.Name):
            names.append(node)
        elif isinstance(node, _OWN_NAMES):
            inner |= {one.id for one in _loop_names(node)}
        elif isinstance(node, _CHANGING) and (name := _defined_or_asked(node)):
            kept.add(name)
    read: set[str] = set()
    for one in names:
        if one.id not in inner:
            (read if isinstance(one.ctx, ast.Load) else kept).add(one.id)
    return kept - fresh, read, fresh


def _names_set_anew(statement: ast.stmt) -> set[str]:
    """Return the names that ``statement`` itself assigns with ``=``, e.g. both of `a, b = 1, 2`."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {one.id for target in targets for one in _plain(target)}


def _defined_or_asked(node: ast.AST) -> str:
    """Return the name of ``node``, a definition, or of the value whose method ``node`` calls.

    "" for other nodes; a call counts only as a statement of its own.
    """
    if isinstance(node, DEFINITIONS):
        return node.name
    return _asked(node.value) if isinstance(node, ast.Expr) else ""


def _asked(value: ast.expr) -> str:
    """Return ``canvas`` for ``canvas.line(1, 2)`` and ``canvas.pen.down()``, "" for ``line(1)``."""
    asked = value.func if isinstance(value, ast.Call) else None
    while isinstance(asked, ast.Attribute):
        asked = asked.value
        if isinstance(asked, ast.Name):
            return asked.id
    return ""


def _plain(target: ast.expr) -> list[ast.Name]:
    """Return the names that ``target`` is or lists; no attributes, items or nested tuples."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return [part for part in parts if isinstance(part, ast.Name)]


def _loop_names(node: ast.AST) -> list[ast.Name]:
    """Return the variables that ``node`` sets if it is a loop, or a part of a ``with``.

    The loop may be one of a comprehension. The variables belong to that statement alone.
    """
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return _plain(node.target)
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return _plain(node.optional_vars)
    return []
