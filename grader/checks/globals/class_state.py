"""Find the state of classes that are never made into objects: their attributes are globals.

e.g. ``cls.score += 1`` in a class of class methods only, which any of them may change at any time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

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
    methods: dict[Scope, list[Function]] = {}
    for scope in scopes:
        if scope.parent is not None and scope.parent.is_class:
            if isinstance(scope.node, FUNCTIONS):
                methods.setdefault(scope.parent, []).append(scope.node)
    spaces = {around for around, of in methods.items() if all(map(_needs_no_object, of))}
    for scope in scopes:
        method = scope.owner
        if method is None or method.parent not in spaces:
            continue
        assert isinstance(method.node, FUNCTIONS) and isinstance(method.parent.node, ast.ClassDef)
        name, parameters = method.parent.node.name, method.node.args.args[:1]
        for use in scope.uses:
            if use.attribute and use.name in (name, *(one.arg for one in parameters)):
                yield method, name, use


def _needs_no_object(method: Function) -> bool:
    return not _WITHOUT_OBJECT.isdisjoint(map(last_name, method.decorator_list))
