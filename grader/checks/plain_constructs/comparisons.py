"""Conditions that say in more words what fewer say: negated, repeated and joinable comparisons."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout
from grader.checks.plain_constructs.construct import (
    OPPOSITES,
    Construct,
    Place,
    bracketed,
    by,
    is_constant,
    is_plain,
    same,
)

NEGATED = "negated-comparison"
JOINABLE = "joinable-comparison"
ALWAYS_TRUE = "always-true"
KEYS = "needless-keys"
EMPTY = "length-for-empty"


def negated_comparison(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``not a == b``, which is ``a != b``.

    ``not a in b`` and ``not a is b`` are left to ``style``.
    """
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return
    inner = node.operand
    if not (isinstance(inner, ast.Compare) and len(inner.ops) == 1):
        return
    kind = type(inner.ops[0])
    if place.is_in_special_method:  # e.g. `return not self == other` in `__ne__`
        return
    if kind in (ast.In, ast.Is, ast.NotIn, ast.IsNot):
        return
    left, right = inner.left, inner.comparators[0]

    def rewrite(layout: Layout) -> list[Edit]:
        text = f"{bracketed(left, layout.of)} {OPPOSITES[kind]} {bracketed(right, layout.of)}"
        return [layout.replace(node, text)]

    yield Construct(
        NEGATED, node, f"`not` before a comparison: `{OPPOSITES[kind]}` says it", rewrite
    )


def joinable_comparison(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield comparisons that one could make.

    e.g. ``x == 1 or x == 2``, which is ``x in (1, 2)``, and ``a < b and b < c``, which is
    ``a < b < c``. The value has to be one that may be computed once.
    """
    if not isinstance(node, ast.BoolOp):
        return
    kind, word = (ast.Eq, "in") if isinstance(node.op, ast.Or) else (ast.NotEq, "not in")
    yield from _memberships(node, kind, word)
    if isinstance(node.op, ast.And):
        yield from _chains(node)


def _memberships(node: ast.BoolOp, kind: type[ast.cmpop], word: str) -> Iterator[Construct]:
    """Yield the first run of comparisons of one value with several in ``node``."""
    for at, value in enumerate(node.values):
        subject = _subject(value, kind)
        run = [] if subject is None else _run(node.values[at:], subject, kind)
        if subject is not None and len(run) > 1:
            yield _membership(node, run, subject, word)
            return


def _run(values: Sequence[ast.expr], subject: ast.expr, kind: type[ast.cmpop]) -> list[ast.Compare]:
    """Return the comparisons of ``kind`` at the beginning of ``values`` that compare ``subject``.

    Only those with a number or text: for other values ``in`` is not always the same.
    """
    found: list[ast.Compare] = []
    for value in values:
        other = _subject(value, kind)
        if other is None or not same(subject, other) or not isinstance(value, ast.Compare):
            break
        if not isinstance(value.comparators[0], ast.Constant):
            break
        found.append(value)
    return found


def _subject(value: ast.expr, kind: type[ast.cmpop]) -> ast.expr | None:
    """Return the left side of ``value`` if it is one comparison of ``kind`` of a plain value."""
    if not (isinstance(value, ast.Compare) and len(value.ops) == 1):
        return None
    is_kind = isinstance(value.ops[0], kind) and is_plain(value.left)
    return value.left if is_kind and not isinstance(value.left, ast.Constant) else None


def _membership(
    whole: ast.BoolOp,
    run: Sequence[ast.Compare],
    subject: ast.expr,
    word: str,
) -> Construct:
    """Return the construct of ``run``, comparisons of ``subject`` in ``whole``."""

    def rewrite(layout: Layout) -> list[Edit]:
        values = ", ".join(layout.of(each.comparators[0]) for each in run)
        text = f"{bracketed(subject, layout.of)} {word} ({values})"
        if len(run) == len(whole.values):
            return [layout.replace(whole, text)]
        return [Edit(layout.start(run[0]), layout.end(run[-1]), text)]

    message = f"The same value is compared {len(run)} times: `{word}` compares it with all at once"
    return Construct(JOINABLE, run[0], message, rewrite)


#: Operators of a chain that rises, and of one that falls.
_RISING = (ast.Lt, ast.LtE)
_FALLING = (ast.Gt, ast.GtE)
_TURNED = {ast.Lt: ">", ast.LtE: ">=", ast.Gt: "<", ast.GtE: "<="}
#: How an ordering comparison is written.
SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def _chains(node: ast.BoolOp) -> Iterator[Construct]:
    """Yield two comparisons side by side in `node` that enclose one value, as a chain."""
    for one, other in zip(node.values, node.values[1:], strict=False):
        found = _chain(one, other)
        if found is None:
            continue
        parts, signs = found
        yield _chain_construct(node, (one, other), parts, signs)
        return


def _chain(one: ast.expr, other: ast.expr) -> tuple[list[ast.expr], list[str]] | None:
    """Return the three parts and the two signs of the chain that `one` and `other` make.

    e.g. ``0, x, 9`` and ``<, <`` for ``x > 0`` and ``x < 9``. ``None`` if they make none: they
    share no plain value in the middle, or go in different directions.
    """
    first, second = _ordered(one), _ordered(other)
    if first is None or second is None:
        return None
    for low, high in ((first, second), (second, first)):
        middle = low[2]
        if same(middle, high[0]) and is_plain(middle) and not isinstance(middle, ast.Constant):
            return [low[0], middle, high[2]], [low[1], high[1]]
    return None


def _ordered(node: ast.expr) -> tuple[ast.expr, str, ast.expr] | None:
    """Return the smaller side, ``<`` or ``<=``, and the larger side of the comparison `node`."""
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1):
        return None
    left, kind, right = node.left, type(node.ops[0]), node.comparators[0]
    if not is_plain(left) or not is_plain(right):
        return None
    if kind in _RISING:
        return left, SIGNS[kind], right
    return (right, _TURNED[kind], left) if kind in _FALLING else None


def _chain_construct(
    whole: ast.BoolOp, pair: tuple[ast.expr, ast.expr], parts: list[ast.expr], signs: list[str]
) -> Construct:
    """Return the construct that the two comparisons `pair` in `whole` are the chain of `parts`."""

    def rewrite(layout: Layout) -> list[Edit]:
        low, middle, high = (bracketed(each, layout.of) for each in parts)
        text = f"{low} {signs[0]} {middle} {signs[1]} {high}"
        if len(whole.values) == 2:
            return [layout.replace(whole, text)]
        return [Edit(layout.start(pair[0]), layout.end(pair[1]), text)]

    return Construct(JOINABLE, pair[0], "Two comparisons that one chain says", rewrite)


def always_true(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``x == "a" or "b"``, which is true whatever ``x`` is: ``x in ("a", "b")`` was meant."""
    if not (isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)):
        return
    first, *others = node.values
    subject = _subject(first, ast.Eq)
    constants = all(
        isinstance(each, ast.Constant) and isinstance(each.value, str | int) and each.value
        for each in others
    )
    if subject is None or not constants or not isinstance(first, ast.Compare):
        return
    values = [first.comparators[0], *others]

    def rewrite(layout: Layout) -> list[Edit]:
        listed = ", ".join(layout.of(each) for each in values)
        return [layout.replace(node, f"{layout.of(subject)} in ({listed})")]

    message = "This is always true: the part after `or` is compared with nothing"
    yield Construct(ALWAYS_TRUE, node, message, rewrite)


def needless_keys(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``x in d.keys()`` and ``x in list(d)``, which are ``x in d``."""
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1):
        return
    if not isinstance(node.ops[0], ast.In | ast.NotIn):
        return
    whole = node.comparators[0]
    inner = keys_of(whole)
    if inner is not None:
        message = "`in` searches the keys by itself, `.keys()` is not needed"
        yield Construct(KEYS, whole, message, by(whole, "{}", inner))


def keys_of(node: ast.expr) -> ast.expr | None:
    """Return ``d`` for ``d.keys()``, else ``None``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    return node.func.value if node.func.attr == "keys" and not node.args else None


def length_for_empty(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a condition ``len(rows) == 0``, which is ``not rows`` (advice)."""
    test = getattr(node, "test", None)
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return
    whole = place.call_of(test.left, "len")
    if whole is None or not is_constant(test.comparators[0], 0):
        return
    write = {ast.Eq: "not {}", ast.NotEq: "{}", ast.Gt: "{}"}.get(type(test.ops[0]))
    if write:
        message = "An empty list, text or dictionary counts as false by itself"
        yield Construct(EMPTY, test, message, by(test, write, whole))
