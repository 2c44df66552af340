"""Find the statements of a function that can run, and the names that they mention.

The lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.known_values import truth_of
from grader.analysis.syntax.statements import FUNCTIONS, Function, bodies, without_docstring
from grader.analysis.syntax.walk import children
from grader.checks.tests_present.conditions import truth_in_test

#: Calls that end a test early without a failure, e.g. ``pytest.skip("later")``; not ``fail()``.
EXITS = frozenset({"skip", "skipTest", "exit", "xfail"})
#: Calls that only show that an object exists: ``assert callable(area)`` does not test ``area``,
#: ``assert len(area(2))`` does.
_EXISTENCE_TESTS = frozenset({"callable", "hasattr", "id"})
#: Exceptions whose handler also catches a failed assertion; e.g. that of ``ValueError`` does not.
_CATCH_ASSERTIONS = frozenset({"AssertionError", "Exception", "BaseException"})


class Step(NamedTuple):
    """A statement of a function that can run.

    ``swallowed``: a failed assertion in it would be caught and not reported. ``parent``: the index
    of the step whose body contains it, or -1 at the top of the function.
    """

    statement: ast.stmt
    swallowed: bool
    parent: int


def steps_of(
    function: Function, skips: Collection[str] = (), imported: Collection[str] = ()
) -> list[Step]:
    """Return a step for each statement of `function` that can run, before those inside it.

    Left out are its docstring, statements after one that always leaves (``return``, ``raise``,
    ``break``, ``continue``, a skip or exit), bodies that cannot run, e.g. of ``if False:`` and
    ``for x in []:``, and nested functions that are never called. Otherwise the order need not be
    that of the lines. `skips` are further names under which the file knows e.g. ``pytest.skip``,
    `imported` those that its imports bind.
    """
    never_called = _never_called(function)
    steps: list[Step] = []
    waiting = [(without_docstring(function.body), False, -1)]
    while waiting:
        body, swallowed, parent = waiting.pop()
        for statement in _up_to_exit(body, skips):
            if id(statement) not in never_called:
                steps.append(Step(statement, swallowed, parent))
                index = len(steps) - 1
                waiting.extend(
                    (inner, swallowed or swallows, index)
                    for inner, swallows in _reachable_bodies(statement, imported)
                )
    return steps


def mentioned_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names in `nodes` and in the nodes inside them, a repeated name repeatedly.

    These are each variable that is read (``area``), each attribute, read or assigned
    (``.attribute``), and for each text that ends in ".py" the part after the last slash
    (``main.py`` for "src/main.py"). Left out are calls of ``callable``, ``hasattr`` and ``id`` with
    everything in them.
    """
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Call) or called_name(node) not in _EXISTENCE_TESTS:
            yield from _mentioned_in_node(node)
            waiting += children(node)


def _mentioned_in_node(node: ast.AST) -> Iterator[str]:
    """Yield at most one name that `node` itself reads, without the nodes inside it."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield f".{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        # e.g. `subprocess.run(["python", "src/main.py"])` tests the whole program; the option "-m"
        # is no file name
        if node.value.endswith(".py") and node.value.isprintable():
            yield node.value.split("/")[-1]


def has_no_effect(statement: ast.stmt) -> bool:
    """Return whether `statement` is a lone name, attribute or constant, e.g. the line ``area``.

    A docstring and ``...`` are constants, too.
    """
    return isinstance(statement, ast.Expr) and isinstance(
        statement.value, ast.Name | ast.Attribute | ast.Constant
    )


def expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions directly in `statement`, e.g. targets, values, tests and decorators.

    Left out are type hints, statements inside it, defaults of a function, keywords of a class,
    patterns and guards of a ``match``, caught exceptions, and the name after ``as`` in a ``with``.
    """
    for name, value in ast.iter_fields(statement):
        if name in ("annotation", "returns"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr


def _never_called(function: Function) -> set[int]:
    """Return ``id(node)`` of each nested function of `function` that is never called.

    That is, if no code outside its own body has its name. A method of a nested class counts as
    called if the name of the class is in the code outside the class.
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
    """Yield each function inside `function`, with the definition whose use makes it run.

    The latter is the function itself or, for a method, its class. Pairs are left out if other code
    may use the definition: if it is decorated, or a class with a base class.
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


def _up_to_exit(body: Sequence[ast.stmt], skips: Collection[str] = ()) -> Iterator[ast.stmt]:
    """Yield the statements of `body` up to, and with, the first that always leaves it.

    e.g. ``return``, ``raise``, ``break``, ``pytest.skip()``, a name of `skips`, or ``if True:``
    with one of these; not an ``if`` that depends on anything.
    """
    for statement in body:
        yield statement
        if _leaves(statement, skips):
            return
        if isinstance(statement, ast.If) and truth_in_test(statement.test) is True:
            if any(_leaves(one, skips) for one in statement.body):
                return


def _leaves(statement: ast.stmt, skips: Collection[str]) -> bool:
    """Return whether `statement` is a ``return``, ``raise``, ``break``, ``continue`` or a skip."""
    if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return True
    return is_skip(statement, skips)


def is_skip(statement: ast.stmt, skips: Collection[str]) -> bool:
    """Return whether `statement` is a lone call that ends a test, e.g. ``pytest.skip("later")``.

    `skips` are further names of such functions.
    """
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    name = called_name(statement.value)
    return name in EXITS or name in skips


def _reachable_bodies(
    statement: ast.stmt, imported: Collection[str]
) -> Iterator[tuple[Sequence[ast.stmt], bool]]:
    """Yield each body of `statement` that can run, and whether failed assertions in it are lost.

    The bodies of ``if False:`` and ``for x in []:``, and the ``else`` of ``while True:``, cannot
    run. Only the first body, e.g. that of ``try``, can lose failed assertions.
    """
    truth = None
    if isinstance(statement, ast.If | ast.While):
        truth = truth_in_test(statement.test, imported)
    elif isinstance(statement, ast.For) and truth_of(statement.iter) is False:
        truth = False
    swallows = _swallows_assertions(statement)
    for body in bodies(statement):
        is_first = body is getattr(statement, "body", None)
        if truth is None or is_first is truth:
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
    """Return whether one of the exceptions `kinds` is called one of `names`; False without any.

    `kinds` are expressions; of a tuple, as in ``except (OSError, ValueError)``, each item is
    compared, and of a dotted name the last part. Base classes do not count.
    """
    every_kind = (item for kind in kinds for item in getattr(kind, "elts", [kind]))
    return any(called_name(item) in names for item in every_kind)


def _reports_failure(body: Sequence[ast.stmt]) -> bool:
    """Return whether the handler `body` raises, asserts, or calls ``fail`` or ``assert...``.

    It is enough if one of its branches does.
    """
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Raise | ast.Assert):
                return True
            if isinstance(node, ast.Call) and called_name(node).startswith(("assert", "fail")):
                return True
    return False
