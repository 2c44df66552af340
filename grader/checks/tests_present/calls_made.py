"""What an expression calls, hands over and reads, by name, and with how many arguments."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.imports import Import
from grader.analysis.syntax.walk import children
from grader.checks.tests_present.assertions import RAISING
from grader.checks.tests_present.tautologies import last_name

#: A call with a number of arguments that nobody can count, and an attribute that is only read.
ANY, READ = -1, -2

#: Builtins that call what they are given.
_CALLERS = frozenset({"map", "filter", "sorted", "min", "max", "iter"})
#: Calls that look at a function without calling it.
_LOOKERS = frozenset(
    "signature getsource getsourcelines getdoc getfullargspec getmodule isfunction ismethod isclass"
    " iscoroutinefunction isgeneratorfunction get_type_hints cast".split()
)
#: Builtins that answer for nothing of a program. ``open`` reads what it has written.
_PLAIN = frozenset(dir(builtins)) - {"open"}
#: Modules whose functions answer from what they are given alone.
_PURE_MODULES = frozenset(
    "math cmath statistics string operator itertools functools collections fractions decimal re"
    " typing types inspect copy textwrap".split()
)
_SELF = frozenset({"self", "cls"})


class Call(NamedTuple):
    """A name that is called (an attribute has a dot before it), with so many arguments."""

    name: str
    arguments: int


class Hubs(NamedTuple):
    """Names that lead everywhere, so that no two statements belong together by sharing one.

    ``outer`` are those of imports, functions and classes; ``plain`` ones say nothing of a program.
    """

    outer: frozenset[str]
    plain: frozenset[str]

    @staticmethod
    def of(imports: Iterable[Import], defined: Iterable[str]) -> Hubs:
        """The hubs of a file."""
        pure = {one.bound for one in imports if one.module in _PURE_MODULES and not one.level}
        outer = {"open", *defined, *(one.bound for one in imports)}
        return Hubs(frozenset(outer - pure), (_PLAIN | pure) - outer.difference(pure))

    def without(self, names: Collection[str]) -> Hubs:
        """The hubs where some names stand for something else."""
        return Hubs(self.outer.difference(names), self.plain.difference(names))


@dataclass
class Said:
    """What expressions say. ``objects`` are the names in them that stand for values of a test.

    ``names`` are all they mention. ``chooses`` is whether such a value is itself called, and
    ``looks_out`` whether anything but such values, constants and plain builtins is asked.
    """

    hubs: Hubs
    calls: set[Call] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    chooses: bool = False
    looks_out: bool = False

    def take(self, nodes: Sequence[ast.AST]) -> Said:
        """Take in every node of some expressions."""
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Name):
                self._name(node)
            elif isinstance(node, ast.Attribute):
                self._attribute(node, id(node) in called)
        return self

    def wrap(self, decorators: Iterable[ast.expr]) -> Said:
        """Take in decorators: each is called with what stands below it."""
        for item in decorators:
            self._hand(item, ANY)
        return self

    def _name(self, node: ast.Name) -> None:
        name = node.id
        if isinstance(node.ctx, ast.Load):
            self.names.add(name)
        if not (name in self.hubs.outer or name in self.hubs.plain or name in _SELF or name == "_"):
            self.objects.add(name)

    def _attribute(self, node: ast.Attribute, is_called: bool) -> None:
        self.names.add(f".{node.attr}")
        if is_called:
            return
        if not node.attr.startswith("__") and not self._is_plain(node):
            self.calls.add(Call(f".{node.attr}", READ))
        if isinstance(node.value, ast.Name) and node.value.id in _SELF:
            self.objects.add(f"self.{node.attr}")
            self.names.add(f"self.{node.attr}")

    def _is_plain(self, node: ast.expr) -> bool:
        """Whether ``a.b(c).d`` starts at a plain ``a``. Note whether it is a value or outside."""
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Await):
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return False
        self.asked.add(node.id)
        self.looks_out |= node.id in self.hubs.outer
        return node.id in self.hubs.plain

    def _call(self, node: ast.Call) -> None:
        function, name = node.func, last_name(node)
        if self._is_plain(node):
            pass
        elif isinstance(function, ast.Attribute):
            self.calls.add(Call(f".{name}", _count(node)))
        elif isinstance(function, ast.Name) and name in self.hubs.outer:
            self.calls.add(Call(name, _count(node)))
        else:
            self.chooses = True
        self._hand_all(node, name)

    def _hand_all(self, node: ast.Call, name: str) -> None:
        if name in RAISING:
            for value in node.args[1:2]:
                self._hand(value, max(_count(node) - 2, ANY))
        elif name in _CALLERS or not self._only_looks(name):
            for value in (*node.args, *(item.value for item in node.keywords)):
                self._hand(value, ANY)

    def _only_looks(self, name: str) -> bool:
        return name in self.hubs.plain or name in _LOOKERS or name.startswith("assert")

    def _hand(self, value: ast.expr, arguments: int) -> None:
        """A function that is handed to another, which may call it."""
        if isinstance(value, ast.Attribute):
            self.calls.add(Call(f".{value.attr}", arguments))
        elif isinstance(value, ast.Name) and value.id in self.hubs.outer:
            self.calls.add(Call(value.id, arguments))


def nodes_in(tops: Iterable[ast.AST]) -> list[ast.AST]:
    """Every node of some expressions."""
    found = list(tops)
    for node in found:  # which grows meanwhile
        found += children(node)
    return found


def _count(node: ast.Call) -> int:
    starred = any(isinstance(item, ast.Starred) for item in node.args)
    if starred or any(item.arg is None for item in node.keywords):
        return ANY
    return len(node.args) + len(node.keywords)
