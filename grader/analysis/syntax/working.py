"""Which statements do work, and which only carry a value about?

A statement works if a reader would miss what it does: it calls, computes, compares, chooses,
repeats or raises. Names, constants and bare returns only carry values about.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.walk import walk

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
    """Whether a statement, those inside it aside, does more than carry a value about."""
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
    """What a statement is made of, the statements inside it aside."""
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, ast.ExceptHandler | ast.match_case):
            yield from (item for item in ast.iter_child_nodes(part) if not _is_statement(item))
        elif not _is_statement(part):
            yield part


def _is_statement(node: ast.AST) -> bool:
    return isinstance(node, ast.stmt)
