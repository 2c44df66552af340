"""Which statements of a module run while it is being imported, outside every function?

Importing a module should define things and do nothing else. What only defines is free: imports,
functions, classes, constants, a docstring, and the guard ``if __name__ == "__main__":`` with a
few statements. Everything else counts, at every depth: a loop counts one and so does each
statement inside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import FUNCTIONS, bodies, is_constant_expression

#: Statements that a guard may hold: enough to parse arguments and call ``main``. More is a script
#: that was moved under the guard, and counts.
GUARD_ROOM = 5

_FREE = (*FUNCTIONS, ast.Import, ast.ImportFrom, ast.Pass, ast.Global)
_TYPE_ALIAS: tuple[type[ast.AST], ...] = (ast.TypeAlias,) if hasattr(ast, "TypeAlias") else ()
_BRANCHING = frozenset({"Try", "TryStar", "Match"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)
_ACTS = (ast.Call, ast.Await, ast.NamedExpr)

#: Calls that make a value and do nothing else, by the last part of their name. A call of a class,
#: known by its CapWords, is one too.
_MAKERS = frozenset(
    {
        "compile",
        "date",
        "datetime",
        "dict",
        "frozenset",
        "getLogger",
        "list",
        "namedtuple",
        "range",
        "resolve",
        "set",
        "timedelta",
        "tuple",
    }
)
_LOGGERS = frozenset({"log", "logger"})


def is_guard(statement: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__":``, in either order of the operands."""
    if not isinstance(statement, ast.If) or not isinstance(statement.test, ast.Compare):
        return False
    test = statement.test
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )


def runs_outside(statement: ast.stmt) -> int:
    """How many statements a statement of a module's (or class's) body runs on import."""
    if isinstance(statement, ast.ClassDef):
        return sum(runs_outside(item) for item in statement.body if not _is_member(item))
    if isinstance(statement, ast.If):
        return _guard(statement) if is_guard(statement) else _branches(statement)
    if isinstance(statement, _LOOPS):
        return 1 + _all(bodies(statement))
    if type(statement).__name__ in _BRANCHING:
        return 0 if _is_import_with_fallback(statement) else _with_header(statement)
    return int(not _is_free(statement))


def _all(found: Iterable[Sequence[ast.stmt]]) -> int:
    return sum(runs_outside(statement) for body in found for statement in body)


def _with_header(statement: ast.stmt) -> int:
    inside = _all(bodies(statement))
    return inside + (inside > 0)


def _branches(statement: ast.If) -> int:
    """An ``if`` around definitions is free, unless its condition calls something."""
    inside = _all(bodies(statement))
    return inside + (inside > 0 or _acts(statement.test))


def _guard(statement: ast.If) -> int:
    inside = sum(max(1, runs_outside(item)) for item in statement.body)
    return max(0, inside - GUARD_ROOM) + _all([statement.orelse])


def _is_import_with_fallback(statement: ast.stmt) -> bool:
    """``try: import tomllib`` / ``except ImportError: tomllib = None`` and the like."""
    if not isinstance(statement, ast.Try) or statement.orelse or statement.finalbody:
        return False
    if not all(isinstance(item, ast.Import | ast.ImportFrom) for item in statement.body):
        return False
    fallback = (item for handler in statement.handlers for item in handler.body)
    return all(_is_free(item) or _is_plain_assignment(item) for item in fallback)


def _is_member(statement: ast.stmt) -> bool:
    """A field of a class, with or without a value."""
    return isinstance(statement, ast.Assign | ast.AnnAssign)


def _is_plain_assignment(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and not _acts(statement.value)


def _is_free(statement: ast.stmt) -> bool:
    if isinstance(statement, (*_FREE, *_TYPE_ALIAS)) or is_constant_expression(statement):
        return True
    if isinstance(statement, ast.AnnAssign):
        return statement.value is None or _is_constant([statement.target], statement.value)
    if isinstance(statement, ast.AugAssign):
        return _is_constant([statement.target], statement.value)
    return isinstance(statement, ast.Assign) and _is_constant(statement.targets, statement.value)


def _is_constant(targets: Sequence[ast.expr], value: ast.expr) -> bool:
    """A constant, a type alias or a logger: the name says so, and the value does nothing."""
    names = [name for target in targets for name in _names(target)]
    if not all(name and (_reads_as_constant(name) or name in _LOGGERS) for name in names):
        return False
    return not _acts(value)


def _names(target: ast.expr) -> list[str]:
    """The names that an assignment binds; an empty one for what is no plain name."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for item in target.elts for name in _names(item)]
    return [target.id if isinstance(target, ast.Name) else ""]


def _reads_as_constant(name: str) -> bool:
    """UPPER_CASE, CapWords (a type alias) or ``__dunder__``."""
    dunder = name.startswith("__") and name.endswith("__")
    return dunder or name.lstrip("_")[:1].isupper()


def _acts(value: ast.expr) -> bool:
    """Whether working out a value may do anything beyond making it."""
    return any(
        isinstance(node, _ACTS) and not (isinstance(node, ast.Call) and _makes_a_value(node.func))
        for node in _worked_out(value)
    )


def _worked_out(value: ast.expr) -> Iterator[ast.AST]:
    """Everything inside an expression but the bodies of lambdas, which run later or never."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _makes_a_value(function: ast.expr) -> bool:
    if isinstance(function, ast.Subscript):
        return _makes_a_value(function.value)
    name = last_name(function)
    return name in _MAKERS or name[:1].isupper()
