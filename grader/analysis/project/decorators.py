"""What decorators of a submission do with the functions that they decorate."""

from __future__ import annotations

import ast
from collections.abc import Iterator

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
    every = [function, *inner]
    known = {name for one in every for name in (one.name, *_parameters(one))}
    if not any(_returned(one) in known for one in own):
        return None
    found: set[str] = set()
    for one in every:
        tables = _kept(one, names, {each.name for each in inner})
        if tables is None:
            return None
        found |= tables
    return tuple(sorted(found))


def _kept(one: Function, names: FileNames, inner: set[str]) -> set[str] | None:
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
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                known += _reads(node.value, parameters)
        for table, given in _given(statement, names):
            if kept := given & parameters:
                tables |= {table} if table else set()
                known += len(kept)
    return tables if uses == known else None


def _reads(node: ast.AST, parameters: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in parameters and isinstance(node.ctx, ast.Load)


def _given(statement: ast.stmt, names: FileNames) -> Iterator[tuple[str, set[str]]]:
    """Yield each table into which `statement` puts something, and the names of what it puts there.

    ``("KEPT", {"function"})`` of ``KEPT.append(function)`` and ``KEPT[name] = function``;
    ``("", {"function"})`` of ``wraps(function)``, which only reads its name.
    """
    for call in walk(*own_parts(statement)):
        if isinstance(call, ast.Call):
            table = filled_by(call)
            if table in names.tables or last_name(call.func) == "wraps":
                given = {one.id for one in call.args if isinstance(one, ast.Name)}
                yield table or "", given
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name):
        for target in statement.targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                if target.value.id in names.tables:
                    yield target.value.id, {statement.value.id}


def _returned(statement: ast.stmt) -> str:
    """Return the name that `statement` returns, empty if it returns none."""
    value = statement.value if isinstance(statement, ast.Return) else None
    return value.id if isinstance(value, ast.Name) else ""


def _parameters(function: Function) -> Iterator[str]:
    every = function.args
    yield from (one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs))
