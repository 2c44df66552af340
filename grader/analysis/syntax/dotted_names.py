"""The last part of a dotted name, and the name at its root."""

from __future__ import annotations

import ast


def last_name(node: ast.AST | None) -> str:
    """Return ``sub`` for the nodes of ``sub`` and ``re.sub``, an empty string for any other node.

    ``None`` counts as another node. Only the last attribute counts: it is also ``sub`` for
    ``f().sub``.
    """
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def called_name(node: ast.AST) -> str:
    """Return the last name of ``node``, or of its function if it is a call; empty if it has none.

    ``raises`` for ``pytest.raises`` and for ``pytest.raises(E)``; empty for ``f()()`` and ``f[0]``.
    """
    return last_name(node.func if isinstance(node, ast.Call) else node)


def base_name(node: ast.AST) -> str:
    """Return the last name of ``node`` after removing all calls and subscripts from its end.

    ``fixture`` for ``pytest.fixture(...)``, ``List`` for ``typing.List[int]``. Empty if no name is
    left, e.g. for ``1 + x``.
    """
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return last_name(node)


def root_of(node: ast.expr) -> tuple[str, str]:
    """Return the name that ``node`` begins with, and the first attribute after that name.

    ``("x", "")`` for ``x``, ``*x`` and ``x[0][1]``, ``("x", "y")`` for ``x.y[0].z`` and ``x[0].y``.
    ``("", "")`` for an expression that is not a name followed by attributes and items alone, e.g.
    ``f().x``, ``x.f().y`` and ``x + y``; the index of an item does not matter.
    """
    attribute = ""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        if isinstance(node, ast.Attribute):
            attribute = node.attr
        node = node.value
    return (node.id, attribute) if isinstance(node, ast.Name) else ("", "")
