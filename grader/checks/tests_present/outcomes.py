"""Find the calls of a routine whose result one of its assertions checks.

Statements of a routine that share a local name form a group. The calls of a group count as checked
if an assertion is in the same group, because their result, or one of their arguments, leads to it::

    total = add(1, 2)      # group 1: `add` is checked
    assert total == 3      # group 1
    other = subtract(1)    # group 2: `subtract` is not
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.signatures import starred_arguments
from grader.analysis.syntax.statements import DEFINITIONS, Function
from grader.analysis.syntax.walk import walk
from grader.checks.tests_present.assertions import is_forced_failure
from grader.checks.tests_present.calls_made import Call, ModuleNames, Usage, is_made_by
from grader.checks.tests_present.compared_calls import compared_in
from grader.checks.tests_present.replaced_names import replaced_names
from grader.checks.tests_present.running import Step, expressions
from grader.checks.tests_present.tautologies import Tautologies

#: How an assertion checks a group. "asserted": it is in the group. "watched": it comes later, on an
#: object that the test got to watch side effects, e.g. ``capsys`` or a mock. "near": it comes
#: later, on anything outside the test, e.g. a file. "": no assertion checks the group.
AssertionLink = Literal["asserted", "watched", "near", ""]

#: Statements whose body may depend on a value in their first line.
_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Match)
#: Both kinds of ``with``.
_WITH = (ast.With, ast.AsyncWith)
#: Beginnings of context managers that assert, e.g. ``with pytest.raises(ValueError):``; not ``with
#: open(path):``.
_ASSERTING_CONTEXTS = ("assert", "raises", "warns", "deprecated_call")
#: Expressions and statements that give a value to the caller.
_RETURNING = (ast.Return, ast.Yield, ast.YieldFrom)
#: In place of the index of a step: the decorators and defaults of the function.
_HEADER = -1


class Group(NamedTuple):
    """Statements of a test or helper that share local names: their calls, and the names they read.

    ``calls`` and ``names`` are sorted. ``link`` says how an assertion of the same test or helper
    checks the group: it is in the group ("asserted"), or comes later, about an object that the test
    got to watch side effects, e.g. ``capsys`` ("watched"), or about anything outside the test, e.g.
    a file ("near"); "" if none does. ``escapes``: the result may reach a caller, e.g. by
    ``return``. ``dispatches``: it calls a variable, so that the functions that it only names may be
    called there.
    """

    calls: tuple[Call, ...]
    names: tuple[str, ...]
    link: AssertionLink
    escapes: bool
    dispatches: bool


def group_of_value(value: ast.expr, module_names: ModuleNames) -> Group:
    """Return the group of a `value` outside every function, e.g. a list of cases for tests.

    It has no link to an assertion, and escapes.
    """
    usage = Usage(module_names).add(list(walk(value)))
    calls, names = tuple(sorted(usage.calls)), tuple(sorted(usage.names))
    return Group(calls, names, "", True, usage.dispatches)


def groups_of(
    tautologies: Tautologies,
    steps: Sequence[Step],
    asserting: Collection[int],
    module_names: ModuleNames,
) -> tuple[Group, ...]:
    """Return the groups of a function, whose statements are `steps`, by their first statement.

    `tautologies` are those of the function. `asserting` are the indices of the steps with an
    assertion that can fail. The group with the decorators and defaults of the function comes last.
    Groups that call and name nothing are left out.
    """
    return tuple(_Grouping(tautologies, steps, asserting, module_names).groups())


def _arguments_of(function: Function) -> set[str]:
    """Return the names of the arguments of `function`, without ``self`` and ``cls``."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += starred_arguments(function)
    return {one.arg for one in every} - {"self", "cls"}


class _Grouping:
    """A union-find over the steps of one function and the names that connect them.

    Its items are indices of steps, local names, and ``_HEADER``. The parameters are as in
    ``groups_of``.
    """

    def __init__(
        self,
        tautologies: Tautologies,
        steps: Sequence[Step],
        asserting: Collection[int],
        module_names: ModuleNames,
    ) -> None:
        self._function = function = tautologies.function
        self._tautologies, self._steps = tautologies, steps
        self._asserting = frozenset(asserting)
        self._arguments = _arguments_of(function)
        nodes = [list(walk(*_expressions_and_targets(step.statement))) for step in steps]
        local = {name for step in steps for name in _bound_names(step.statement)}
        local.update(name for each in nodes for name in _assigned_names(each))
        self._module_names = module_names.without(self._arguments | local)
        # What the test binds or replaces itself is no longer the program's, even if it is called.
        header = list(walk(*function.decorator_list))
        replaced = (replaced_names(each, module_names.outer) for each in (header, *nodes))
        self._own = local.union(*replaced)
        self._usages = [
            Usage(self._module_names)
            .add(each)
            .add_decorators(getattr(step.statement, "decorator_list", ()))
            for step, each in zip(steps, nodes, strict=True)
        ]
        self._parents: dict[int | str, int | str] = {}

    def groups(self) -> Iterator[Group]:
        """Yield each group that calls or names anything, in the order of its first statement.

        The group of the function's header comes last.
        """
        self._join_all()
        members: dict[int | str, list[int]] = defaultdict(list)
        for index in range(len(self._steps)):
            members[self._root(index)].append(index)
        header = self._root(_HEADER)
        members[header] = members.pop(header, [])
        found = {root: self._build_group(root == header, at) for root, at in members.items()}
        watching = self._last_assertion_line(members, found, self._asserts_on_watched)
        outside = self._last_assertion_line(members, found, self._asserts_on_module)
        for root, group in found.items():
            if not group.link and members[root]:
                first = min(self._steps[index].statement.lineno for index in members[root])
                group = group._replace(link=_link_to_later(first, watching, outside))
            if group.calls or group.names:
                yield self._with_compared(group, members[root])

    def _with_compared(self, group: Group, members: Sequence[int]) -> Group:
        """Return `group`, of the steps `members`, with its calls marked that are only compared.

        If another assertion of the function comes later, it may be about their effect.
        """
        nodes = self._only_compared_by(self._asserting.intersection(members))
        if not nodes:
            return group
        calls = {
            one._replace(is_compared=any(is_made_by(one, node) for node in nodes))
            for one in group.calls
        }
        return group._replace(calls=tuple(sorted(calls)))

    def _only_compared_by(self, inside: Collection[int]) -> list[ast.Call]:
        """Return the calls whose results are all that the assertions `inside` look at.

        None if a later assertion of the function may be about their effect.
        """
        nodes: list[ast.Call] = []
        for at in inside:
            compared = self._compared[at]
            if compared is None:
                return []
            nodes += compared
        names = {called_name(node) for node in nodes}
        later = [at for at in self._asserting.difference(inside) if at > min(inside, default=at)]
        return [] if any(self._looks_elsewhere(at, names) for at in later) else nodes

    def _looks_elsewhere(self, index: int, names: Collection[str]) -> bool:
        """Return whether the assertion `index` looks at more than results of `names`."""
        found = self._compared[index]
        return found is None or any(called_name(node) not in names for node in found)

    @cached_property
    def _compared(self) -> Mapping[int, list[ast.Call] | None]:
        """By assertion, the calls whose results it only compares, see :func:`compared_in`."""
        calls, neutral = self._tautologies.calls, self._module_names.neutral
        return {
            at: compared_in(self._steps[at].statement, calls, neutral) for at in self._asserting
        }

    def _build_group(self, is_header: bool, members: Sequence[int]) -> Group:
        """Return the group of the steps `members`, without a link to a later assertion.

        The group of the header has its calls and names as well, and always escapes.
        """
        usages = [self._usages[index] for index in members]
        usages += [self._header_usage] if is_header else []
        calls: set[Call] = set().union(*(usage.calls for usage in usages))
        names: set[str] = set().union(*(usage.names for usage in usages))
        return Group(
            calls=tuple(sorted(one for one in calls if one.name not in self._own)),
            names=tuple(sorted(names - self._own)),
            link="" if self._asserting.isdisjoint(members) else "asserted",
            escapes=is_header or any(map(self._escapes, members)),
            dispatches=any(usage.dispatches for usage in usages),
        )

    def _last_assertion_line(
        self,
        members: dict[int | str, list[int]],
        groups: dict[int | str, Group],
        matches: Callable[[Usage], bool],
    ) -> int:
        """Return the last line of an assertion in those `groups` with a usage that `matches`.

        `members` are the steps of each group. The result is 0 without such an assertion.
        """
        lines = [0]
        for root, group in groups.items():
            if group.link and any(matches(self._usages[index]) for index in members[root]):
                lines += [
                    self._steps[index].statement.lineno
                    for index in members[root]
                    if index in self._asserting
                ]
        return max(lines)

    def _asserts_on_watched(self, usage: Usage) -> bool:
        """Return whether `usage` calls an argument, or reads an attribute of it or of ``self``.

        e.g. ``capsys.readouterr()`` and ``self.output``; not ``len(sides)`` of an argument.
        """
        asks_argument = not self._arguments.isdisjoint(usage.receivers)
        return asks_argument or any("." in name for name in usage.local_values)

    @staticmethod
    def _asserts_on_module(usage: Usage) -> bool:
        """Return whether `usage` calls or reads a name of the module, e.g. ``open("out.txt")``."""
        return usage.reads_module

    @cached_property
    def _header_usage(self) -> Usage:
        """The calls and names of the decorators and defaults of the function."""
        nodes = list(walk(*header_expressions(self._function)))
        return Usage(self._module_names).add(nodes).add_decorators(self._function.decorator_list)

    def _escapes(self, index: int) -> bool:
        """Return whether the result of the step `index` may reach the caller of the function.

        e.g. ``return x``, ``yield x``, ``self.box = x``, ``rows[0] = x``, and every statement with
        an argument of the function, such as ``argument.append(x)``; not ``x = 1``.
        """
        statement, usage = self._steps[index].statement, self._usages[index]
        if not self._arguments.isdisjoint(usage.local_values):
            return True
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Return) or isinstance(value, _RETURNING):
            return True
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        return any(isinstance(item, ast.Attribute | ast.Subscript) for item in targets)

    def _join_all(self) -> None:
        """Join each step with the variables in it, and with the statement around it if related.

        The arguments of a decorated function are joined with its header, which may set them, e.g.
        ``@pytest.mark.parametrize``.
        """
        if self._function.decorator_list:
            for name in self._arguments:
                self._join(_HEADER, name)
        for index, step in enumerate(self._steps):
            for name in (*self._usages[index].local_values, *_bound_names(step.statement)):
                self._join(index, name)
            if step.parent >= 0 and self._body_depends_on_header(step.parent):
                self._join(index, step.parent)

    def _body_depends_on_header(self, index: int) -> bool:
        """Return whether the statements in the body of step `index` belong to its own group.

        e.g. for ``with raises(ValueError):``, ``with open(path) as file:``, ``for case in cases:``
        and a nested function; not for ``with suppress(OSError):`` and ``while True:``.
        """
        statement, usage = self._steps[index].statement, self._usages[index]
        if isinstance(statement, DEFINITIONS):
            return True
        if isinstance(statement, ast.Try):
            return _expects_exception(statement)
        if isinstance(statement, _WITH):
            names = (called_name(item.context_expr) for item in statement.items)
            return any(name.startswith(_ASSERTING_CONTEXTS) for name in names) or bool(
                usage.local_values
            )
        return isinstance(statement, _BLOCKS) and bool(usage.local_values or usage.reads_module)

    def _root(self, item: int | str) -> int | str:
        """Return the representative of the group of `item`: an index of a step, or a name.

        It shortens the way to the representative for the next call.
        """
        parents = self._parents
        while parents.setdefault(item, item) != item:
            parents[item] = parents[parents[item]]
            item = parents[item]
        return item

    def _join(self, one: int | str, other: int | str) -> None:
        """Merge the groups of `one` and `other`."""
        self._parents[self._root(one)] = self._root(other)


def _link_to_later(first: int, watching: int, outside: int) -> AssertionLink:
    """Return the link of a group that has no assertion and begins in line `first`.

    `watching` is the line of the last assertion on a watched object, `outside` that of the last
    one on anything outside the test; 0 if there is none.
    """
    if first <= watching:
        return "watched"
    return "near" if first <= outside else ""


def header_expressions(function: Function) -> Iterator[ast.expr]:
    """Yield the decorators of `function`, then the defaults of its arguments.

    A decorator may have values for a test, e.g. ``@pytest.mark.parametrize``.
    """
    yield from function.decorator_list
    yield from function.args.defaults
    yield from (value for value in function.args.kw_defaults if value is not None)


def _expressions_and_targets(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of `statement` itself, also targets and caught exceptions.

    e.g. ``f()`` and ``x`` of ``with f() as x:``, and ``OSError`` of ``except OSError:``.
    """
    yield from expressions(statement)
    for item in getattr(statement, "items", ()):
        if item.optional_vars is not None:
            yield item.optional_vars
    for handler in getattr(statement, "handlers", ()):
        if handler.type is not None:
            yield handler.type


def _bound_names(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that `statement` binds without an ``ast.Name`` node.

    e.g. ``f`` of ``def f():``, and ``error`` of ``except ValueError as error:``.
    """
    if isinstance(statement, DEFINITIONS):
        yield statement.name
    for handler in getattr(statement, "handlers", ()):
        if handler.name:
            yield handler.name


def _assigned_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names among `nodes` that are assigned or deleted."""
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _expects_exception(statement: ast.Try) -> bool:
    """Return whether `statement` seems to test that an exception is raised.

    It gives a caught exception a name (``except ValueError as error:``), or has a forced failure,
    e.g. ``self.fail()`` below the call that should raise.
    """
    if any(handler.name for handler in statement.handlers):
        return True
    return any(
        is_forced_failure(node) for node in ast.walk(statement) if isinstance(node, ast.stmt)
    )
