"""Find out which function a call refers to, by the imports of its file."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Target(NamedTuple):
    """The function that a call refers to, as far as the imports of its file show it.

    ``dotted``, ``module`` and ``name`` are, for an imported function, its full name, e.g.
    ``os.path.join``, the last part but one (``path``; it may be a class) and the last. A builtin or
    a function of the same file has its plain name as ``dotted`` and ``name``, and an empty
    ``module``. After ``from a.m import *``, ``module`` is ``m`` for a name that the file neither
    imports nor defines, so for builtins too. A method of any other object, e.g. ``rows.sort``, has
    ``*``, ``.sort`` and an empty ``dotted``; an unnamed value, e.g. ``f()()``, only the ``*``.
    """

    module: str
    name: str
    dotted: str = ""


@dataclass
class Aliases:
    """What the names in a file refer to, as far as they are imported, or defined in the file.

    :func:`aliases_of` fills it for :func:`target_of`. ``imported``: the dotted name that each
    imported name refers to, without leading dots; ``import a.b`` maps ``a`` to ``a``. Its key ``*``
    is for ``from m import *`` (``m.*``), the last one if there are several. ``own``: the bare names
    of the functions, methods and classes that the file defines, nested ones too.
    """

    imported: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)


def aliases_of(statements: Iterable[ast.AST]) -> Aliases:
    """Return what the names that ``statements`` import refer to, and the names that they define.

    Only functions, methods and classes count as defined. Statements inside ``statements`` are not
    searched, so pass those of all levels. If two imports bind the same name, the later one wins.
    """
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
    """Return the module that ``node`` binds to each name.

    ``import a.b`` binds ``a`` to the module ``a``; ``import a.b as c`` binds ``c`` to ``a.b``.
    """
    found: dict[str, str] = {}
    for one in node.names:
        module = one.name if one.asname else one.name.split(".")[0]
        found[one.asname or module] = module
    return found


def _members_of(node: ast.ImportFrom) -> dict[str, str]:
    """Return the dotted name that ``node`` binds to each name, without leading dots."""
    start = f"{node.module}." if node.module else ""
    return {one.asname or one.name: start + one.name for one in node.names}


def target_of(function: ast.expr, aliases: Aliases) -> Target:
    """Return which function ``function``, the expression before a call's brackets, refers to.

    A name that is neither imported nor defined in the file, even that of a builtin, belongs to the
    module of a ``from m import *``, if there is one; otherwise it counts as a function of the file
    itself or a builtin. What follows a dot is a method of an unknown object, unless the part before
    it is an imported name or attributes of one: known are ``path.join`` and ``os.path.join`` after
    an import of ``path`` or ``os``, but not ``os.getcwd().upper``.
    """
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
