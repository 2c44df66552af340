"""The functions that an expression calls, passes on or reads, with their numbers of arguments."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.imports import Import
from grader.checks.tests_present.assertions import EXPECT_ERROR

#: In place of a number of arguments: it cannot be counted (``f(*args)``), or an attribute is read.
ANY, READ = -1, -2

#: Builtins that call the function that they get, e.g. ``map(area, sides)``.
_CALLERS = frozenset({"map", "filter", "sorted", "min", "max", "iter"})
#: Functions that inspect the function that they get without calling it.
_INSPECTORS = frozenset(
    "signature getsource getsourcelines getdoc getfullargspec getmodule isfunction ismethod isclass"
    " iscoroutinefunction isgeneratorfunction get_type_hints cast".split()
)
#: Builtins whose result shows nothing of a program. ``open`` may read what the program has written.
_NEUTRAL_BUILTINS = frozenset(dir(builtins)) - {"open"}
#: Modules whose functions depend on their arguments alone, so that they show nothing of a program.
_PURE_MODULES = frozenset(
    "math cmath statistics string operator itertools functools collections fractions decimal re"
    " typing types inspect copy textwrap".split()
)
_SELF = frozenset({"self", "cls"})


class Call(NamedTuple):
    """A called name and its number of arguments, or ``ANY`` or ``READ``.

    An attribute has a dot before it: ``.volume`` for ``box.volume()``.
    """

    name: str
    arguments: int


class ModuleNames(NamedTuple):
    """Names with one meaning in a whole file. Two statements that share one need not be related.

    ``outer`` are imports, functions and classes of the file. ``neutral`` are builtins and pure
    modules, whose results show nothing of the program.
    """

    outer: frozenset[str]
    neutral: frozenset[str]

    @staticmethod
    def of(imports: Iterable[Import], defined: Iterable[str]) -> ModuleNames:
        """Return the names of a file with these `imports` and functions and classes `defined`."""
        pure = {one.bound for one in imports if one.module in _PURE_MODULES and not one.level}
        outer = {"open", *defined, *(one.bound for one in imports)}
        neutral = (_NEUTRAL_BUILTINS | pure) - outer.difference(pure)
        return ModuleNames(frozenset(outer - pure), neutral)

    def without(self, names: Collection[str]) -> ModuleNames:
        """Return these names except `names`, which a function uses for something else."""
        return ModuleNames(self.outer.difference(names), self.neutral.difference(names))


@dataclass
class Usage:
    """What a set of expressions calls and names.

    ``names``: all names in them. ``local_values``: those that stand for values of the test.
    ``receivers``: names of which an attribute or item is used. ``dispatches``: a local value is
    itself called. ``reads_module``: something of ``module_names.outer`` is called or read.
    """

    module_names: ModuleNames
    calls: set[Call] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    local_values: set[str] = field(default_factory=set)
    receivers: set[str] = field(default_factory=set)
    dispatches: bool = False
    reads_module: bool = False

    def add(self, nodes: Sequence[ast.AST]) -> Usage:
        """Add every node in `nodes`, which are all nodes of some expressions; return `self`."""
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if isinstance(node, ast.Call):
                self._add_call(node)
            elif isinstance(node, ast.Name):
                self._add_name(node)
            elif isinstance(node, ast.Attribute):
                self._add_attribute(node, id(node) in called)
        return self

    def add_decorators(self, decorators: Iterable[ast.expr]) -> Usage:
        """Add `decorators` as functions that are called; return `self`."""
        for item in decorators:
            self._add_passed_function(item, ANY)
        return self

    def _add_name(self, node: ast.Name) -> None:
        name = node.id
        if isinstance(node.ctx, ast.Load):
            self.names.add(name)
        of_module = name in self.module_names.outer or name in self.module_names.neutral
        if not (of_module or name in _SELF or name == "_"):
            self.local_values.add(name)

    def _add_attribute(self, node: ast.Attribute, is_called: bool) -> None:
        self.names.add(f".{node.attr}")
        if is_called:
            return
        if not node.attr.startswith("__") and not self._starts_neutral(node):
            self.calls.add(Call(f".{node.attr}", READ))
        if isinstance(node.value, ast.Name) and node.value.id in _SELF:
            self.local_values.add(f"self.{node.attr}")
            self.names.add(f"self.{node.attr}")

    def _starts_neutral(self, node: ast.expr) -> bool:
        """Return whether `node` starts at a neutral name, e.g. ``math`` in ``math.sqrt(2).real``.

        Records the name as a receiver, and whether it is one of ``outer``.
        """
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Await):
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return False
        self.receivers.add(node.id)
        self.reads_module |= node.id in self.module_names.outer
        return node.id in self.module_names.neutral

    def _add_call(self, node: ast.Call) -> None:
        function, name = node.func, called_name(node)
        if self._starts_neutral(node):
            pass
        elif isinstance(function, ast.Attribute):
            self.calls.add(Call(f".{name}", _argument_count(node)))
        elif isinstance(function, ast.Name) and name in self.module_names.outer:
            self.calls.add(Call(name, _argument_count(node)))
        else:
            self.dispatches = True
        self._add_passed_functions(node, name)

    def _add_passed_functions(self, node: ast.Call, name: str) -> None:
        """Add the functions that the call `node` of `name` may call, as they are its arguments.

        e.g. ``area`` in ``assertRaises(ValueError, area, -1)``, ``map(area, sides)`` and
        ``check(area)``; not in ``print(area)`` and ``assertIs(area, other)``.
        """
        if name in EXPECT_ERROR:
            for value in node.args[1:2]:
                self._add_passed_function(value, max(_argument_count(node) - 2, ANY))
            return
        calls_nothing = (
            name in self.module_names.neutral or name in _INSPECTORS or name.startswith("assert")
        )
        if name in _CALLERS or not calls_nothing:
            for value in (*node.args, *(item.value for item in node.keywords)):
                self._add_passed_function(value, ANY)

    def _add_passed_function(self, value: ast.expr, arguments: int) -> None:
        if isinstance(value, ast.Attribute):
            self.calls.add(Call(f".{value.attr}", arguments))
        elif isinstance(value, ast.Name) and value.id in self.module_names.outer:
            self.calls.add(Call(value.id, arguments))


def _argument_count(node: ast.Call) -> int:
    starred = any(isinstance(item, ast.Starred) for item in node.args)
    if starred or any(item.arg is None for item in node.keywords):
        return ANY
    return len(node.args) + len(node.keywords)
