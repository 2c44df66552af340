"""Count the statements of a module that do something when it is imported.

Importing a module should only define things. These statements are not counted: imports, functions,
classes, constants, docstrings, and up to :data:`GUARD_ROOM` statements below
``if __name__ == "__main__":``. Nor are those that a framework demands there: see
:mod:`grader.analysis.syntax.framework_code`. All others are, at every depth: a loop counts as one,
and so does each statement inside it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

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
        "getenv",
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
_LOGGERS = frozenset({"log", "logger", "_log", "_logger"})


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


def runs_outside(statement: ast.stmt, demanded: Collection[ast.stmt] = ()) -> int:
    """Return how many statements do something on import: ``statement`` itself, and those in it.

    ``statement`` is one outside functions. Not counted: imports, functions, classes and their
    fields (other statements in a class are), bare constants, ``pass``, ``global``, a ``try`` that
    imports with a fallback, ``x: int``, and assignments without effect to names that look like
    constants, types or loggers. An ``if``, ``try`` or ``match`` counts only if something in it
    does, or the condition of the ``if`` calls something. All others count, e.g. loops. Below
    ``if __name__ == "__main__":``, only what exceeds 5 statements (:data:`GUARD_ROOM`) counts. Of
    ``demanded``, the statements that a framework demands, none counts, but for a block in which
    something else does.
    """
    return _Counting(demanded).of(statement)


class _Counting(NamedTuple):
    """Counts statements that do something on import, those ``demanded`` by a framework aside."""

    demanded: Collection[ast.stmt]

    def of(self, statement: ast.stmt) -> int:
        """Return the number of such statements, ``statement`` and those in it."""
        if isinstance(statement, ast.ClassDef):
            return sum(self.of(item) for item in statement.body if not _is_member(item))
        if isinstance(statement, ast.If) and is_guard(statement):
            return self._guard(statement)
        if _is_import_with_fallback(statement):
            return 0
        if _is_block(statement):
            inside = self._all(bodies(statement))
            return inside + (inside > 0 or self._has_effect(statement))
        return int(not _is_free(statement) and statement not in self.demanded)

    def _all(self, found: Iterable[Sequence[ast.stmt]]) -> int:
        """Return the sum of :meth:`of` over all statements of the bodies in ``found``."""
        return sum(self.of(statement) for body in found for statement in body)

    def _has_effect(self, statement: ast.stmt) -> bool:
        """Return whether the head of the block ``statement`` counts, whatever is inside.

        An ``if`` with only definitions inside counts 0, unless its condition calls something. A
        ``try`` and a ``match`` always count so, a loop and a ``with`` never.
        """
        if statement in self.demanded:
            return False
        if isinstance(statement, ast.If):
            return _acts(statement.test)
        return isinstance(statement, _LOOPS)

    def _guard(self, statement: ast.If) -> int:
        """Count the statements below the guard beyond ``GUARD_ROOM``, and all of its ``else``.

        For that, each definition below the guard counts as one statement.
        """
        inside = sum(max(1, self.of(item)) for item in statement.body)
        return max(0, inside - GUARD_ROOM) + self._all([statement.orelse])


def _is_block(statement: ast.stmt) -> bool:
    """Return whether ``statement`` has statements inside it and is no definition."""
    return isinstance(statement, (ast.If, *_LOOPS)) or type(statement).__name__ in _BRANCHING


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

    Calls that :func:`makes_a_value` knows are allowed.
    """
    return any(
        isinstance(node, _ACTS) and not (isinstance(node, ast.Call) and makes_a_value(node.func))
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


def makes_a_value(function: ast.expr) -> bool:
    """Return whether calling ``function`` only returns a value.

    It does if it is a class, one of ``_MAKERS`` or ``os.environ.get``.
    """
    if isinstance(function, ast.Subscript):
        return makes_a_value(function.value)
    name = last_name(function)
    if name == "get" and isinstance(function, ast.Attribute):
        return last_name(function.value) == "environ"
    return name in _MAKERS or name[:1].isupper()
