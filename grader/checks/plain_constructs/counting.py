"""Loops that count by hand: over the indices of a list, or with a counter and ``while``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout, last_line
from grader.analysis.syntax.statements import DEFINITIONS
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
    uses = [each for each in walk(*node.body) if is_name(each, index)]
    picks = [
        each
        for each in walk(*node.body)
        if isinstance(each, ast.Subscript) and is_name(each.slice, index)
    ]
    if not picks or len(uses) != len(picks) or not all(same(each.value, whole) for each in picks):
        return
    if not all(isinstance(each.ctx, ast.Load) for each in picks):
        return
    if may_change(whole, node.body, picks) or is_read_after(index, node, place):
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        name = item_name(
            whole, {each.id for each in place.names()} | set(place.file.module.bindings)
        )
        if not name:
            return None
        edits = [layout.replace(each, name) for each in picks]
        return [
            layout.replace(node.target, name),
            layout.replace(node.iter, layout.of(whole)),
            *edits,
        ]

    message = f"`{index}` only picks the items: let the loop walk over them"
    yield Construct(INDEX, node, message, rewrite)


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
    name = ast.dump(whole) if isinstance(whole, ast.Attribute) else ""
    for part in walk(*body):
        if id(part) in inside:
            continue
        if isinstance(whole, ast.Name) and is_name(part, whole.id):
            return True
        if name and isinstance(part, ast.Attribute):
            if part.attr == whole.attr:  # type: ignore[attr-defined]
                return True
        # e.g. `self.rows` may be changed by any method of `self`
        if name and isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            if same(part.func.value, whole.value):  # type: ignore[attr-defined]
                return True
    return False


def is_read_after(name: str, loop: ast.stmt, place: Place) -> bool:
    """Return whether ``name`` is used in the scope outside ``loop``.

    What another loop assigns to it before it reads is no such use.
    """
    outside = {id(part) for part in walk(loop)}
    others = [
        each
        for each in walk(place.scope)
        if isinstance(each, ast.For | ast.comprehension)
        and id(each) not in outside
        and is_name(each.target, name)
    ]
    own = {id(part) for each in others for part in walk(each)}
    # the variable of a comprehension is its own, also where it stands before the `for`
    for each in walk(place.scope):
        if isinstance(each, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            if any(is_name(one.target, name) for one in each.generators):
                own.update(id(part) for part in walk(each))
    return any(
        each.id == name and id(each) not in outside and id(each) not in own
        for each in place.names()
    )


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
    name, limit, step, is_inclusive = counter
    if len(before.targets) != 1 or not is_name(before.targets[0], name):
        return
    start = before.value
    body = node.body[:-1]
    if not body or name in bound_in(*body) or _has_continue(body) or not is_plain(start):
        return
    if names_in(limit) & (bound_in(*body) | _mutated_in(body)) or _calls_in_limit(limit, body):
        return
    if place.is_used_outside(name, node, before):
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        if not (layout.has_own_lines(before) and layout.has_own_lines(node.body[-1])):
            return None
        end = layout.of(limit)
        if is_inclusive:
            end = _one_more(limit, step, end)
        parts = [end] if is_constant(start, 0) and step == 1 else [layout.of(start), end]
        if step != 1:
            parts.append(str(step))
        head = f"{layout.indentation(node)}for {name} in range({', '.join(parts)}):"
        return [
            layout.delete(before.lineno, last_line(before)),
            layout.replace_lines(node.lineno, last_line(node.test), [head]),
            layout.delete(last_line(body[-1]) + 1, last_line(node.body[-1])),
        ]

    message = f"`{name}` only counts the rounds: `for {name} in range(...)` counts by itself"
    yield Construct(COUNTING, node, message, rewrite)


def _counter(node: ast.While) -> tuple[str, ast.expr, int, bool] | None:
    """Return the counter of ``node``: its name, limit and step, and whether the limit is included.

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
    return name, limit, step, kind in (ast.LtE, ast.GtE)


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
    inner = (ast.For, ast.While, ast.AsyncFor, *DEFINITIONS)
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
