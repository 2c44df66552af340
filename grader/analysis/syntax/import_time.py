"""Count the statements of a module that do something when it is imported.

Importing a module should only define things. These statements are not counted: imports, functions,
classes, constants, docstrings, and up to :data:`GUARD_ROOM` statements below
``if __name__ == "__main__":``. All others are, at every depth: a loop counts as one, and so does
each statement inside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import FUNCTIONS, bodies, is_constant_expression

#: Statements that ``if __name__ == "__main__":`` may hold without being counted: enough to parse
#: arguments and call ``main``. Those beyond it are counted, because they are a script that was
#: moved there. Chosen by hand.
GUARD_ROOM = 5

#: Kinds of statements that are never counted.
_FREE = (*FUNCTIONS, ast.Import, ast.ImportFrom, ast.Pass, ast.Global)
_TYPE_ALIAS: tuple[type[ast.AST], ...] = (ast.TypeAlias,) if hasattr(ast, "TypeAlias") else ()
#: Compound statements that are counted only if a statement inside them is.
_BRANCHING = frozenset({"Try", "TryStar", "Match"})
#: Compound statements that are always counted: loops and ``with``.
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)
#: Expressions that may have an effect, e.g. ``connect()``; not ``a + b``.
_ACTS = (ast.Call, ast.Await, ast.NamedExpr)

#: Functions that return a value and do nothing else, by the last part of their name, e.g.
#: ``re.compile(...)``; not ``open(...)``. Every name that begins with a capital letter is taken as
#: a class and allowed too, e.g. ``Path("data")``. Chosen by hand.
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
#: Lower-case names that are accepted as constants, because loggers usually have them.
_LOGGERS = frozenset({"log", "logger"})


def is_guard(statement: ast.stmt) -> bool:
    """Return whether ``statement`` is ``if __name__ == "__main__":``, operands in either order."""
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
    """Return how many statements do something on import: ``statement`` itself, and those in it.

    ``statement`` is one outside functions. Not counted: imports, functions, classes and their
    fields (other statements in a class are), bare constants, ``pass``, ``global``, a ``try`` that
    imports with a fallback, ``x: int``, and assignments without effect to names that look like
    constants, types or loggers. An ``if``, ``try`` or ``match`` counts only if something in it
    does, or the condition of the ``if`` calls something. All others count, e.g. loops. Below
    ``if __name__ == "__main__":``, only what exceeds 5 statements (:data:`GUARD_ROOM`) counts.
    """
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
    """Return the sum of :func:`runs_outside` over all statements of the bodies in ``found``."""
    return sum(runs_outside(statement) for body in found for statement in body)


def _with_header(statement: ast.stmt) -> int:
    """Count the statements in a ``try`` or ``match``, and one for itself unless there are none."""
    inside = _all(bodies(statement))
    return inside + (inside > 0)


def _branches(statement: ast.If) -> int:
    """Count the statements in an ``if``, and one for itself.

    An ``if`` with only definitions inside counts 0, unless its condition calls something.
    """
    inside = _all(bodies(statement))
    return inside + (inside > 0 or _acts(statement.test))


def _guard(statement: ast.If) -> int:
    """Count the statements below the guard beyond ``GUARD_ROOM``, and all of its ``else``.

    For that, each definition below the guard counts as one statement.
    """
    inside = sum(max(1, runs_outside(item)) for item in statement.body)
    return max(0, inside - GUARD_ROOM) + _all([statement.orelse])


def _is_import_with_fallback(statement: ast.stmt) -> bool:
    """Return whether ``statement`` imports a module and defines a replacement if it is missing.

    e.g. ``try: import tomllib`` with ``except ImportError: tomllib = None``; not with
    ``except ImportError: install("tomllib")``.
    """
    if not isinstance(statement, ast.Try) or statement.orelse or statement.finalbody:
        return False
    if not all(isinstance(item, ast.Import | ast.ImportFrom) for item in statement.body):
        return False
    fallback = (item for handler in statement.handlers for item in handler.body)
    return all(_is_free(item) or _is_plain_assignment(item) for item in fallback)


def _is_member(statement: ast.stmt) -> bool:
    """Return whether ``statement`` of a class body is a field, with or without a value."""
    return isinstance(statement, ast.Assign | ast.AnnAssign)


def _is_plain_assignment(statement: ast.stmt) -> bool:
    """Return whether ``statement`` assigns a value whose evaluation has no effect."""
    return isinstance(statement, ast.Assign) and not _acts(statement.value)


def _is_free(statement: ast.stmt) -> bool:
    """Return whether ``statement``, which is not compound, is not counted."""
    if isinstance(statement, (*_FREE, *_TYPE_ALIAS)) or is_constant_expression(statement):
        return True
    if isinstance(statement, ast.AnnAssign):
        return statement.value is None or _is_constant([statement.target], statement.value)
    if isinstance(statement, ast.AugAssign):
        return _is_constant([statement.target], statement.value)
    return isinstance(statement, ast.Assign) and _is_constant(statement.targets, statement.value)


def _is_constant(targets: Sequence[ast.expr], value: ast.expr) -> bool:
    """Return whether an assignment defines constants, type aliases or a logger.

    Each of ``targets`` must be named like one, and evaluating ``value`` must have no effect.
    """
    names = [name for target in targets for name in _names(target)]
    if not all(name and (_reads_as_constant(name) or name in _LOGGERS) for name in names):
        return False
    return not _acts(value)


def _names(target: ast.expr) -> list[str]:
    """Return the names in ``target``, with an empty string for ``x.y``, ``x[0]`` and ``*x``."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for item in target.elts for name in _names(item)]
    return [target.id if isinstance(target, ast.Name) else ""]


def _reads_as_constant(name: str) -> bool:
    """Return whether ``name`` is UPPER_CASE, CapWords (a type alias) or ``__dunder__``.

    Only the first letter is looked at: ``Speed`` and ``MAX_SPEED``; not ``max_speed``.
    """
    dunder = name.startswith("__") and name.endswith("__")
    return dunder or name.lstrip("_")[:1].isupper()


def _acts(value: ast.expr) -> bool:
    """Return whether evaluating ``value`` may have an effect: it calls, awaits or binds a name.

    Calls that :func:`_makes_a_value` knows are allowed.
    """
    return any(
        isinstance(node, _ACTS) and not (isinstance(node, ast.Call) and _makes_a_value(node.func))
        for node in _worked_out(value)
    )


def _worked_out(value: ast.expr) -> Iterator[ast.AST]:
    """Yield ``value`` and every node below it, except those inside a lambda, which run later."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _makes_a_value(function: ast.expr) -> bool:
    """Return whether calling ``function`` only returns a value: a class, or one of ``_MAKERS``."""
    if isinstance(function, ast.Subscript):
        return _makes_a_value(function.value)
    name = last_name(function)
    return name in _MAKERS or name[:1].isupper()
