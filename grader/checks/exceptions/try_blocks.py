"""Find every ``try`` of a file, with its size and its surroundings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.analysis.syntax.error_uses import rolls_back
from grader.analysis.syntax.except_clauses import caught, is_try
from grader.analysis.syntax.statements import (
    FUNCTIONS,
    LOOPS,
    every_statement,
    is_constant_expression,
)

#: Errors that stop a program from outside: a ``try`` around everything may catch them.
_INTERRUPTS = frozenset(
    {"CancelledError", "EOFError", "GeneratorExit", "KeyboardInterrupt", "SystemExit"}
)
_MISSING = frozenset({"ImportError", "ModuleNotFoundError"})
_Nodes = list[tuple[ast.AST, int]]


class Try(NamedTuple):
    """A ``try`` statement, with what is needed to judge its clauses.

    ``node``: the statement itself. ``size``: the number of statements in its body (not in
    ``except``, ``else`` and ``finally``), at every depth, without bare constants. ``in_loop``: it
    is inside a loop of the same function. ``in_endless_loop``: the nearest loop is a ``while`` that
    ends only from outside, and the ``try`` does not leave it: the main loop of a server.
    ``known``: the names that may have a value before it:
    those that :func:`bound_by` finds in earlier lines of the same function (outside functions: of
    the module), and the arguments of the function except ``*args`` and ``**kwargs``.
    """

    node: Any
    size: int
    in_loop: bool
    in_endless_loop: bool
    known: frozenset[str]


def has_to_be_short(found: Any) -> bool:
    """Return whether the ``try`` statement `found` should hold only the line that can fail.

    That is if it has ``except``. It may be long if it has one clause that rolls a transaction back,
    or if all clauses are for Ctrl-C and the like, or for a library that is missing.
    """
    names = {name for handler in found.handlers for name in caught(handler.type)}
    may_be_long = names <= _INTERRUPTS or names <= _MISSING or any(map(rolls_back, found.handlers))
    return bool(found.handlers) and not may_be_long


def find_tries(nodes: _Nodes) -> list[Try]:
    """Return every ``try`` among `nodes`, outer ones before those inside them.

    `nodes` are the module and all statements of a file, each with the index of the one that
    contains it, and after that one.

    Two passes (sizes from the innermost outwards, surroundings from the outermost inwards) keep
    the time linear in the number of statements.
    """
    sizes = _sizes(nodes)
    scopes, loops = [0] * len(nodes), list[ast.AST | None]([None] * len(nodes))
    bound: dict[int, dict[str, int]] = {}
    found: list[tuple[Any, int]] = []
    for at, (node, parent) in enumerate(nodes):
        starts = isinstance(nodes[parent][0], FUNCTIONS)
        scopes[at] = parent if starts else scopes[parent]
        outer = nodes[parent][0]
        loops[at] = outer if isinstance(outer, LOOPS) else None if starts else loops[parent]
        for name in bound_by(node):
            lines = bound.setdefault(scopes[at], {})
            lines[name] = min(getattr(node, "lineno", 0), lines.get(name, 1 << 30))
        if is_try(node):
            found.append((node, at))
    return [
        Try(
            node,
            sum(sizes[id(item)] for item in node.body),
            loops[at] is not None,
            _is_endless(loops[at]) and not _leaves_loop(node),
            _known(node, nodes[scopes[at]][0], bound.get(scopes[at], {})),
        )
        for node, at in found
    ]


def _sizes(nodes: _Nodes) -> dict[int, int]:
    """Return the number of statements in each statement, itself included, by its ``id``.

    Bare constants do not count, e.g. a docstring or ``...``.
    """
    inside = [0] * len(nodes)
    for at in range(len(nodes) - 1, 0, -1):
        node, parent = nodes[at]
        inside[at] += not (isinstance(node, ast.stmt) and is_constant_expression(node))
        inside[parent] += inside[at]
    return {id(node): size for (node, _), size in zip(nodes, inside, strict=True)}


def _is_endless(loop: ast.AST | None) -> bool:
    """Return whether `loop` ends only from outside: ``while True:``, ``while self.running:``.

    Also ``while not self.stopped.is_set():``; not ``while orders:`` and ``while count < 3:``.
    """
    test = loop.test if isinstance(loop, ast.While) else None
    while isinstance(test, ast.UnaryOp):
        test = test.operand
    if isinstance(test, ast.Constant):
        return bool(test.value)
    return isinstance(test.func if isinstance(test, ast.Call) else test, ast.Attribute)


def _leaves_loop(found: Any) -> bool:
    """Return whether the ``try`` statement `found` ends its loop on success, as a retry does."""
    kept = ast.Module([*found.body, *found.orelse], [])
    return any(isinstance(node, ast.Break | ast.Return) for node, _ in every_statement(kept))


def bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that `node` binds if it is an assignment or a ``for`` loop (not ``async``).

    E.g. ``a`` and ``b`` of ``a, b = pair``; not ``c`` and ``d`` of ``(c, e), *d = pair``. None of
    ``a: int``, ``a += 1``, ``a.b = 1``, or other statements.
    """
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.For) and getattr(node, "value", node) is not None:
        targets = [node.target]
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        yield from (part.id for part in parts if isinstance(part, ast.Name))


def _known(found: ast.AST, scope: ast.AST, lines: dict[str, int]) -> frozenset[str]:
    """Return the names that have a value before the statement `found`.

    `lines` has the first line that binds each name in `scope`, the function or module around. The
    arguments of a function are included, except ``*args`` and ``**kwargs``.
    """
    here = getattr(found, "lineno", 0)
    names = {name for name, line in lines.items() if line < here}
    if isinstance(scope, FUNCTIONS):
        given = scope.args
        names |= {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    return frozenset(names)
