"""Fix import lines: remove unused names, or split them into one module a line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.module import module_of
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: A message of F401, e.g. "'os.path as p' imported but unused".
_UNUSED = re.compile(r"'(.+)' imported but unused")
#: Kinds of files whose imports are often there for others.
_OFFERING = frozenset({"init", "test_init"})


def without_imports(source: SourceFile, findings: Iterable[Finding]) -> Fix:
    """Return the function that removes all unused names from an import line, see `Fix`.

    `findings` are all of `source`: a line may have several unused names, with an F401 for each. The
    function returns the line without them; "" (delete the line) if no name is left; and ``None`` if
    the line is no import, lacks a name that is reported there, or would be deleted although it is
    indented. It is also ``None`` if others may use the name: in an ``__init__.py``, which offers
    its names to others, and for a pytest fixture, which a test takes as an argument.
    """
    unused: dict[int, set[str]] = {}
    for finding in findings:
        match = _UNUSED.match(finding.message) if finding.code == "F401" else None
        if match is not None:
            unused.setdefault(finding.line, set()).add(match[1])

    def fix(finding: Finding, line: Line) -> str | None:
        statement = line.statement
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return None
        removed = unused.get(finding.line, set())
        kept = [alias for alias in statement.names if _flake8_name(statement, alias) not in removed]
        # If flake8 reports a name that is not in the line, the line was misread: leave it.
        if len(kept) + len(removed) != len(statement.names):
            return None
        if source.kind in _OFFERING or _are_fixtures(source, statement.names):
            return None
        return _with_names(line, statement.names, kept)

    return fix


def _are_fixtures(source: SourceFile, names: Iterable[ast.alias]) -> bool:
    """Return whether `source` is a test with a function that has one of `names` as argument."""
    if source.kind != "test":
        return False
    functions = module_of(source).functions
    nodes = (node for one in functions for node in ast.walk(one.args))
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return any((one.asname or one.name) in arguments for one in names)


def _flake8_name(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """Return the name of `alias` as flake8 writes it: ``os.path``, ``json.loads as load``."""
    name = alias.name
    if isinstance(statement, ast.ImportFrom):
        base = "." * statement.level + (statement.module or "")
        name = f"{base}{name}" if base.endswith(".") else f"{base}.{name}"
    return f"{name} as {alias.asname}" if alias.asname else name


def _with_names(line: Line, names: Sequence[ast.alias], kept: Sequence[ast.alias]) -> str | None:
    """Return the text of `line` with only `kept` of the imported `names`.

    If `kept` is empty, the result is "" (delete the line). If the line is also indented, it is
    ``None`` (no fix), because the block may need a statement.
    """
    if not kept:
        return None if line.indented else ""
    start, end = line.start(names[0]), line.end(names[-1])
    return line.text[:start] + ", ".join(map(line.of, kept)) + line.text[end:]


def one_import_a_line(line: Line) -> str | None:
    """Return ``import os`` and, on a second line, ``import sys`` for ``import os, sys``.

    A line with one module comes back as it is. ``None`` if `line` is anything else, e.g.
    ``from os import path``, or if anything follows the import, e.g. a comment.
    """
    statement = line.statement
    if not isinstance(statement, ast.Import) or line.end(statement) != len(line.text.rstrip()):
        return None
    return "\n".join(f"import {line.of(alias)}" for alias in statement.names)
