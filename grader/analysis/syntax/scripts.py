"""Tell a module, which others import, from a script, which somebody runs."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.statements import DEFINITIONS
from grader.analysis.syntax.walk import worked_out

#: Calls at the top that make a module a script, e.g. `print("Welcome")`, which would run at each
#: import; not `logging.info("Welcome")`. Chosen by hand.
_TALKS = frozenset({"print", "input"})
#: Methods that wait at the top until a window is closed: ``root.mainloop()``. Chosen by hand.
_WAITS = frozenset({"exitonclick", "mainloop"})


def is_script(module: Module) -> bool:
    """Return whether the code of ``module`` that runs at its import shows that it is a script.

    It does if it has a `while`, calls `print` or `input`, waits for a window (`root.mainloop()`),
    or has a statement, without assignment, that calls a function or class of the file itself:
    `main()`, not `TABLE = build()`. Code in functions and classes and below
    `if __name__ == "__main__":` does not count.
    """
    own = {
        name for name, bound in module.bindings.items() if any(each.kind == "own" for each in bound)
    }
    return any(
        _runs_script(statement, own)
        for block in module.top
        if not block.in_guard
        for statement in block.statements
        if not isinstance(statement, DEFINITIONS)
    )


def _runs_script(statement: ast.stmt, own: Collection[str]) -> bool:
    """Return whether ``statement`` is a `while`, prints, asks, waits, or calls one of ``own``."""
    if isinstance(statement, ast.While) or _calls(statement, _TALKS):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    # e.g. `main()` on a line of its own; a library may have `TABLE = build()` as well
    return called_name(statement.value) in _WAITS or _calls(statement, own)


def _calls(statement: ast.stmt, names: Collection[str]) -> bool:
    """Return whether ``statement``, without the statements inside it, calls one of ``names``."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for node in worked_out(statement)
    )
