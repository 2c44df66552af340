"""Fix a too broad ``except`` clause: name the errors that the code in its ``try`` can raise."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.call_targets import Aliases, aliases_of, target_of
from grader.analysis.syntax.except_clauses import is_try
from grader.analysis.syntax.raising_calls import errors_of
from grader.analysis.syntax.statements import every_statement
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile


def except_clause_fix(source: SourceFile) -> Fix:
    """Return a function that fixes the line of a finding about a too broad ``except``.

    That function takes a finding and its `Line`, an ``except`` clause of ``source``. It returns the
    line with other errors behind ``except``, e.g. ``except (OSError, ValueError):``: those that
    `errors_of` knows for the calls in the body of the ``try``, each once, in the order of the
    calls. An ``as error`` stays. It returns ``None`` if no such error is known, or if the line is
    no ``except`` clause. Whether the clause is too broad is not tested.
    """

    def fix(finding: Finding, line: Line) -> str | None:
        nodes = [node for node, _ in every_statement(source.tree)]
        body = next(_tried(nodes, finding.line), [])
        errors = _errors(body, aliases_of(nodes))
        found = line.statement
        if not errors or not isinstance(found, ast.ExceptHandler):
            return None
        named = errors[0] if len(errors) == 1 else f"({', '.join(errors)})"
        start = len("except")
        end = start if found.type is None else line.end(found.type)
        return f"{line.text[:start]} {named}{line.text[end:]}"

    return fix


def _tried(nodes: Sequence[ast.AST], row: int) -> Iterator[list[ast.stmt]]:
    """Yield the ``try`` body of each statement in ``nodes`` with an ``except`` on line ``row``."""
    for node in nodes:
        found: Any = node
        if is_try(node) and any(handler.lineno == row for handler in found.handlers):
            yield found.body


def _errors(body: Sequence[ast.stmt], aliases: Aliases) -> list[str]:
    """Return the names of the errors that the calls in ``body`` are known to raise.

    Calls at any depth count, those in nested functions too. The names are in the order of the
    calls in the text, without repetition.
    """
    calls = [node for item in body for node in ast.walk(item) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    found = [errors_of(call, target_of(call.func, aliases), aliases)[0] for call in calls]
    return list(dict.fromkeys(error for errors in found for error in errors))
