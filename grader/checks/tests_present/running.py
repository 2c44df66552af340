"""The statements of a function that can run, and the names that they mention."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.statements import FUNCTIONS, Function, bodies, without_docstring
from grader.analysis.syntax.walk import children

#: Calls that end a test, so that nothing behind them runs, e.g. ``pytest.skip("later")``.
_EXITS = frozenset({"skip", "skipTest", "exit", "xfail"})
#: Calls that only ask whether an object exists: ``assert callable(area)`` does not test ``area``.
_EXISTENCE_TESTS = frozenset({"callable", "hasattr", "id"})
#: Exceptions whose handler also catches a failed assertion.
_CATCH_ASSERTIONS = frozenset({"AssertionError", "Exception", "BaseException"})


class Step(NamedTuple):
    """A statement that can run.

    ``swallowed``: a failed assertion in it would be caught and lost. ``parent``: the index of the
    step whose body contains it, or -1 at the top of the function.
    """

    statement: ast.stmt
    swallowed: bool
    parent: int


def steps_of(function: Function) -> list[Step]:
    """Return the statements of `function` that can run, each before the statements inside it.

    Left out: what follows a ``return`` or a skip, ``if False:``, and nested functions that are
    never called.
    """
    never_called = _never_called(function)
    steps: list[Step] = []
    waiting = [(without_docstring(function.body), False, -1)]
    while waiting:
        body, swallowed, parent = waiting.pop()
        for statement in _up_to_exit(body):
            if id(statement) not in never_called:
                steps.append(Step(statement, swallowed, parent))
                index = len(steps) - 1
                waiting.extend(
                    (inner, swallowed or swallows, index)
                    for inner, swallows in _reachable_bodies(statement)
                )
    return steps


def mentioned_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that `nodes` read: ``area``, ``.attribute``, and the file name ``main.py``.

    What is inside ``callable(...)`` and the like (``_EXISTENCE_TESTS``) is left out.
    """
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Call) or called_name(node) not in _EXISTENCE_TESTS:
            yield from _mentioned_in_node(node)
            waiting += children(node)


def _mentioned_in_node(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield f".{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        # e.g. `subprocess.run(["python", "src/main.py"])` tests the whole program
        if node.value.endswith(".py") and node.value.isprintable():
            yield node.value.split("/")[-1]


def has_no_effect(statement: ast.stmt) -> bool:
    """Return whether `statement` is a lone name, attribute or constant, e.g. the line ``area``."""
    return isinstance(statement, ast.Expr) and isinstance(
        statement.value, ast.Name | ast.Attribute | ast.Constant
    )


def expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of `statement` itself: no type hints, no statements inside it."""
    for name, value in ast.iter_fields(statement):
        if name in ("annotation", "returns"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr


def _never_called(function: Function) -> set[int]:
    """Return the ids of nested functions that nothing outside their own body names.

    A method of a nested class counts as called where its class is named.
    """
    nested = list(_nested_functions(function))
    if not nested:
        return set()
    named = Counter(mentioned_names(node for node in function.body if not has_no_effect(node)))
    return {
        id(inner)
        for inner, owner in nested
        if named[owner.name] <= Counter(mentioned_names([owner]))[owner.name]
    }


def _nested_functions(function: Function) -> Iterator[tuple[Function, Function | ast.ClassDef]]:
    """Yield each function inside `function` with the definition that must be named for it to run.

    That is the function itself, or its class. Left out are definitions that something else may
    call: a decorated one, or a class with a base class.
    """
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(function, None)]
    while waiting:
        node, holder = waiting.pop()
        for statement in (item for body in bodies(node) for item in body):
            inside = holder
            if isinstance(statement, FUNCTIONS):
                inside = None
                owner = holder or statement
                if not (owner.decorator_list or getattr(owner, "bases", [])):
                    yield statement, owner
            elif isinstance(statement, ast.ClassDef):
                inside = statement
            waiting.append((statement, inside))


def _up_to_exit(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of `body` up to the first that always leaves it."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
            return
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            if called_name(statement.value) in _EXITS:
                return


def _reachable_bodies(statement: ast.stmt) -> Iterator[tuple[Sequence[ast.stmt], bool]]:
    """Yield each body of `statement` that can run, and whether it swallows failed assertions.

    e.g. the body of ``if False:`` and of ``for x in []:`` cannot run, nor the ``else`` of
    ``while True:``.
    """
    test = getattr(statement, "test", getattr(statement, "iter", None))
    is_known = isinstance(test, ast.Constant) or (
        isinstance(test, ast.List | ast.Tuple) and not test.elts
    )
    truth = bool(getattr(test, "value", False)) if is_known else None
    swallows = _swallows_assertions(statement)
    for body in bodies(statement):
        is_first = body is getattr(statement, "body", None)
        if isinstance(statement, ast.If | ast.While | ast.For) and truth is not None:
            if is_first is not truth:
                continue
        yield body, swallows and is_first


def _swallows_assertions(statement: ast.stmt) -> bool:
    """Return whether a failed assertion in the body of `statement` would go unnoticed.

    e.g. ``with suppress(Exception):``, and ``try`` with ``except Exception: pass``; not with
    ``except Exception: pytest.fail()``.
    """
    if isinstance(statement, ast.With):
        calls = [item.context_expr for item in statement.items]
        return any(
            called_name(call) == "suppress" and catches(call.args, _CATCH_ASSERTIONS)
            for call in calls
            if isinstance(call, ast.Call)
        )
    handlers = statement.handlers if isinstance(statement, ast.Try) else []
    return any(
        (item.type is None or catches([item.type], _CATCH_ASSERTIONS))
        and not _reports_failure(item.body)
        for item in handlers
    )


def catches(kinds: Sequence[ast.expr], names: frozenset[str]) -> bool:
    """Return whether one of the exceptions `kinds`, alone or in a tuple, has one of `names`."""
    every_kind = (item for kind in kinds for item in getattr(kind, "elts", [kind]))
    return any(called_name(item) in names for item in every_kind)


def _reports_failure(body: Sequence[ast.stmt]) -> bool:
    """Return whether the handler `body` raises, asserts or calls e.g. ``self.fail()``."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Raise | ast.Assert):
                return True
            if isinstance(node, ast.Call) and called_name(node).startswith(("assert", "fail")):
                return True
    return False
