"""Collect in one walk of a tree the nodes that can contain, run or load code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.analysis.syntax.statements import is_constant_expression
from grader.analysis.syntax.walk import children

#: Statements that give a name to a module, function or class.
_BINDINGS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Nodes:
    """The nodes of a tree that can contain, run or load code, by kind, collected by :func:`gather`.

    ``bindings`` are imports, functions and classes. ``calls``, ``names`` and ``constants`` have the
    nodes of these kinds. ``statements`` is the number of all statements. Constants that are
    statements of their own, e.g. docstrings, are not in ``constants``, because no code can use
    them.
    """

    statements: int = 0
    bindings: list[ast.stmt] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)
    names: list[ast.Name] = field(default_factory=list)
    constants: list[ast.Constant] = field(default_factory=list)


def gather(tree: ast.Module) -> Nodes:
    """Return the nodes of `tree` at every depth that matter for signals, in no useful order."""
    found = Nodes()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            found.names.append(node)
            continue
        if isinstance(node, ast.Constant):
            found.constants.append(node)
            continue
        if isinstance(node, ast.stmt):
            found.statements += 1
            if is_constant_expression(node):
                continue
            if isinstance(node, _BINDINGS):
                found.bindings.append(node)
        elif isinstance(node, ast.Call):
            found.calls.append(node)
        waiting += children(node)
    return found
