"""Collect the functions that expressions call, pass on or read, with their argument counts."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.imports import Import
from grader.checks.tests_present.assertions import EXPECT_ERROR
from grader.checks.tests_present.clients import requests_in, runs_in

#: In place of a number of arguments: it cannot be counted (``f(*args)``), an attribute is read, or
#: it is assigned.
ANY, READ, ASSIGNED = -1, -2, -3

#: Builtins that call the function that they get, e.g. ``map(area, sides)``; not ``print(area)``.
_CALLERS = frozenset({"map", "filter", "sorted", "min", "max", "iter"})
#: Functions that inspect the function that they get without calling it, e.g. ``getdoc(area)``. Any
#: other function may call it, e.g. ``check(area)``. Chosen by hand.
_INSPECTORS = frozenset(
    "signature getsource getsourcelines getdoc getfullargspec getmodule isfunction ismethod isclass"
    " iscoroutinefunction isgeneratorfunction get_type_hints cast".split()
)
#: Builtins whose result shows nothing of a program, e.g. ``len``. ``open`` is none of them: it may
#: read a file that the program has written.
_NEUTRAL_BUILTINS = frozenset(dir(builtins)) - {"open"}
#: Modules whose functions depend on their arguments alone, so that they show nothing of a program.
#: e.g. ``math.sqrt(2)``; not ``os.listdir()``. Chosen by hand.
_PURE_MODULES = frozenset(
    "math cmath statistics string operator itertools functools collections fractions decimal re"
    " typing types inspect copy textwrap".split()
)
#: Names of the object or class in a method, which connect no statements: ``self.x`` does.
_SELF = frozenset({"self", "cls"})


class Call(NamedTuple):
    """A called name and its number of arguments, positional and by keyword together.

    An attribute has a dot before it: ``.volume`` for ``box.volume()``. A request of a client is a
    call of "get /items". ``arguments`` is ``ANY`` if
    it cannot be counted (``f(*args)``, or a function passed to another one), ``READ`` if an
    attribute is read without a call, and ``ASSIGNED`` for ``box.size = 3`` and ``del box.size``.
    ``is_compared``: an assertion compares the result with constants, and asserts nothing else.
    """

    name: str
    arguments: int
    is_compared: bool = False


class ModuleNames(NamedTuple):
    """The names of a file that mean the same everywhere in it; all other names are variables.

    Statements that share one of these need not be related. ``outer`` are the imports, functions and
    classes of the file, and ``open``: their calls may test the program. ``neutral`` are the other
    builtins, and imports of or from modules such as ``math`` (``_PURE_MODULES``), which show
    nothing of a program. No name is in both.
    """

    outer: frozenset[str]
    neutral: frozenset[str]

    @staticmethod
    def of(imports: Iterable[Import], defined: Iterable[str]) -> ModuleNames:
        """Return the outer and neutral names of a file with these `imports`.

        `defined` are the functions and classes at its top level; one that is named like a builtin
        is outer.
        """
        pure = {one.bound for one in imports if one.module in _PURE_MODULES and not one.level}
        outer = {"open", *defined, *(one.bound for one in imports)}
        neutral = (_NEUTRAL_BUILTINS | pure) - outer.difference(pure)
        return ModuleNames(frozenset(outer - pure), neutral)

    def without(self, names: Collection[str]) -> ModuleNames:
        """Return these names except `names`, which a function uses for something else."""
        return ModuleNames(self.outer.difference(names), self.neutral.difference(names))


@dataclass
class Usage:
    """The calls and names in the expressions given to :meth:`add`, of a file with ``module_names``.

    In ``calls`` are outer names and methods that are called, and attributes that are read; also
    outer names and attributes passed to a function that may call them: ``area`` in ``check(area)``
    and ``map(area, sides)``, not in ``print(area)``. Calls of variables, which set ``dispatches``,
    and calls and reads that begin with a neutral name (``len(x)``, ``math.pi``) are left out.
    """

    module_names: ModuleNames
    #: Outer names and attributes that are called or passed to a function, and attributes that are
    #: read.
    calls: set[Call] = field(default_factory=set)
    #: All names that are read, and all attributes: ``box``, ``.size``, ``self.size``.
    names: set[str] = field(default_factory=set)
    #: Names of variables, which are neither outer nor neutral, and ``self.size``.
    local_values: set[str] = field(default_factory=set)
    #: Names with which a call or a read attribute begins: ``box`` of ``box.size`` and ``box(2)``.
    receivers: set[str] = field(default_factory=set)
    #: Whether anything else than an attribute, an outer or a neutral name is called.
    dispatches: bool = False
    #: Whether a receiver is an outer name.
    reads_module: bool = False

    def add(self, nodes: Sequence[ast.AST]) -> Usage:
        """Add the calls and names of `nodes`; nodes inside them are not searched.

        `nodes` must be all nodes of some expressions, as ``walk`` yields them. Returns `self`.
        """
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
        """Add those `decorators` that are outer names or attributes, e.g. ``@cache``, as calls.

        Their number of arguments is ``ANY``. ``@retry(3)`` is left out, since ``add`` sees the call
        in it. Returns `self`.
        """
        for item in decorators:
            self._add_passed_function(item, ANY)
        return self

    def _add_name(self, node: ast.Name) -> None:
        """Add the name `node`, if read, and as a local value unless it is one of the module."""
        name = node.id
        if isinstance(node.ctx, ast.Load):
            self.names.add(name)
        of_module = name in self.module_names.outer or name in self.module_names.neutral
        if not (of_module or name in _SELF or name == "_"):
            self.local_values.add(name)

    def _add_attribute(self, node: ast.Attribute, is_called: bool) -> None:
        """Add ``.attribute`` as a name and, unless it `is_called`, as read or assigned."""
        self.names.add(f".{node.attr}")
        if is_called:
            return
        if not node.attr.startswith("__") and not self._starts_neutral(node):
            is_read = isinstance(node.ctx, ast.Load)
            self.calls.add(Call(f".{node.attr}", READ if is_read else ASSIGNED))
        if isinstance(node.value, ast.Name) and node.value.id in _SELF:
            self.local_values.add(f"self.{node.attr}")
            self.names.add(f"self.{node.attr}")

    def _starts_neutral(self, node: ast.expr) -> bool:
        """Return whether `node` begins with a neutral name, e.g. ``math`` in ``math.sqrt(2).real``.

        Also records the name as a receiver, and in ``reads_module`` whether it is in ``outer``.
        """
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Await):
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return False
        self.receivers.add(node.id)
        self.reads_module |= node.id in self.module_names.outer
        return node.id in self.module_names.neutral

    def _add_call(self, node: ast.Call) -> None:
        """Add the function that `node` calls, unless it is neutral, and functions passed to it."""
        function, name = node.func, called_name(node)
        if self._starts_neutral(node):
            pass
        elif isinstance(function, ast.Attribute):
            self.calls.add(Call(f".{name}", _argument_count(node)))
        elif isinstance(function, ast.Name) and name in self.module_names.outer:
            self.calls.add(Call(name, _argument_count(node)))
        else:
            self.dispatches = True
        asked = (*requests_in(node), *runs_in(node))
        self.calls.update(Call(request, ANY) for request in asked)
        self._add_passed_functions(node, name)

    def _add_passed_functions(self, node: ast.Call, name: str) -> None:
        """Add the arguments of `node`, a call of the function `name`, that it may itself call.

        e.g. ``area`` in ``assertRaises(ValueError, area, -1)`` (with one argument), and in
        ``map(area, sides)`` and ``check(area)`` (with any number); not in ``print(area)`` and
        ``assertIs(area, other)``.
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
        """Add `value` as a call with `arguments` if it is an attribute or an outer name."""
        if isinstance(value, ast.Attribute):
            self.calls.add(Call(f".{value.attr}", arguments))
        elif isinstance(value, ast.Name) and value.id in self.module_names.outer:
            self.calls.add(Call(value.id, arguments))


def is_made_by(call: Call, node: ast.Call) -> bool:
    """Return whether `call` may be what :meth:`Usage.add` found for `node`."""
    name = called_name(node)
    return call.name in (name, f".{name}") and call.arguments == _argument_count(node)


def _argument_count(node: ast.Call) -> int:
    """Return the number of arguments of `node`, or ``ANY`` with ``*args`` or ``**kwargs``."""
    starred = any(isinstance(item, ast.Starred) for item in node.args)
    if starred or any(item.arg is None for item in node.keywords):
        return ANY
    return len(node.args) + len(node.keywords)
