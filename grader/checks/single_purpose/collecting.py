"""Find the loops of a function that select things and collect them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import root_of
from grader.analysis.syntax.statements import LOOPS
from grader.analysis.syntax.walk import walk
from grader.checks.single_purpose.arithmetic import Looped

#: Methods that add to a list, a set or a dictionary.
_ADDING = frozenset({"add", "append", "extend", "insert", "update"})
#: Functions whose call without arguments is something empty.
_EMPTY = frozenset({"Counter", "defaultdict", "dict", "list", "set", "str"})


class Collecting(NamedTuple):
    """A loop that collects: the line on which it does first, its lines, and what it collects in."""

    line: int
    lines: range
    names: set[str]


def collecting_loops(statements: Sequence[Looped]) -> list[Collecting]:
    """Return the loops among ``statements``, those of one function, that select and collect.

    There is a condition in such a loop, and it adds to a variable that the function has set to
    something empty: `if mark < 50: failed.append(name)`. Not so a loop that changes every thing in
    the same way, as one that reads the lines of a file does.
    """
    empty = set(_set_to_nothing(statements))
    loops = [node for node, in_loop in statements if isinstance(node, LOOPS) and not in_loop]
    return [found for loop in loops if empty and (found := _collecting(loop, empty))]


def _set_to_nothing(statements: Sequence[Looped]) -> Iterator[str]:
    """Yield the variables that one of ``statements`` sets to something empty."""
    for node, _ in statements:
        if isinstance(node, ast.Assign) and _is_empty(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_empty(value: ast.expr) -> bool:
    """Return whether ``value`` is an empty text, list, dictionary or set."""
    if isinstance(value, ast.Constant):
        return value.value == ""
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", "") in _EMPTY and len(value.args) < 2
    return isinstance(value, ast.List | ast.Dict) and not list(ast.iter_child_nodes(value))[1:]


def _collecting(loop: ast.stmt, empty: set[str]) -> Collecting | None:
    """Return ``loop`` as one that collects in variables of ``empty``; ``None`` if it is none."""
    nodes = list(walk(loop))
    if not any(isinstance(node, ast.If) for node in nodes):
        return None
    added = [(line, name) for node in nodes for line, name in _additions(node) if name in empty]
    if not added:
        return None
    lines = range(loop.lineno, (loop.end_lineno or loop.lineno) + 1)
    return Collecting(min(line for line, _ in added), lines, {name for _, name in added})


def _additions(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, variable) of what ``node`` adds to a variable."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield node.lineno, root_of(node.target)[0]
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                yield node.lineno, root_of(target)[0]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        if isinstance(called, ast.Attribute) and called.attr in _ADDING:
            yield node.lineno, root_of(called.value)[0]
