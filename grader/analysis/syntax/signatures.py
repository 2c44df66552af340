"""What a file offers to a reader: its classes, functions and methods, and their arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, Function, bodies, is_stub

_SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
_DECLARED_TWICE = frozenset({"overload", "setter", "deleter"})
_VALUES = (ast.Return, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True)
class Definition:
    """A class or function outside every function, with the class around it, if any."""

    node: Function | ast.ClassDef
    holder: Definition | None = None

    @cached_property
    def name(self) -> str:
        """Its name after those of the classes around it: ``Circle.area``."""
        return f"{self.holder.name}.{self.node.name}" if self.holder else self.node.name

    @property
    def kind(self) -> str:
        """What a reader calls it: ``class``, ``method`` or ``function``."""
        if isinstance(self.node, ast.ClassDef):
            return "class"
        return "method" if self.holder else "function"

    @cached_property
    def is_public(self) -> bool:
        """Whether neither it nor a class around it begins with an underscore."""
        around = self.holder is None or self.holder.is_public
        return around and not self.node.name.startswith("_")

    @property
    def is_dunder_method(self) -> bool:
        """Whether Python calls it by a name of its own, such as ``__eq__``."""
        name = self.node.name
        return self.holder is not None and name.startswith("__") and name.endswith("__")

    @cached_property
    def decorators(self) -> frozenset[str]:
        """The last part of the name of every decorator."""
        return frozenset(map(called_name, self.node.decorator_list))

    @property
    def is_declared_twice(self) -> bool:
        """Whether another definition of that name speaks for it: overloads and setters."""
        return bool(self.decorators & _DECLARED_TWICE)


def definitions(tree: ast.Module) -> list[Definition]:
    """Every class, function and method outside functions, in the order of their lines."""
    found: list[Definition] = []
    waiting: list[tuple[ast.AST, Definition | None]] = [(tree, None)]
    while waiting:
        node, holder = waiting.pop()
        for statement in (item for body in bodies(node) for item in body):
            if isinstance(statement, DEFINITIONS):
                found.append(Definition(statement, holder))
            if isinstance(statement, ast.ClassDef):
                waiting.append((statement, found[-1]))
            elif not isinstance(statement, FUNCTIONS):
                waiting.append((statement, holder))
    return sorted(found, key=lambda item: (item.node.lineno, item.node.col_offset))


def does_nothing(node: Function | ast.ClassDef) -> bool:
    """Whether a body only holds a place: no merit and no miss is to be seen in it.

    Beside ``pass`` and ``...`` that is a bare ``return``, ``raise NotImplementedError``, and a
    class of nothing but such methods.
    """
    return all(_holds_a_place(statement) for statement in node.body)


def _holds_a_place(statement: ast.stmt) -> bool:
    if isinstance(statement, DEFINITIONS):
        return does_nothing(statement)
    if isinstance(statement, ast.Return):
        return not _has_value(statement)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return called_name(statement.exc) == "NotImplementedError"
    return is_stub([statement])


def plain_arguments(definition: Definition) -> list[ast.arg]:
    """The arguments of a function with a name each; ``self`` and ``cls`` aside."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return []
    positional = [*node.args.posonlyargs, *node.args.args]
    bound = definition.holder is not None and "staticmethod" not in definition.decorators
    return [*positional[bound:], *node.args.kwonlyargs]


def starred_arguments(function: Function) -> list[ast.arg]:
    """``*args`` and ``**kwargs``, as far as there are any."""
    return [item for item in (function.args.vararg, function.args.kwarg) if item is not None]


def values_given(function: Function) -> Iterator[ast.Return | ast.Yield | ast.YieldFrom]:
    """Every ``return`` and ``yield`` of a function itself that gives its caller a value."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _VALUES) and _has_value(node):
            yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _has_value(node: ast.Return | ast.Yield | ast.YieldFrom) -> bool:
    value = node.value
    return value is not None and not (isinstance(value, ast.Constant) and value.value is None)


def listed(names: Sequence[str]) -> str:
    """Names for a sentence: ``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
