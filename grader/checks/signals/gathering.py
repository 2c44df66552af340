"""What one walk of a tree gathers for the signals: whatever can hold, run or load program."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.analysis.syntax.statements import is_constant_expression
from grader.analysis.syntax.walk import children

_BINDINGS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Gathered:
    """Nodes of a tree by their kind; ``bindings`` are imports and definitions.

    Docstrings and texts in mid-air are left out: nothing can use them.
    """

    statements: int = 0
    bindings: list[ast.stmt] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)
    names: list[ast.Name] = field(default_factory=list)
    constants: list[ast.Constant] = field(default_factory=list)


def gather(tree: ast.Module) -> Gathered:
    """Every node below a tree that matters, in one walk."""
    found = Gathered()
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
