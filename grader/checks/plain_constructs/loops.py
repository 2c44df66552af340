"""Loops that say in more words what fewer say: needless names, keys and ``else``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout, Rewrite, last_line
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, LOOPS
from grader.analysis.syntax.walk import walk
from grader.checks.plain_constructs import counting
from grader.checks.plain_constructs.comparisons import KEYS, keys_of
from grader.checks.plain_constructs.construct import (
    Construct,
    Place,
    bound_in,
    by,
    is_name,
    is_plain,
    names_in,
    replaced,
    same,
)
from grader.checks.plain_constructs.counting import is_read_after, may_change, picked

ELSE = "else-without-break"
CHANGES = "changes-its-loop"
UNUSED = "unused-loop-variable"
LOOKUP = "key-lookup-loop"
STOPS = "loop-that-stops"


def else_without_break(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield the ``else`` of a loop without ``break``, which always runs after the loop."""
    assert isinstance(node, ast.For | ast.While)
    inner = (*LOOPS, *DEFINITIONS)
    if not node.orelse or any(isinstance(one, ast.Break) for one in _own(node.body, inner)):
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        body = layout.block(node.orelse, layout.indentation(node))
        if body is None:
            return None
        return [layout.replace_lines(last_line(node.body[-1]) + 1, last_line(node), body)]

    message = "Without a `break` in the loop, its `else` always runs: write it below the loop"
    yield Construct(ELSE, node.orelse[0], message, rewrite)


def _own(body: Sequence[ast.stmt], inner: Sequence[type[ast.AST]]) -> Iterator[ast.AST]:
    """Yield the nodes of ``body``, without what belongs to loops and definitions inside it.

    The ``else`` of such a loop belongs to the loop around it.
    """
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.For | ast.While | ast.AsyncFor):
            waiting += node.orelse
        elif not isinstance(node, tuple(inner)):
            waiting += list(ast.iter_child_nodes(node))


def changes_its_loop(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a loop that removes from or adds to the list that it walks over: it skips items.

    Not if the loop ends right after it. The rewrite walks over a copy, which is what was meant.
    """
    assert isinstance(node, ast.For)
    whole = node.iter
    if not isinstance(whole, ast.Name | ast.Attribute) or not is_plain(whole):
        return
    for block in _blocks(node.body):
        for at, statement in enumerate(block):
            if _resizes(statement, whole) and not any(isinstance(one, _ENDS) for one in block[at:]):
                message = "The loop changes the list that it walks over, and so skips items"
                yield Construct(CHANGES, statement, message, _over_copy(whole))
                return


#: Statements after which the loop is over.
_ENDS = (ast.Break, ast.Return, ast.Raise)


def _resizes(statement: ast.stmt, whole: ast.expr) -> bool:
    """Return whether ``statement`` calls a method that adds items to ``whole`` or removes some."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    return call.func.attr in _RESIZING and same(call.func.value, whole)


#: Methods that add or remove items.
_RESIZING = frozenset({"append", "extend", "insert", "pop", "popitem", "remove", "clear", "add"})


def _over_copy(whole: ast.expr) -> Rewrite:
    return lambda layout: [layout.replace(whole, f"list({layout.of(whole)})")]


def _blocks(body: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """Yield ``body`` and the blocks inside it, without those of definitions."""
    waiting = [body]
    while waiting:
        block = waiting.pop()
        yield block
        for one in block:
            if isinstance(one, DEFINITIONS):
                continue
            for field in ("body", "orelse", "finalbody"):
                inner = getattr(one, field, None)
                if inner:
                    waiting.append(inner)
            waiting += [each.body for each in getattr(one, "handlers", [])]


def unused_loop_variable(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``for i in range(n)`` whose ``i`` is read nowhere: ``_`` says that only rounds count.

    Only for ``range``: in ``for line in file`` the name still tells what is skipped.
    """
    assert isinstance(node, ast.For)
    if not isinstance(node.target, ast.Name) or node.target.id.startswith("_"):
        return
    if not (isinstance(node.iter, ast.Call) and place.is_builtin(node.iter.func, "range")):
        return
    name = node.target.id
    if _is_used(name, node, place) or is_read_after(name, node, place):
        return
    message = f"The loop never uses `{name}`: `_` tells readers that only the rounds count"
    yield Construct(UNUSED, node.target, message, replaced(node.target, "_"))


def _is_used(name: str, loop: ast.For, place: Place) -> bool:
    """Return whether the body of ``loop``, or a function that sees it, uses ``name``."""
    if not isinstance(place.scope, FUNCTIONS) and name in place.file.read_in_functions:
        return True
    return bool(names_in(*loop.body) & {name, "locals"})


def needless_keys_loop(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``for key in d.keys()``, which is ``for key in d``; not if it reads ``d[key]``."""
    assert isinstance(node, ast.For)
    whole = keys_of(node.iter)
    if whole is None or not isinstance(node.target, ast.Name):
        return
    if isinstance(whole, ast.Name) and not picked(node.body, whole, node.target.id):
        message = "A loop walks over the keys by itself, `.keys()` is not needed"
        yield Construct(KEYS, node.iter, message, by(node.iter, "{}", whole))


def key_lookup_loop(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``for key in d`` that reads ``d[key]``: ``d.items()`` gives both (advice)."""
    assert isinstance(node, ast.For)
    inner = keys_of(node.iter)
    whole = inner or node.iter
    if not (isinstance(whole, ast.Name) and isinstance(node.target, ast.Name)):
        return
    key = node.target.id
    picks = picked(node.body, whole, key)
    if not picks or key in bound_in(*node.body) or may_change(whole, node.body, picks):
        return
    if inner or _is_key(key, whole.id, place):
        message = "`.items()` gives each key together with its value"
        yield Construct(LOOKUP, node, message, _with_values(node, whole, picks, place))


def _is_key(name: str, whole: str, place: Place) -> bool:
    """Return whether the items of ``whole``, which the loop calls ``name``, are keys.

    e.g. not in ``for i in rows: rows[i]``, which takes items for indices, unless ``rows`` is known
    to be a dictionary.
    """
    return len(name) > 2 or _is_dict(whole, place)


def _with_values(
    loop: ast.For, whole: ast.expr, picks: Sequence[ast.expr], place: Place
) -> Rewrite:
    """Return the rewrite of ``loop`` to one over the keys and values of ``whole``."""

    def rewrite(layout: Layout) -> list[Edit] | None:
        if any(each.id == "value" for each in place.names()):
            return None
        edits = [layout.replace(each, "value") for each in picks]
        return [
            layout.replace(loop.target, f"{layout.of(loop.target)}, value"),
            layout.replace(loop.iter, f"{layout.of(whole)}.items()"),
            *edits,
        ]

    return rewrite


def _is_dict(name: str, place: Place) -> bool:
    """Return whether the scope binds ``name`` to a dictionary, or calls a method of one."""
    if any(
        isinstance(value, ast.Dict | ast.DictComp)
        or (isinstance(value, ast.Call) and last_name(value.func) in _DICTS)
        for value in place.values_of(name)
    ):
        return True
    return any(
        isinstance(each, ast.Attribute) and is_name(each.value, name) and each.attr in _DICT_METHODS
        for each in walk(place.scope)
    )


_DICTS = frozenset({"dict", "Counter", "defaultdict", "OrderedDict"})
_DICT_METHODS = frozenset({"items", "keys", "values", "setdefault"})


def loop_that_stops(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a loop of nothing but ``break``, which does nothing."""
    assert isinstance(node, ast.For | ast.While)
    if len(node.body) != 1 or not isinstance(node.body[0], ast.Break) or node.orelse:
        return

    def rewrite(layout: Layout) -> list[Edit]:
        return [layout.delete(node.lineno, last_line(node))]

    yield Construct(STOPS, node, "This loop stops at once and does nothing", rewrite)


FOR_RULES = (
    counting.index_loop,
    else_without_break,
    changes_its_loop,
    unused_loop_variable,
    needless_keys_loop,
    key_lookup_loop,
    loop_that_stops,
)
WHILE_RULES = (counting.counting_while, else_without_break, loop_that_stops)
