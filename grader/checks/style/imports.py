"""Import lines without the names that nothing uses, or with one module each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from grader.analysis.fixes.own_line import Fix, Line
from grader.domain.inspection import Finding

_UNUSED = re.compile(r"'(.+)' imported but unused")


def without_imports(findings: Iterable[Finding]) -> Fix:
    """How to take out of an import what flake8 calls unused; all such findings of a file."""
    unused: dict[int, set[str]] = {}
    for finding in findings:
        told = _UNUSED.match(finding.message) if finding.code == "F401" else None
        if told is not None:
            unused.setdefault(finding.line, set()).add(told[1])

    def fix(finding: Finding, line: Line) -> str | None:
        found = line.statement
        if not isinstance(found, ast.Import | ast.ImportFrom):
            return None
        told = unused.get(finding.line, set())
        kept = [alias for alias in found.names if _told(found, alias) not in told]
        if len(kept) + len(told) != len(found.names):
            return None
        return _with_names(line, found.names, kept)

    return fix


def _told(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """An imported name as flake8 tells it: ``os.path``, ``json.loads as load``."""
    name = alias.name
    if isinstance(statement, ast.ImportFrom):
        base = "." * statement.level + (statement.module or "")
        name = f"{base}{name}" if base.endswith(".") else f"{base}.{name}"
    return f"{name} as {alias.asname}" if alias.asname else name


def _with_names(line: Line, names: Sequence[ast.alias], kept: Sequence[ast.alias]) -> str | None:
    """The line with only those names; nothing where none is left and no block needs the line."""
    if not kept:
        return None if line.indented else ""
    start, end = line.start(names[0]), line.end(names[-1])
    return line.text[:start] + ", ".join(map(line.of, kept)) + line.text[end:]


def one_import_a_line(line: Line) -> str | None:
    """``import os`` and ``import sys`` for ``import os, sys``."""
    found = line.statement
    if not isinstance(found, ast.Import) or line.end(found) != len(line.text.rstrip()):
        return None
    return "\n".join(f"import {line.of(alias)}" for alias in found.names)
