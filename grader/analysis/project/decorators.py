"""What decorators of a submission do with the functions that they decorate."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from grader.analysis.project.mentions import FileNames, filled_by
from grader.analysis.project.purity import own_statements
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import FUNCTIONS, Function, own_parts
from grader.analysis.syntax.walk import walk


def keeps_of(function: ast.stmt, names: FileNames) -> tuple[str, ...] | None:
    """Return the tables into which the decorator `function` puts what it decorates.

    e.g. ``("KEPT",)`` for one that does ``KEPT.append(function)`` and returns it, and none for one
    that returns a function around it. ``None`` if it may call it or pass it on, as
    ``app.add(function)`` does, or is no decorator: one returns a function of its own, or what it
    was given.
    """
    if not isinstance(function, FUNCTIONS):
        return None
    own = [one for one, _ in own_statements(function)]
    inner = [one for one in own if isinstance(one, FUNCTIONS)]
    if not _returns_a_function(own, [function, *inner]):
        return None
    names_inside = {one.name for one in inner}
    found: set[str] = set()
    for one in (function, *inner):
        tables = _kept(one, names, names_inside)
        if tables is None:
            return None
        found |= tables
    return tuple(sorted(found))


def _returns_a_function(own: Sequence[ast.stmt], functions: Sequence[Function]) -> bool:
    """Return whether one of the statements `own` returns one of `functions`, or an argument."""
    known = {name for one in functions for name in (one.name, *_parameters(one))}
    return any(_returned(one) in known for one in own)


def _kept(one: Function, names: FileNames, inner: Collection[str]) -> set[str] | None:
    """Return the tables into which `one` puts its parameters; ``None`` if it does more with them.

    Nor may it call a function of `inner`, those defined in a decorator: that may call them.
    """
    parameters = set(_parameters(one))
    tables: set[str] = set()
    uses = known = 0
    for statement, _ in own_statements(one):
        known += _returned(statement) in parameters
        for node in walk(*own_parts(statement)):
            if isinstance(node, ast.Call) and last_name(node.func) in inner:
                return None
            uses += _reads(node, parameters)
            known += _is_attribute(node, parameters)
        for table, given in _given(statement, names):
            known += len(given & parameters)
            tables.update({table} - {""} if given & parameters else ())
    return tables if uses == known else None


def _is_attribute(node: ast.AST, parameters: set[str]) -> bool:
    """Return whether `node` reads an attribute of one of `parameters`: ``function.__name__``."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return False
    return _reads(node.value, parameters)


def _reads(node: ast.AST, parameters: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in parameters and isinstance(node.ctx, ast.Load)


def _given(statement: ast.stmt, names: FileNames) -> Iterator[tuple[str, set[str]]]:
    """Yield each table into which `statement` puts something, and the names of what it puts there.

    ``("KEPT", {"function"})`` of ``KEPT.append(function)`` and ``KEPT[name] = function``;
    ``("", {"function"})`` of ``wraps(function)``, which only reads its name.
    """
    for node in walk(*own_parts(statement)):
        if isinstance(node, ast.Call):
            yield _filled(node, names)
    if isinstance(statement, ast.Assign):
        for table in names.tables.intersection(map(_table_of, statement.targets)):
            yield table, {getattr(statement.value, "id", "")}


def _filled(call: ast.Call, names: FileNames) -> tuple[str, set[str]]:
    """Return what :func:`_given` yields for `call`; no names if it may do more with them."""
    table = filled_by(call)
    if table not in names.tables and last_name(call.func) != "wraps":
        return "", set()
    return table or "", {one.id for one in call.args if isinstance(one, ast.Name)}


def _table_of(target: ast.expr) -> str:
    """Return ``TABLE`` of ``TABLE[name]``, and an empty text for another `target`."""
    return last_name(target.value) if isinstance(target, ast.Subscript) else ""


def _returned(statement: ast.stmt) -> str:
    """Return the name that `statement` returns, empty if it returns none."""
    value = statement.value if isinstance(statement, ast.Return) else None
    return value.id if isinstance(value, ast.Name) else ""


def _parameters(function: Function) -> Iterator[str]:
    every = function.args
    yield from (one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs))
