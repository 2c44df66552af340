"""Which calls of a test have an outcome that one of its assertions looks at?

Statements that share the name of a value belong together: a call is heard where an assertion stands
in its group, since its result, or something that it was given, leads there.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from grader.analysis.syntax.signatures import starred_arguments
from grader.analysis.syntax.statements import DEFINITIONS, Function
from grader.checks.tests_present.calls_made import Call, Hubs, Said, nodes_in
from grader.checks.tests_present.running import Step, expressions
from grader.checks.tests_present.tautologies import last_name

#: How well an outcome is heard: asserted in its group; by a later assertion on what the test was
#: given to watch (``capsys``, a mock); by a later one on anything outside the test; or not at all.
Heard = Literal["asserted", "watched", "near", ""]

_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Match)
_WITH = (ast.With, ast.AsyncWith)
_WAITING = ("assert", "raises", "warns", "deprecated_call")
_GIVING = (ast.Return, ast.Yield, ast.YieldFrom)


class Group(NamedTuple):
    """Statements of a routine that belong together, as what they call and name.

    ``leaves``: whoever uses the routine may get hold of the outcome. ``chooses``: it calls what a
    name stands for, so that functions which it names without calling them are called there.
    """

    calls: tuple[Call, ...]
    names: tuple[str, ...]
    heard: Heard
    leaves: bool
    chooses: bool


def group_of_value(value: ast.expr, hubs: Hubs) -> Group:
    """A value outside every function, such as a list of cases, for tests to use."""
    said = Said(hubs).take(nodes_in([value]))
    return Group(tuple(sorted(said.calls)), tuple(sorted(said.names)), "", True, said.chooses)


def groups_of(
    function: Function, steps: Sequence[Step], asserting: Collection[int], hubs: Hubs
) -> tuple[Group, ...]:
    """The groups of a function; ``asserting`` are the steps with an assertion that can fail."""
    return tuple(_Grouping(function, steps, asserting, hubs).groups())


class _Grouping:
    """The statements of one function, and how names lead from one to another."""

    def __init__(
        self,
        function: Function,
        steps: Sequence[Step],
        asserting: Collection[int],
        hubs: Hubs,
    ) -> None:
        self._function, self._steps, self._asserting = function, steps, frozenset(asserting)
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += starred_arguments(function)
        self._arguments = {one.arg for one in every} - {"self", "cls"}
        nodes = [nodes_in(_all_of(step.statement)) for step in steps]
        own = {name for step in steps for name in _bound_by(step.statement)}
        own.update(name for each in nodes for name in _names_set(each))
        self._hubs = hubs.without(self._arguments | own)
        self._said = [
            Said(self._hubs).take(each).wrap(getattr(step.statement, "decorator_list", ()))
            for step, each in zip(steps, nodes, strict=True)
        ]
        self._above: dict[int | str, int | str] = {}

    def groups(self) -> Iterator[Group]:
        """Each group that calls or names anything, in the order of its first statement."""
        self._join_all()
        members: dict[int | str, list[int]] = defaultdict(list)
        for at in range(len(self._steps)):
            members[self._root(at)].append(at)
        given = self._root(_GIVEN)
        members[given] = members.pop(given, [])
        found = {root: self._gathered(root == given, at) for root, at in members.items()}
        last = {kind: self._last(members, found, kind) for kind in ("watched", "near")}
        for root, group in found.items():
            if not group.heard and members[root]:
                first = min(self._steps[at].statement.lineno for at in members[root])
                group = group._replace(heard=_overheard(first, last))
            if group.calls or group.names:
                yield group

    def _gathered(self, is_given: bool, members: Sequence[int]) -> Group:
        said = [self._said[at] for at in members] + ([self._given] if is_given else [])
        calls: set[Call] = set().union(*(one.calls for one in said))
        names: set[str] = set().union(*(one.names for one in said))
        return Group(
            calls=tuple(sorted(calls)),
            names=tuple(sorted(names)),
            heard="" if self._asserting.isdisjoint(members) else "asserted",
            leaves=is_given or any(map(self._leaves, members)),
            chooses=any(one.chooses for one in said),
        )

    def _last(
        self,
        members: dict[int | str, list[int]],
        found: dict[int | str, Group],
        kind: str,
    ) -> int:
        """The last line with an assertion on something outside, or 0."""
        lines = [0]
        for root, group in found.items():
            if group.heard and any(self._looks(self._said[at], kind) for at in members[root]):
                lines += [
                    self._steps[at].statement.lineno
                    for at in members[root]
                    if at in self._asserting
                ]
        return max(lines)

    def _looks(self, said: Said, kind: str) -> bool:
        if kind == "near":
            return said.looks_out
        return not self._arguments.isdisjoint(said.asked) or any("." in it for it in said.objects)

    @cached_property
    def _given(self) -> Said:
        """What stands around the name of the function: parameters of tests, and defaults."""
        around = nodes_in(given(self._function))
        return Said(self._hubs).take(around).wrap(self._function.decorator_list)

    def _leaves(self, at: int) -> bool:
        statement, said = self._steps[at].statement, self._said[at]
        if not self._arguments.isdisjoint(said.objects):
            return True
        if isinstance(statement, ast.Return) or isinstance(
            getattr(statement, "value", None), _GIVING
        ):
            return True
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        return any(isinstance(item, ast.Attribute | ast.Subscript) for item in targets)

    def _join_all(self) -> None:
        if self._function.decorator_list:
            for name in self._arguments:
                self._join(_GIVEN, name)
        for at, step in enumerate(self._steps):
            for name in (*self._said[at].objects, *_bound_by(step.statement)):
                self._join(at, name)
            if step.above >= 0 and self._holds_together(step.above):
                self._join(at, step.above)

    def _holds_together(self, at: int) -> bool:
        """Whether what stands in the body of a statement follows from its head."""
        statement, said = self._steps[at].statement, self._said[at]
        if isinstance(statement, DEFINITIONS):
            return True
        if isinstance(statement, ast.Try):
            return _decides(statement)
        if isinstance(statement, _WITH):
            waits = any(last_name(one.context_expr).startswith(_WAITING) for one in statement.items)
            return waits or bool(said.objects)
        return isinstance(statement, _BLOCKS) and bool(said.objects or said.looks_out)

    def _root(self, item: int | str) -> int | str:
        above = self._above
        while above.setdefault(item, item) != item:
            above[item] = above[above[item]]
            item = above[item]
        return item

    def _join(self, one: int | str, other: int | str) -> None:
        self._above[self._root(one)] = self._root(other)


_GIVEN = -1


def _overheard(first: int, last: dict[str, int]) -> Heard:
    if first <= last["watched"]:
        return "watched"
    return "near" if first <= last["near"] else ""


def given(function: Function) -> Iterator[ast.expr]:
    """What stands around a function's name: decorators (parameters of tests) and defaults."""
    yield from function.decorator_list
    yield from function.args.defaults
    yield from (value for value in function.args.kw_defaults if value is not None)


def _all_of(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, and the names that it binds to them."""
    yield from expressions(statement)
    for item in getattr(statement, "items", ()):
        if item.optional_vars is not None:
            yield item.optional_vars
    for handler in getattr(statement, "handlers", ()):
        if handler.type is not None:
            yield handler.type


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    """Names that are not expressions: of inner functions, and of caught exceptions."""
    if isinstance(statement, DEFINITIONS):
        yield statement.name
    for handler in getattr(statement, "handlers", ()):
        if handler.name:
            yield handler.name


def _names_set(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _decides(statement: ast.Try) -> bool:
    """Whether a ``try`` asks if an exception comes: by its name, or by failing where none does."""
    if any(handler.name for handler in statement.handlers):
        return True
    return any(_fails(node) for node in ast.walk(statement))


def _fails(node: ast.AST) -> bool:
    """``assert False``, ``fail()``, ``raise AssertionError``."""
    if isinstance(node, ast.Assert):
        return isinstance(node.test, ast.Constant)
    if isinstance(node, ast.Raise):
        return node.exc is not None and last_name(node.exc) == "AssertionError"
    return isinstance(node, ast.Call) and last_name(node) == "fail"
