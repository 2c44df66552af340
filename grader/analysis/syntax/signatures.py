"""The classes, functions and methods of a file that a reader sees, and their arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    Function,
    bodies,
    every_statement,
    is_stub,
)

_SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
#: Decorators of a definition that repeats the name of another one, e.g. ``@area.setter``.
_DECLARED_TWICE = frozenset({"overload", "setter", "deleter"})
_VALUES = (ast.Return, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True)
class Definition:
    """A class, function or method that is not inside a function: its name, kind and decorators.

    It also says whether it is public. ``node`` is its syntax tree. ``holder`` is the definition of
    the class directly around it, ``None`` outside classes.
    """

    node: Function | ast.ClassDef
    holder: Definition | None = None

    @cached_property
    def name(self) -> str:
        """The name, after the names of the classes around it: ``Circle.area``."""
        return f"{self.holder.name}.{self.node.name}" if self.holder else self.node.name

    @property
    def kind(self) -> str:
        """The word for it in a message: ``class``, ``method`` or ``function``."""
        if isinstance(self.node, ast.ClassDef):
            return "class"
        return "method" if self.holder else "function"

    @cached_property
    def is_public(self) -> bool:
        """Whether neither its name nor that of a class around it begins with an underscore.

        So ``__init__`` is not public.
        """
        around = self.holder is None or self.holder.is_public
        return around and not self.node.name.startswith("_")

    @property
    def is_dunder_method(self) -> bool:
        """Whether it is in a class and its name begins and ends with ``__``: ``__eq__``."""
        name = self.node.name
        return self.holder is not None and name.startswith("__") and name.endswith("__")

    @cached_property
    def decorators(self) -> frozenset[str]:
        """The last part of each decorator's name: ``wraps`` for ``@functools.wraps(f)``.

        It is an empty string for a decorator without a name, e.g. a lambda.
        """
        return frozenset(map(called_name, self.node.decorator_list))

    @property
    def is_declared_twice(self) -> bool:
        """Whether it is an overload, setter or deleter by its decorators, and so repeats a name."""
        return bool(self.decorators & _DECLARED_TWICE)


def definitions(tree: ast.Module) -> list[Definition]:
    """Return every class, function and method that is not inside a function, ordered by line.

    Those inside ``if``, ``try``, loops, ``with`` and ``match`` are included.
    """
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


def outermost_functions(tree: ast.Module) -> dict[int, int]:
    """Return for each function of `tree` the outermost function around it, or itself; by lines.

    Both are lines of a ``def``: {1: 1, 2: 1} for a function in line 1 and one inside it in line 2.
    The methods of a class are outermost functions, unless the class is inside a function.
    """
    nodes = every_statement(tree)
    lines = [0] * len(nodes)
    found = {}
    for at, (node, parent) in enumerate(nodes):
        lines[at] = lines[parent]
        if isinstance(node, FUNCTIONS):
            lines[at] = lines[parent] or node.lineno
            found[node.lineno] = lines[at]
    return found


def does_nothing(node: Function | ast.ClassDef) -> bool:
    """Return whether the body of ``node`` is only a placeholder.

    A placeholder has nothing but ``pass``, ``...``, strings and other constants, ``return`` without
    a value (or with ``None``), ``raise NotImplementedError`` with or without arguments, and
    definitions that are placeholders themselves.
    """
    return all(_holds_a_place(statement) for statement in node.body)


def _holds_a_place(statement: ast.stmt) -> bool:
    """Return whether ``statement`` is one that a placeholder may have."""
    if isinstance(statement, DEFINITIONS):
        return does_nothing(statement)
    if isinstance(statement, ast.Return):
        return not has_value(statement)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return called_name(statement.exc) == "NotImplementedError"
    return is_stub([statement])


def plain_arguments(definition: Definition) -> list[ast.arg]:
    """Return the arguments of ``definition`` without ``self`` or ``cls``, ``*args``, ``**kwargs``.

    Keyword-only arguments come last. The first positional argument of a method is left out,
    whatever its name, unless the method is a ``staticmethod``. A class has no arguments.
    """
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return []
    positional = [*node.args.posonlyargs, *node.args.args]
    bound = definition.holder is not None and "staticmethod" not in definition.decorators
    return [*positional[bound:], *node.args.kwonlyargs]


def starred_arguments(function: Function) -> list[ast.arg]:
    """Return the arguments ``*args`` and ``**kwargs`` of ``function``, as far as it has them."""
    return [item for item in (function.args.vararg, function.args.kwarg) if item is not None]


def values_given(function: Function) -> Iterator[ast.Return | ast.Yield | ast.YieldFrom]:
    """Yield each ``return`` and ``yield`` of ``function`` that has a value other than ``None``.

    ``yield from`` counts too. Those of functions, lambdas and classes inside ``function`` are left
    out. The order is not that of the lines.
    """
    return (node for node in returns_and_yields(function) if has_value(node))


def returns_and_yields(function: Function) -> Iterator[ast.Return | ast.Yield | ast.YieldFrom]:
    """Yield each ``return`` and ``yield`` of ``function``, also those without a value.

    Those of functions, lambdas and classes inside ``function`` are left out. The order is not that
    of the lines.
    """
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _VALUES):
            yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def has_value(node: ast.Return | ast.Yield | ast.YieldFrom) -> bool:
    """Return whether ``node`` has a value that is not the constant ``None``."""
    value = node.value
    return value is not None and not (isinstance(value, ast.Constant) and value.value is None)


def listed(names: Sequence[str]) -> str:
    """Return ``names`` joined for a sentence: ``a, b and c``; empty if there are none."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
