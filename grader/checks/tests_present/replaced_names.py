"""Find what a test replaces by a stand-in, so that its calls no longer try out the program."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from grader.analysis.syntax.dotted_names import called_name

#: Calls that replace an attribute: of ``monkeypatch``, ``patch`` itself, and ``patch.object``.
_REPLACING = frozenset({"setattr", "patch", "object"})


def replaced_names(nodes: Iterable[ast.AST], outer: Collection[str]) -> Iterator[str]:
    """Yield the attributes that `nodes` replace in an imported object, which is in `outer`.

    e.g. ``.area`` for ``shapes.area = fake``, ``monkeypatch.setattr(shapes, "area", fake)`` and
    ``patch("shapes.area")``; nothing for ``box.size = 3`` of a local ``box``.
    """
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            owner, name = getattr(node.value, "id", ""), node.attr
        elif isinstance(node, ast.Call) and called_name(node) in _REPLACING:
            owner, name = _replaced_by(node)
        else:
            continue
        if owner in outer:
            yield f".{name}"


def _replaced_by(call: ast.Call) -> tuple[str, str]:
    """Return the object and its attribute that `call` replaces, both "" if it is not known.

    e.g. "shapes" and "area" for ``patch("shop.shapes.area")``. A spy replaces nothing:
    ``patch.object(shapes, "area", wraps=shapes.area)``.
    """
    if not call.args or any(one.arg == "wraps" for one in call.keywords):
        return "", ""
    text = getattr(call.args[0], "value", "")
    if isinstance(text, str) and text:
        owner, _, name = text.rpartition(".")
        return owner.rpartition(".")[2], name
    name = str(getattr(call.args[1], "value", "")) if len(call.args) > 1 else ""
    return getattr(call.args[0], "id", ""), name
