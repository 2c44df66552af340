"""Find the calls of which an assertion only compares the result with constants.

Such an assertion says nothing of a function that returns no value: after ``def save(path):`` with
no ``return``, ``assert save("a.txt") != ""`` holds whatever it does.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from grader.analysis.syntax.dotted_names import called_name
from grader.checks.tests_present.tautologies import is_constant

#: Parts of an expression from whose parts its truth follows, e.g. ``not save(3)``.
_PASSING = (ast.UnaryOp, ast.BoolOp, ast.Compare)


def compared_in(
    statement: ast.stmt, named: Mapping[str, ast.Call], neutral: Collection[str]
) -> list[ast.Call] | None:
    """Return the calls whose results `statement`, an assertion, compares with constants.

    ``None`` if it looks at anything else. e.g. the call of ``save`` for ``assert save(3) != ""``
    and ``self.assertIsNone(save(3))``, and for ``assert result is None`` if `named` says that
    ``result`` is this call; ``None`` for ``assert save(3) == expected``. `neutral` are the names of
    functions that only compute, as in ``str(save(3)) == "None"``.
    """
    found: list[ast.Call] = []
    waiting = list(_compared_by(statement))
    if not waiting:
        return None
    while waiting:
        node = waiting.pop()
        node = named.get(node.id, node) if isinstance(node, ast.Name) else node
        parts = _parts_of(node, neutral)
        if parts is None:
            return None
        waiting += parts
        found += [node] if isinstance(node, ast.Call) and not parts else []
    return found


def _parts_of(node: ast.expr, neutral: Collection[str]) -> list[ast.expr] | None:
    """Return the parts of `node` from which its value follows, if it compares no more than calls.

    Nothing for a constant or a call, the arguments for a call of a function in `neutral`; ``None``
    for anything else.
    """
    if isinstance(node, ast.Call):
        is_neutral = isinstance(node.func, ast.Name) and node.func.id in neutral
        return node.args if is_neutral else []
    if isinstance(node, _PASSING):
        return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    return [] if is_constant(node) else None


def _compared_by(statement: ast.stmt) -> Sequence[ast.expr]:
    """Return the expressions that the assertion `statement` looks at; none for other statements."""
    if isinstance(statement, ast.Assert):
        return [statement.test]
    call = statement.value if isinstance(statement, ast.Expr) else None
    is_call = isinstance(call, ast.Call) and called_name(call).startswith("assert")
    return call.args if isinstance(call, ast.Call) and is_call else []
