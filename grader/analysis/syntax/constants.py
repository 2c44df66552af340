"""Find the constants of a module: names bound once, to a literal value that nothing changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.analysis.syntax.dotted_names import base_name
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.mutations import uses_of
from grader.analysis.syntax.names import snake_case
from grader.analysis.syntax.statements import DEFINITIONS, LOOPS, bodies

#: Literals whose value can change without the name being bound again.
_MUTABLE = (ast.List, ast.Set, ast.Dict)
#: Functions whose result is constant if their arguments are, e.g. ``frozenset({1, 2})``.
_FREEZING = frozenset({"frozenset", "tuple"})

#: Names that a framework or tool looks up in lower case, e.g. Django's ``urlpatterns``. They are
#: never reported as constants; ``max_speed`` is.
_GIVEN = frozenset("""
    apilevel app app_name application branch_labels collect_ignore default_app_config depends_on
    down_revision paramstyle pytest_plugins pytestmark revision threadsafety urlpatterns
    """.split())


@dataclass(frozen=True)
class Constant:
    """A constant of a module, in upper or lower case, as :func:`constants_of` finds them.

    It is a name bound once, to a value made of literals that nothing changes. ``node`` is the name
    in the assignment. ``is_read``: some code of the file reads a name spelled like it, in any
    scope.
    """

    name: str
    node: ast.Name
    is_read: bool

    @property
    def is_upper(self) -> bool:
        """Whether the name is in UPPER_CASE."""
        return self.name == self.name.upper()

    @property
    def in_upper(self) -> str:
        """The name in UPPER_CASE: ``MAX_SPEED`` for ``max_speed`` and ``maxSpeed``."""
        return snake_case(self.name).upper()


def constants_of(tree: ast.Module) -> list[Constant]:
    """Return the constants of ``tree``, in upper or lower case, ordered by line.

    A constant is bound once, outside functions, classes, loops and ``if __name__ == "__main__":``,
    to literals, arithmetic on them and UPPER_CASE names, e.g. ``24 * HOURS``, ``{"a": 1}`` or
    ``tuple([1, 2])``. Left out: the values ``None`` and ``...``, mere other names, and values with
    an empty list, set or dict. A value with a list, set or dict is left out if some code may change
    it in place; any other, if its name is deleted or ``global``. Names with ``__`` at both ends,
    without a letter, annotated ``TypeAlias``, or known to a framework are left out too.
    """
    uses = uses_of(tree)
    found = []
    for name, value in _candidates(tree):
        changes = uses.changed if _is_mutable(value) else uses.rebound
        once = uses.bound[name.id] == 1 and name.id not in changes
        if once and not _is_given(name.id) and _stays(value):
            found.append(Constant(name.id, name, name.id in uses.read))
    return sorted(found, key=lambda each: (each.node.lineno, each.node.col_offset))


def _is_given(name: str) -> bool:
    """Return whether ``name`` is not the author's choice: a dunder, one of _GIVEN, or ``_``."""
    dunder = name.startswith("__") and name.endswith("__")
    return dunder or name in _GIVEN or not any(letter.isalpha() for letter in name)


def _candidates(tree: ast.Module) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Yield (name, value) of each assignment that may define a constant.

    Assignments annotated ``TypeAlias`` are left out.
    """
    for statement in _own_statements(tree):
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            if base_name(statement.annotation) != "TypeAlias":
                yield from _pairs(statement.target, statement.value)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _pairs(target, statement.value)


def _own_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements outside functions, classes, loops and the ``__main__`` guard.

    The definitions, loops and guards themselves are yielded. The order is not that of the lines.
    """
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        statement = waiting.pop()
        yield statement
        if not (isinstance(statement, (*DEFINITIONS, *LOOPS)) or is_guard(statement)):
            for body in bodies(statement):
                waiting.extend(body)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Yield (name, value) of ``a = 1``, and for each name of ``a, b = 1, 2``.

    Yield nothing if the two sides have no matching parts, e.g. ``a, b = f()``.
    """
    if isinstance(target, ast.Name):
        yield target, value
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        if len(target.elts) == len(value.elts):
            for name, each in zip(target.elts, value.elts, strict=True):
                if isinstance(name, ast.Name):
                    yield name, each


def _is_mutable(value: ast.expr) -> bool:
    """Return whether ``value`` contains a list, set or dict display."""
    return any(isinstance(node, _MUTABLE) for node in ast.walk(value))


def _stays(value: ast.expr) -> bool:
    """Return whether ``value`` is made of literals, arithmetic on them and UPPER_CASE names.

    e.g. ``24 * HOURS``, ``{"a": 1}``, ``tuple([1, 2])``. Not ``None``, ``...`` and empty lists,
    sets and dicts, which are there to be filled later; not a mere other name, which is an alias.
    """
    waits = isinstance(value, ast.Constant) and value.value in (None, ...)
    if waits or isinstance(value, ast.Name):
        return False
    return all(_is_fixed(node) for node in _parts(value))


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    """Yield ``value`` and the expressions below it, except the functions of calls."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.Call):
            waiting.extend([*node.args, *(keyword.value for keyword in node.keywords)])
        else:
            below = ast.iter_child_nodes(node)
            waiting.extend(child for child in below if isinstance(child, ast.expr))


def _is_fixed(node: ast.expr) -> bool:
    """Return whether ``node``, apart from those below it, may be part of a constant."""
    if isinstance(node, ast.Name):
        return node.id.isupper()
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _FREEZING and bool(node.args)
    if isinstance(node, ast.List | ast.Set):
        return bool(node.elts)
    if isinstance(node, ast.Dict):
        return bool(node.keys)
    return isinstance(node, ast.Constant | ast.Tuple | ast.UnaryOp | ast.BinOp | ast.Starred)
