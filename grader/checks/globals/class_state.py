"""Find the state of classes that are never made into objects: their attributes are globals.

e.g. ``cls.score += 1`` in a class of class methods only, which any of them may change at any time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.scopes import Scope, Use
from grader.analysis.syntax.statements import FUNCTIONS, Function

#: Decorators of methods that need no object.
_WITHOUT_OBJECT = frozenset({"classmethod", "staticmethod"})


def uses_of_classes(scopes: Sequence[Scope]) -> Iterator[tuple[Scope, str, Use]]:
    """Yield (method, name of its class, use) for each use of an attribute of the class by a method.

    Only of classes whose methods all do without an object; the methods of others may keep what
    belongs to all objects, e.g. ``Dog.count += 1``. A use begins with the first parameter of the
    method, e.g. ``cls.score``, or with the name of the class.
    """
    spaces = _without_objects(scopes)
    for scope in scopes:
        method = scope.owner
        name = spaces.get(method.parent) if method is not None and method.parent else None
        if method is None or name is None:
            continue
        known = {name, *_first_parameter(method)}
        for use in scope.uses:
            if use.attribute and use.name in known:
                yield method, name, use


def _without_objects(scopes: Iterable[Scope]) -> dict[Scope, str]:
    """Return the scopes of classes whose methods all need no object, with their names."""
    methods: dict[Scope, list[Function]] = {}
    for scope in scopes:
        if scope.parent is not None and isinstance(scope.node, FUNCTIONS):
            methods.setdefault(scope.parent, []).append(scope.node)
    return {
        around: around.node.name
        for around, of in methods.items()
        if isinstance(around.node, ast.ClassDef) and all(map(_needs_no_object, of))
    }


def _first_parameter(method: Scope) -> list[str]:
    """Return the name of the first parameter of `method`, e.g. ``cls``, if it has one."""
    assert isinstance(method.node, FUNCTIONS)
    return [one.arg for one in method.node.args.args[:1]]


def _needs_no_object(method: Function) -> bool:
    return not _WITHOUT_OBJECT.isdisjoint(map(last_name, method.decorator_list))
