"""The statements of a function that can run; an inner function that nobody calls never does."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.statements import FUNCTIONS, Function, bodies, without_docstring
from grader.analysis.syntax.walk import children
from grader.checks.tests_present.tautologies import last_name

#: Calls in a student's test after which nothing of that test runs, so that it tries nothing out.
_SKIPS = frozenset({"skip", "skipTest", "exit", "xfail"})
#: Calls that only ask whether something is there: to name it in one is not to try it out.
_ONLY_ASKS = frozenset({"callable", "hasattr", "id"})
_SWALLOWED = frozenset({"AssertionError", "Exception", "BaseException"})


class Step(NamedTuple):
    """A statement that can run. ``swallowed``: where a failed assertion would be lost.

    ``above`` is the index of the step whose body holds it, or -1 at the top of the function.
    """

    statement: ast.stmt
    swallowed: bool
    above: int


def steps_of(function: Function) -> list[Step]:
    """Everything in a function that can run, a statement always before those inside it."""
    idle = _never_called(function)
    found: list[Step] = []
    waiting = [(without_docstring(function.body), False, -1)]
    while waiting:
        body, swallowed, above = waiting.pop()
        for statement in _until_the_end(body):
            if id(statement) not in idle:
                found.append(Step(statement, swallowed, above))
                at = len(found) - 1
                waiting.extend(
                    (inner, swallowed or loses, at) for inner, loses in _alive(statement)
                )
    return found


def mentioned(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names as they are, attributes with a dot before them, and the names of Python files."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Call) or last_name(node) not in _ONLY_ASKS:
            yield from _mentioned_by(node)
            waiting += children(node)


def _mentioned_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield f".{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.endswith(".py") and node.value.isprintable():
            yield node.value.split("/")[-1]


def is_bare(statement: ast.stmt) -> bool:
    """A name or a constant alone on a line does nothing, so it names nothing."""
    return isinstance(statement, ast.Expr) and isinstance(
        statement.value, ast.Name | ast.Attribute | ast.Constant
    )


def expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself: no hints, no statements inside it."""
    for name, value in ast.iter_fields(statement):
        if name in ("annotation", "returns"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr


def _never_called(function: Function) -> set[int]:
    """Inner functions, and methods of inner classes, that nothing outside of them names."""
    owners = list(_inner(function))
    if not owners:
        return set()
    named = Counter(mentioned(node for node in function.body if not is_bare(node)))
    idle = set()
    for inner, owner in owners:
        if named[owner.name] <= Counter(mentioned([owner]))[owner.name]:
            idle.add(id(inner))
    return idle


def _inner(function: Function) -> Iterator[tuple[Function, Function | ast.ClassDef]]:
    """Each function inside another, and what must be named for it to run: itself or its class."""
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(function, None)]
    while waiting:
        node, holder = waiting.pop()
        for statement in (item for body in bodies(node) for item in body):
            inside = holder
            if isinstance(statement, FUNCTIONS):
                inside = None
                if not _is_handed_over(holder or statement):
                    yield statement, holder or statement
            elif isinstance(statement, ast.ClassDef):
                inside = statement
            waiting.append((statement, inside))


def _is_handed_over(owner: Function | ast.ClassDef) -> bool:
    """Whether a decorator or the class that it inherits from gets hold of it."""
    return bool(owner.decorator_list or getattr(owner, "bases", []))


def _until_the_end(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body up to the first that surely leaves it."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
            return
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            if last_name(statement.value) in _SKIPS:
                return


def _alive(statement: ast.stmt) -> Iterator[tuple[Sequence[ast.stmt], bool]]:
    """The bodies of a statement that can run, and whether a failed assertion is lost in each."""
    test = getattr(statement, "test", getattr(statement, "iter", None))
    sure = isinstance(test, ast.Constant) or (
        isinstance(test, ast.List | ast.Tuple) and not test.elts
    )
    truth = bool(getattr(test, "value", False)) if sure else None
    loses = _loses_assertions(statement)
    for body in bodies(statement):
        first = body is getattr(statement, "body", None)
        if isinstance(statement, ast.If | ast.While | ast.For) and truth is not None:
            if first is not truth:
                continue
        yield body, loses and first


def _loses_assertions(statement: ast.stmt) -> bool:
    """``try`` around assertions whose handler says nothing, or ``suppress``."""
    if isinstance(statement, ast.With):
        calls = [item.context_expr for item in statement.items]
        return any(
            last_name(call) == "suppress" and catches(call.args, _SWALLOWED)
            for call in calls
            if isinstance(call, ast.Call)
        )
    handlers = statement.handlers if isinstance(statement, ast.Try) else []
    return any(
        (item.type is None or catches([item.type], _SWALLOWED)) and not _speaks(item.body)
        for item in handlers
    )


def catches(kinds: Sequence[ast.expr], wanted: frozenset[str]) -> bool:
    """Whether one of some exceptions, alone or in a tuple, has one of these names."""
    named = (item for kind in kinds for item in getattr(kind, "elts", [kind]))
    return any(last_name(item) in wanted for item in named)


def _speaks(body: Sequence[ast.stmt]) -> bool:
    """Whether a handler raises, asserts or fails in its turn."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Raise | ast.Assert):
                return True
            if isinstance(node, ast.Call) and last_name(node).startswith(("assert", "fail")):
                return True
    return False
