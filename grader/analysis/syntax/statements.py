"""Statements of a syntax tree, without recursion: a long ``elif`` chain is a deep tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.domain.source import SourceFile

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)


def is_constant_expression(statement: ast.stmt) -> bool:
    """Whether a statement is a bare constant: a docstring, a string in mid-air, ``...``."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement, where it comes first in its body, is that body's docstring."""
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
        return False
    return isinstance(statement.value.value, str)


def without_docstring(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The statements of a body after its docstring."""
    return body[1:] if body and is_docstring(body[0]) else body


def has_statements(source: SourceFile) -> bool:
    """Whether there is any statement beside comments and the module's docstring."""
    return bool(without_docstring(source.tree.body))


def is_stub(body: Sequence[ast.stmt]) -> bool:
    """Whether a body does nothing: only ``pass``, ``...``, strings."""
    return all(isinstance(item, ast.Pass) or is_constant_expression(item) for item in body)


def bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statement lists directly inside a statement: bodies, handlers, cases, ``else``."""
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body:
            yield body
    for name in ("handlers", "cases"):
        for part in getattr(node, name, ()):
            yield part.body


def every_statement(tree: ast.AST) -> list[tuple[ast.AST, int]]:
    """Every statement below a node with the index of its parent, parents always first.

    The first entry is the node itself, with itself as its parent.
    """
    found: list[tuple[ast.AST, int]] = [(tree, 0)]
    at = 0
    while at < len(found):
        for body in bodies(found[at][0]):
            found.extend((statement, at) for statement in body)
        at += 1
    return found


def functions_in(tree: ast.AST) -> list[Function]:
    """Every function and method below a node, inner ones too, in the order of their lines."""
    found = [node for node, _ in every_statement(tree) if isinstance(node, FUNCTIONS)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))
