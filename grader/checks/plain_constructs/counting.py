"""Loops that count by hand: over the indices of a list, or with a counter and ``while``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.analysis.fixes.rewriting import Edit, Layout, Rewrite, last_line
from grader.analysis.syntax.statements import DEFINITIONS, LOOPS
from grader.analysis.syntax.stdlib_effects import MUTATORS
from grader.analysis.syntax.walk import walk
from grader.checks.plain_constructs.construct import (
    Construct,
    Place,
    bound_in,
    is_constant,
    is_name,
    is_plain,
    item_name,
    names_in,
    same,
)

INDEX = "index-loop"
COUNTING = "counting-while"


def index_loop(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``for i in range(len(xs))`` where ``i`` only picks the items: ``for x in xs`` does it.

    Not if ``i`` is used in another way (the number of the item counts), an item is assigned, or the
    list itself is changed or passed on in the loop.
    """
    assert isinstance(node, ast.For)
    whole = _ranged(node.iter, place)
    if whole is None or not isinstance(node.target, ast.Name) or node.orelse:
        return
    index = node.target.id
    picks = picked(node.body, whole, index)
    if not picks or len(picks) != sum(map(index.__eq__, _names_of(node.body))):
        return
    if may_change(whole, node.body, picks) or is_read_after(index, node, place):
        return
    message = f"`{index}` only picks the items: let the loop walk over them"
    yield Construct(INDEX, node, message, _over_items(node, whole, picks, place))


def _names_of(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield each name in ``body``, as often as it is there."""
    return (each.id for each in walk(*body) if isinstance(each, ast.Name))


def picked(body: Sequence[ast.stmt], whole: ast.expr, index: str) -> list[ast.Subscript]:
    """Return every ``whole[index]`` in ``body``; nothing if one of them is assigned or deleted."""
    found = [
        each
        for each in walk(*body)
        if isinstance(each, ast.Subscript)
        and is_name(each.slice, index)
        and same(each.value, whole)
    ]
    return found if all(isinstance(each.ctx, ast.Load) for each in found) else []


def _over_items(loop: ast.For, whole: ast.expr, picks: Sequence[ast.expr], place: Place) -> Rewrite:
    """Return the rewrite of ``loop`` to one over the items of ``whole``, in place of ``picks``."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        taken = {each.id for each in place.names()} | set(place.file.module.bindings)
        name = item_name(whole, taken)
        if not name:
            return None
        head = [layout.replace(loop.target, name), layout.replace(loop.iter, layout.of(whole))]
        return head + [layout.replace(each, name) for each in picks]

    return rewrite


def _ranged(iterable: ast.expr, place: Place) -> ast.expr | None:
    """Return ``xs`` if ``iterable`` is ``range(len(xs))`` or ``range(0, len(xs))`` of a name."""
    if not (isinstance(iterable, ast.Call) and place.is_builtin(iterable.func, "range")):
        return None
    arguments = iterable.args
    if len(arguments) == 2 and is_constant(arguments[0], 0):
        arguments = arguments[1:]
    if len(arguments) != 1 or iterable.keywords:
        return None
    whole = place.call_of(arguments[0], "len")
    return whole if isinstance(whole, ast.Name | ast.Attribute) and is_plain(whole) else None


def may_change(whole: ast.expr, body: Sequence[ast.stmt], picks: Sequence[ast.AST]) -> bool:
    """Return whether ``whole`` is used in ``body`` other than in ``picks``.

    It may then be assigned, changed by a method, or by a function that gets it.
    """
    inside = {id(part) for pick in picks for part in walk(pick)}
    others = (part for part in walk(*body) if id(part) not in inside)
    if isinstance(whole, ast.Attribute):
        return any(_may_touch(part, whole) for part in others)
    return isinstance(whole, ast.Name) and any(is_name(part, whole.id) for part in others)


def _may_touch(part: ast.AST, whole: ast.Attribute) -> bool:
    """Return whether ``part`` uses an attribute of that name, or calls a method of its object.

    e.g. ``self.rows`` may be changed by any method of ``self``.
    """
    if isinstance(part, ast.Attribute):
        return part.attr == whole.attr
    is_method = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    return is_method and same(part.func.value, whole.value)  # type: ignore[attr-defined]


def is_read_after(name: str, loop: ast.stmt, place: Place) -> bool:
    """Return whether ``name`` is used in the scope outside ``loop``.

    What another loop assigns to it before it reads is no such use.
    """
    own = {id(part) for each in _binding(name, place) for part in walk(each)}
    own.update(id(part) for part in walk(loop))
    return any(each.id == name and id(each) not in own for each in place.names())


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _binding(name: str, place: Place) -> Iterator[ast.AST]:
    """Yield the loops and comprehensions of the scope that bind ``name`` before they read it."""
    for each in walk(place.scope):
        if isinstance(each, ast.For) and is_name(each.target, name):
            yield each
        elif isinstance(each, _COMPREHENSIONS):
            if any(is_name(one.target, name) for one in each.generators):
                yield each


def counting_while(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``i = 0``, ``while i < n: ...; i += 1``, which is ``for i in range(n): ...``.

    The counter must start right above the loop, grow by a fixed step as its last statement, and be
    used nowhere after it; the limit must not change in the loop.
    """
    assert isinstance(node, ast.While)
    counter = _counter(node)
    before = place.block[place.index - 1] if place.index else None
    if counter is None or node.orelse or not isinstance(before, ast.Assign):
        return
    if not _starts(before, counter.name) or not _is_only_counted(counter, node.body[:-1]):
        return
    if place.is_used_outside(counter.name, node, before):
        return
    name = counter.name
    message = f"`{name}` only counts the rounds: `for {name} in range(...)` counts by itself"
    yield Construct(COUNTING, node, message, _as_range(node, before, counter))


def _starts(statement: ast.Assign, name: str) -> bool:
    """Return whether ``statement`` gives the counter ``name`` its first value."""
    is_own = len(statement.targets) == 1 and is_name(statement.targets[0], name)
    return is_own and is_plain(statement.value)


class _Counter(NamedTuple):
    """The counter of a ``while``: it grows by ``step`` up to ``limit``.

    ``is_inclusive``: the limit is counted too, as by ``<=``.
    """

    name: str
    limit: ast.expr
    step: int
    is_inclusive: bool


def _is_only_counted(counter: _Counter, body: Sequence[ast.stmt]) -> bool:
    """Return whether nothing in ``body`` changes the counter or its limit, or skips a step."""
    bound = bound_in(*body)
    if not body or counter.name in bound or _has_continue(body):
        return False
    if names_in(counter.limit) & (bound | _mutated_in(body)):
        return False
    return not _calls_in_limit(counter.limit, body)


def _as_range(loop: ast.While, before: ast.Assign, counter: _Counter) -> Rewrite:
    """Return the rewrite of ``loop``, whose counter starts in ``before``, to a ``for``."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        if not (layout.has_own_lines(before) and layout.has_own_lines(loop.body[-1])):
            return None
        end = layout.of(counter.limit)
        if counter.is_inclusive:
            end = _one_more(counter.limit, counter.step, end)
        from_zero = is_constant(before.value, 0) and counter.step == 1
        parts = [end] if from_zero else [layout.of(before.value), end]
        parts += [str(counter.step)] * (counter.step != 1)
        head = f"{layout.indentation(loop)}for {counter.name} in range({', '.join(parts)}):"
        return [
            layout.delete(before.lineno, last_line(before)),
            layout.replace_lines(loop.lineno, last_line(loop.test), [head]),
            layout.delete(last_line(loop.body[-2]) + 1, last_line(loop.body[-1])),
        ]

    return rewrite


def _counter(node: ast.While) -> _Counter | None:
    """Return the counter of ``node``.

    ``None`` if the condition or the last statement is no such thing.
    """
    test, last = node.test, node.body[-1]
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return None
    if not isinstance(test.left, ast.Name) or not is_plain(test.comparators[0]):
        return None
    name, limit, kind = test.left.id, test.comparators[0], type(test.ops[0])
    step = _step(last, name)
    rises = kind in (ast.Lt, ast.LtE) and step > 0
    falls = kind in (ast.Gt, ast.GtE) and step < 0
    if not (rises or falls) or name in names_in(limit):
        return None
    return _Counter(name, limit, step, kind in (ast.LtE, ast.GtE))


def _step(last: ast.stmt, name: str) -> int:
    """Return by how much ``last`` changes the counter ``name``; 0 if it is another statement.

    e.g. 1 for ``i += 1`` and ``i = i + 1``, -2 for ``i -= 2``.
    """
    if isinstance(last, ast.AugAssign) and is_name(last.target, name):
        operator, amount = last.op, last.value
    elif (
        isinstance(last, ast.Assign)
        and len(last.targets) == 1
        and is_name(last.targets[0], name)
        and isinstance(last.value, ast.BinOp)
        and is_name(last.value.left, name)
    ):
        operator, amount = last.value.op, last.value.right
    else:
        return 0
    value = amount.value if isinstance(amount, ast.Constant) else 0
    if type(value) is not int:
        return 0
    return {ast.Add: value, ast.Sub: -value}.get(type(operator), 0)


def _one_more(limit: ast.expr, step: int, text: str) -> str:
    """Return the text of the first number beyond ``limit``, which is counted too."""
    sign = "+" if step > 0 else "-"
    if isinstance(limit, ast.Constant) and type(limit.value) is int:
        return str(limit.value + (1 if step > 0 else -1))
    if (
        isinstance(limit, ast.BinOp)
        and is_constant(limit.right, 1)
        and isinstance(limit.op, ast.Sub if step > 0 else ast.Add)
    ):
        return ast.unparse(limit.left)
    return f"{text} {sign} 1"


def _has_continue(body: Sequence[ast.stmt]) -> bool:
    """Return whether a ``continue`` of this loop is in ``body``, which would skip the counting."""
    inner = (*LOOPS, *DEFINITIONS)
    return any(isinstance(each, ast.Continue) for each in walk(*body, stop_at=inner))


def _mutated_in(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names of which a method in ``body`` changes the object, e.g. ``rows.pop()``."""
    found = set()
    for each in walk(*body):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
            if each.func.attr in MUTATORS:
                found |= names_in(each.func.value)
    return found


def _calls_in_limit(limit: ast.expr, body: Sequence[ast.stmt]) -> bool:
    """Return whether something in ``body`` may change an object that ``limit`` asks.

    An attribute such as ``self.size`` may change by any call; the length of a list by a call that
    gets the list.
    """
    has_attribute = any(isinstance(each, ast.Attribute) for each in walk(limit))
    calls = [each for each in walk(*body) if isinstance(each, ast.Call)]
    if has_attribute:
        return bool(calls)
    asked = {
        name for each in walk(limit) if isinstance(each, ast.Call) for name in names_in(*each.args)
    }
    return any(names_in(*each.args) & asked for each in calls if not is_name(each.func, "len"))
