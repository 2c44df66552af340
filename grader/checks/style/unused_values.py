"""Remove a name that a function never reads, and its value if computing that does nothing."""

from __future__ import annotations

import ast
import re

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.statements import bodies, every_statement_of
from grader.analysis.syntax.stdlib_effects import TEXT_METHODS, is_pure
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: The message of F841, e.g. "local variable 'total' is assigned to but never used".
_UNUSED_NAME = re.compile(r"local variable '(\w+)' is assigned to but never used")
#: Values that only hold or show others, e.g. ``[1, "a"]`` and ``f"{a}"``. An operator may be a
#: method of an own class, and an index may be missing: ``rows[0]`` is none of them.
_HOLDERS = (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue)


def without_name(source: SourceFile) -> Fix:
    """Return the function that removes an unused name from a line of `source`, see `Fix`.

    It knows findings of F841. ``except OSError as e:`` becomes ``except OSError:``, and
    ``answer = ask()`` becomes ``ask()``. The whole line goes if its value does nothing, e.g.
    ``start = time.time()`` or ``total = 0``, unless its block has no other statement. ``None`` for
    ``x = y = f()``, and for other values, e.g. ``first = rows[0]``, which may raise an error.
    """

    def fix(finding: Finding, line: Line) -> str | None:
        match, statement = _UNUSED_NAME.match(finding.message), line.statement
        if match is None:
            return None
        if isinstance(statement, ast.ExceptHandler):
            return _without_alias(statement, match[1], line)
        value = _only_value(statement, match[1])
        if value is None:
            return None
        if _does_nothing(value, module_of(source)):
            return None if _is_alone(source, finding.line) else ""
        return line.text[line.start(value) :] if isinstance(value, ast.Call | ast.Await) else None

    return fix


def _only_value(statement: ast.AST | None, name: str) -> ast.expr | None:
    """Return the value of `statement` if it assigns only `name`: ``x = 1`` or ``x: int = 1``."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value = statement.target, statement.value
    else:
        return None
    return value if isinstance(target, ast.Name) and target.id == name else None


def _does_nothing(value: ast.AST, module: Module) -> bool:
    """Return whether computing `value` changes nothing, so that it can go with its name.

    e.g. ``time.time()``, ``[]`` and ``(math.pi, len(rows))``; not ``int(text)``, which may raise an
    error that the line is there for, nor ``row.price``, which may be a property, nor ``input()``.
    """
    if isinstance(value, ast.Call):
        given = (*value.args, *(one.value for one in value.keywords))
        return _is_pure(value.func, module) and all(_does_nothing(one, module) for one in given)
    if isinstance(value, ast.Attribute):
        return module.target(value).dotted != ""
    if isinstance(value, _HOLDERS):
        parts = [one for one in ast.iter_child_nodes(value) if isinstance(one, ast.expr)]
        return all(_does_nothing(one, module) for one in parts)
    return isinstance(value, ast.Constant | ast.Name)


def _is_pure(function: ast.expr, module: Module) -> bool:
    """Return whether `function` only computes a value: by its full name, or as a method of text."""
    dotted = module.target(function).dotted
    if dotted:
        return dotted not in module.aliases.own and is_pure(dotted)
    return (
        isinstance(function, ast.Attribute)
        and function.attr in TEXT_METHODS
        and _does_nothing(function.value, module)
    )


def _is_alone(source: SourceFile, row: int) -> bool:
    """Return whether the statement at the line `row` of `source` is the only one of its block."""
    return any(
        len(body) == 1 and body[0].lineno == row
        for statement, _ in every_statement_of(source)
        for body in bodies(statement)
    )


def _without_alias(handler: ast.ExceptHandler, name: str, line: Line) -> str | None:
    """Return `line` without the ``as name`` of `handler`, or ``None`` if it has another name."""
    if handler.type is None or handler.name != name:
        return None
    end = line.end(handler.type)
    alias = re.match(rf"([\s)]*?)\s*\bas\s+{name}\b", line.text[end:])
    return line.text[:end] + alias[1] + line.text[end + alias.end() :] if alias else None
