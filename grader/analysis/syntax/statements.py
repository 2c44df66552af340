"""Statements of a syntax tree, without recursion: a long ``elif`` chain is a deep tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.syntax.walk import walk
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


_WORKING_STATEMENTS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match),
    *(ast.Raise, ast.Assert, ast.AugAssign),
)
_WORKING_EXPRESSIONS = (
    *(ast.Call, ast.BinOp, ast.BoolOp, ast.Compare, ast.Subscript, ast.IfExp, ast.JoinedStr),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda),
    *(ast.Await, ast.Yield, ast.YieldFrom),
)
_CARRIERS = (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr, ast.Delete)


def works(statement: ast.stmt) -> bool:
    """Return whether ``statement``, without those inside it, does more than pass a value on.

    It works if it calls, computes, compares, chooses, repeats or raises, e.g.
    ``total = price * n``; not ``name = other``, ``return None`` or ``print("done")``.
    """
    if isinstance(statement, _WORKING_STATEMENTS):
        return True
    if not isinstance(statement, _CARRIERS) or _prints_a_constant(statement):
        return False
    return any(isinstance(node, _WORKING_EXPRESSIONS) for node in walk(*own_parts(statement)))


def _prints_a_constant(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
        return False
    return call.func.id == "print" and all(isinstance(item, ast.Constant) for item in call.args)


def own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the parts of ``statement`` that are not statements: targets, values, conditions."""
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, ast.ExceptHandler | ast.match_case):
            inner = ast.iter_child_nodes(part)
            yield from (item for item in inner if not isinstance(item, ast.stmt))
        elif not isinstance(part, ast.stmt):
            yield part
