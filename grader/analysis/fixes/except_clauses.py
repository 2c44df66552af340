"""Fix a too broad ``except`` clause: name the errors that the code in its ``try`` can raise."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.call_targets import aliases_of
from grader.analysis.syntax.except_clauses import is_try
from grader.analysis.syntax.raised_errors import errors_raised
from grader.analysis.syntax.statements import FUNCTIONS, every_statement
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: A fix names at most so many errors. A ``try`` that can raise more, e.g. one around a download, a
#: conversion, an item and a file, should be split first. Chosen by hand.
_MOST_ERRORS = 3


def except_clause_fix(source: SourceFile) -> Fix:
    """Return a function that fixes the line of a finding about a too broad ``except``.

    That function takes a finding and its `Line`, an ``except`` clause of ``source``. It returns the
    line with other errors behind ``except``, e.g. ``except (OSError, ValueError):``: those of
    `errors_raised` for the body of the ``try`` that no clause above catches. An ``as error`` stays.
    It returns ``None`` if no such error is known, or more than three, or if the line is no
    ``except`` clause. Whether the clause is too broad is not tested.
    """

    def fix(finding: Finding, line: Line) -> str | None:
        found, errors = line.statement, _left(source, finding.line)
        if not 0 < len(errors) <= _MOST_ERRORS or not isinstance(found, ast.ExceptHandler):
            return None
        named = errors[0] if len(errors) == 1 else f"({', '.join(errors)})"
        start = len("except")
        end = start if found.type is None else line.end(found.type)
        return f"{line.text[:start]} {named}{line.text[end:]}"

    return fix


def _left(source: SourceFile, row: int) -> list[str]:
    """Return the errors that are left for the ``except`` on line ``row``, empty if not known."""
    nodes = [node for node, _ in every_statement(source.tree)]
    body, caught = next(_tried(nodes, row), ([], set()))
    functions = {node.name: node for node in nodes if isinstance(node, FUNCTIONS)}
    raised = errors_raised(body, aliases_of(nodes), functions) or ()
    return [one for one in raised if not _is_caught(one, caught)]


def _tried(nodes: Sequence[ast.AST], row: int) -> Iterator[tuple[list[ast.stmt], set[str]]]:
    """Yield the ``try`` body of each statement in ``nodes`` with an ``except`` on line ``row``.

    With it come the names of the errors that the clauses above that line catch.
    """
    for node in nodes:
        found: Any = node
        if is_try(node) and any(handler.lineno == row for handler in found.handlers):
            above = (one.type for one in found.handlers if one.lineno < row and one.type)
            yield found.body, {ast.unparse(each) for kind in above for each in _kinds(kind)}


def _kinds(kind: ast.expr) -> Sequence[ast.expr]:
    """Return the classes behind an ``except``: those of a tuple, or the one."""
    return kind.elts if isinstance(kind, ast.Tuple) else [kind]


def _is_caught(error: str, caught: Collection[str]) -> bool:
    """Return whether an ``except`` with one of ``caught`` catches every ``error``.

    e.g. ``FileNotFoundError`` after ``OSError``; not ``OSError`` after ``FileNotFoundError``.
    """
    names = {
        error,
        *(base.__name__ for base in getattr(getattr(builtins, error, 0), "__mro__", ())),
    }
    return not names.isdisjoint(caught)
