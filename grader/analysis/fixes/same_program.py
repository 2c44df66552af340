"""Verify that what isort or Black writes for a file is still the same program."""

from __future__ import annotations

import ast

import black
from black.parsing import ASTSafetyError


def parses(text: str) -> bool:
    """Return whether `text` compiles: isort can write ``import .`` for ``import os . path``."""
    try:
        compile(text, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def same_but_imports(before: str, after: str) -> bool:
    """Return whether `before` and `after` differ in the order and form of their imports only.

    Both must be Python. They import the same names, and have the same other statements in the same
    order. A name may be imported more often in one than in the other.
    """
    return _without_imports(before) == _without_imports(after)


def same_but_layout(before: str, after: str) -> bool:
    """Return whether `before` and `after` differ only in what Black may change.

    Both must be Python. Black changes layout, the spelling of strings, and blanks in docstrings.
    """
    try:
        black.assert_equivalent(before, after)
    except ASTSafetyError:
        return False
    return True


def _without_imports(text: str) -> tuple[str, frozenset[tuple[str, ...]]]:
    """Return the tree of `text` without imports, as text, and the names that these import."""
    tree = ast.parse(text)
    names: set[tuple[str, ...]] = set()
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                names.update(name for each in statements for name in _imported(each))
                kept = (each for each in statements if not _is_import(each))
                setattr(node, field, [*kept])
    return ast.dump(tree), frozenset(names)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _imported(statement: ast.stmt) -> list[tuple[str, ...]]:
    """Return (module, name, local name) of each name that `statement` imports, else nothing."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return []
    module = ""
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "") + ":"
    return [(module, alias.name, alias.asname or alias.name) for alias in statement.names]
