"""Which function does a call mean? Names followed through the imports of their file."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Target(NamedTuple):
    """The function that a call means, as far as its file tells.

    ``module`` is the last part of the module's name, empty for the file itself, and ``*`` where
    an object is asked and nobody knows its class; a method's ``name`` begins with a dot.
    """

    module: str
    name: str
    dotted: str = ""


@dataclass
class Aliases:
    """What the names of a file stand for: imported things, and what the file defines itself."""

    imported: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)


def aliases_of(statements: Iterable[ast.AST]) -> Aliases:
    """What the statements of a file import, wherever they stand, and define."""
    found = Aliases()
    for node in statements:
        if isinstance(node, ast.Import):
            found.imported |= _modules_of(node)
        elif isinstance(node, ast.ImportFrom):
            found.imported |= _members_of(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.own.add(node.name)
    return found


def _modules_of(node: ast.Import) -> dict[str, str]:
    """What each name stands for: ``import a.b`` gives ``a`` alone, ``as c`` the whole of it."""
    found: dict[str, str] = {}
    for one in node.names:
        module = one.name if one.asname else one.name.split(".")[0]
        found[one.asname or module] = module
    return found


def _members_of(node: ast.ImportFrom) -> dict[str, str]:
    start = f"{node.module}." if node.module else ""
    return {one.asname or one.name: start + one.name for one in node.names}


def target_of(function: ast.expr, aliases: Aliases) -> Target:
    """What a name, or attributes of one, mean where they are called."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if not isinstance(function, ast.Name):
        return Target("*", f".{parts[0]}" if parts else "")
    if function.id in aliases.imported:
        parts.append(aliases.imported[function.id])
        dotted = ".".join(reversed(parts))
        module, _, name = dotted.rpartition(".")
        return Target(module.rpartition(".")[2], name, dotted)
    if parts:
        return Target("*", f".{parts[0]}")
    known = function.id in aliases.own or "*" not in aliases.imported
    module = "" if known else aliases.imported["*"].rpartition(".")[0].rpartition(".")[2]
    return Target(module, function.id, function.id)
