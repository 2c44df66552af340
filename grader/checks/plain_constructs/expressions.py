"""Expressions that say in more words what fewer say: comparisons, conversions, operators."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout, Rewrite
from grader.analysis.syntax.dotted_names import last_name
from grader.checks.plain_constructs.construct import (
    OPPOSITES,
    Construct,
    Place,
    atom,
    bracketed,
    is_boolean,
    is_constant,
    is_name,
    is_plain,
    same,
)

NEGATED = "negated-comparison"
NEEDLESS_CALL = "needless-call"
NEEDLESS_OPERATOR = "needless-operator"
COPYING = "copying-comprehension"
DUNDER = "dunder-call"
ORDINAL = "number-for-letter"
JOINABLE = "joinable-comparison"
ALWAYS_TRUE = "always-true"
KEYS = "needless-keys"
SLICE = "needless-slice"
DIVISION = "rounded-division"
EMPTY = "length-for-empty"
REPEATED = "repeated-operand"


def replaced(node: ast.expr, text: str) -> Rewrite:
    """Return the rewrite that puts ``text`` in the place of ``node``."""
    return lambda layout: [layout.replace(node, text)]


def _by(node: ast.expr, write: str, *parts: ast.expr) -> Rewrite:
    """Return the rewrite of ``node`` to the template ``write``, filled with the text of ``parts``.

    Each ``{}`` is a part as an operand, in brackets where it needs them. So is the result if an
    operator stands beside ``node``.
    """

    def rewrite(layout: Layout) -> list[Edit]:
        whole = write in ("{}", "{}[{}]") or write.endswith(")")
        text = write.format(*(atom(part, layout.of) for part in parts))
        return [layout.replace(node, text if whole or layout.stands_alone(node) else f"({text})")]

    return rewrite


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


def needless_call(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a conversion to what the value is already, e.g. ``str(input())`` and ``int(len(x))``.

    In a ``print``, ``str(x)`` is one too, unless it is added to something.
    """
    if not isinstance(node, ast.Call):
        return
    if place.is_builtin(node.func, "print"):
        for argument in node.args:
            inner = place.call_of(argument, "str")
            if inner is not None and not isinstance(inner, ast.Starred):
                yield _needless(argument, inner, "str", "`print` turns everything into text")
        return
    for name, already in _ALREADY.items():
        inner = place.call_of(node, name)
        if inner is not None and _gives(inner, name, already, place):
            yield _needless(node, inner, name, f"the value is already {_KINDS[name]}")


def _needless(outer: ast.expr, inner: ast.expr, name: str, why: str) -> Construct:
    def rewrite(layout: Layout) -> list[Edit]:
        return [layout.replace(outer, layout.of(inner))]

    return Construct(NEEDLESS_CALL, outer, f"`{name}(...)` is not needed: {why}", rewrite)


#: By conversion, the builtins that give such a value.
_ALREADY = {
    "str": ("str", "input", "repr", "chr", "hex", "bin"),
    "int": ("int", "len", "ord"),
    "float": ("float",),
    "bool": ("bool", "isinstance", "all", "any"),
    "list": ("sorted",),
}
_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a float",
    "bool": "`True` or `False`",
    "list": "a list",
}
#: Displays that give such a value.
_DISPLAYS: dict[str, tuple[type[ast.expr], ...]] = {
    "str": (ast.JoinedStr,),
    "list": (ast.ListComp,),
    "bool": (ast.Compare,),
}


def _gives(inner: ast.expr, name: str, already: Sequence[str], place: Place) -> bool:
    """Return whether ``inner`` gives a value of the kind that the conversion ``name`` makes."""
    if isinstance(inner, ast.Call) and any(place.is_builtin(inner.func, one) for one in already):
        return True
    if name == "str" and isinstance(inner, ast.Constant):
        return isinstance(inner.value, str)
    return isinstance(inner, _DISPLAYS.get(name, ()))


def needless_operator(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``+x``, ``--x``, ``~~x``, ``not not x``, ``x * 1``, ``x + 0`` and the like."""
    if isinstance(node, ast.UnaryOp):
        yield from _needless_unary(node)
    elif isinstance(node, ast.BinOp):
        kept = _unchanged(node)
        if kept is not None and not isinstance(kept, ast.Constant):
            yield Construct(
                NEEDLESS_OPERATOR, node, "This calculation changes nothing", _by(node, "{}", kept)
            )


def _needless_unary(node: ast.UnaryOp) -> Iterator[Construct]:
    inner = node.operand
    if isinstance(node.op, ast.UAdd):
        message = "A `+` before a value changes nothing"
        yield Construct(NEEDLESS_OPERATOR, node, message, _by(node, "{}", inner))
    elif isinstance(inner, ast.UnaryOp) and type(inner.op) is type(node.op):
        if isinstance(node.op, ast.Not):
            write = "{}" if is_boolean(inner.operand) else "bool({})"
        else:
            write = "{}"
        message = "Two of these in a row undo each other"
        yield Construct(NEEDLESS_OPERATOR, node, message, _by(node, write, inner.operand))


def _unchanged(node: ast.BinOp) -> ast.expr | None:
    """Return the operand that the value of ``node`` is equal to, or ``None``.

    Multiplication by 1 of a list is a copy: it is not one of these where a list is written.
    """
    if isinstance(node.op, ast.Mult):
        kept = node.right if is_constant(node.left, 1) else None
        kept = node.left if is_constant(node.right, 1) else kept
        return None if isinstance(kept, ast.List) else kept
    if isinstance(node.op, ast.Add):
        if is_constant(node.left, 0):
            return node.right
    if isinstance(node.op, ast.Add | ast.Sub) and is_constant(node.right, 0):
        return node.left
    return None


def copying_comprehension(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``[x for x in xs]``, which is ``list(xs)``; likewise of sets and dicts."""
    if not isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
        return
    first = node.generators[0]
    if len(node.generators) > 1 or first.ifs or first.is_async:
        return
    name = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict"}[type(node)]
    if isinstance(node, ast.DictComp):
        item: ast.expr = ast.Tuple([node.key, node.value], ast.Load())
    else:
        item = node.elt
    if not _is_target(item, first.target) or not place.is_builtin(ast.Name(name), name):
        return
    whole = first.iter

    def rewrite(layout: Layout) -> list[Edit]:
        return [layout.replace(node, f"{name}({layout.of(whole)})")]

    yield Construct(
        COPYING, node, f"This only copies: `{name}(...)` does it without a loop", rewrite
    )


def _is_target(item: ast.expr, target: ast.expr) -> bool:
    """Return whether ``item`` is just what the loop assigns to ``target``: a name or two of them.

    Of a list it is no pair: ``[(a, b) for a, b in pairs]`` may turn lists into tuples.
    """
    if isinstance(target, ast.Name):
        return is_name(item, target.id)
    if not (isinstance(target, ast.Tuple) and isinstance(item, ast.Tuple)):
        return False
    if getattr(item, "lineno", None) is not None or len(target.elts) != 2:
        return False
    return len(item.elts) == 2 and all(
        isinstance(want, ast.Name) and is_name(got, want.id)
        for want, got in zip(target.elts, item.elts, strict=True)
    )


#: What says the same as a call of a special method, by its name.
_UNARY_DUNDERS = {
    "__len__": "len({})",
    "__str__": "str({})",
    "__repr__": "repr({})",
    "__int__": "int({})",
    "__float__": "float({})",
    "__bool__": "bool({})",
    "__abs__": "abs({})",
    "__iter__": "iter({})",
    "__next__": "next({})",
    "__neg__": "-{}",
    "__hash__": "hash({})",
}
_BINARY_DUNDERS = {
    "__add__": "{} + {}",
    "__sub__": "{} - {}",
    "__mul__": "{} * {}",
    "__truediv__": "{} / {}",
    "__floordiv__": "{} // {}",
    "__mod__": "{} % {}",
    "__pow__": "{} ** {}",
    "__eq__": "{} == {}",
    "__ne__": "{} != {}",
    "__lt__": "{} < {}",
    "__le__": "{} <= {}",
    "__gt__": "{} > {}",
    "__ge__": "{} >= {}",
    "__contains__": "{1} in {0}",
    "__getitem__": "{}[{}]",
}


def dunder_call(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a special method that is called by its name, e.g. ``rows.__len__()``.

    Not on a class or ``super()``, where the name is needed: ``Shape.__eq__(self, other)``.
    """
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return
    name, owner = node.func.attr, node.func.value
    table = {0: _UNARY_DUNDERS, 1: _BINARY_DUNDERS}.get(len(node.args), {})
    if name not in table or node.keywords or not _is_object(owner):
        return
    if place.is_in_special_method:  # e.g. `return self.__lt__(other)` in `__gt__`
        return
    if any(isinstance(each, ast.Starred) for each in node.args):
        return
    write = table[name]
    shown = write.format("x", "y")
    message = f"`{name}` is called by its name: `{shown}` is the way to write it"
    yield Construct(DUNDER, node, message, _by(node, write, owner, *node.args))


def _is_object(owner: ast.expr) -> bool:
    """Return whether ``owner`` is an object: no class by its capital letter, no ``super()``."""
    if isinstance(owner, ast.Call):
        return not is_name(owner.func, "super") and not is_name(owner.func, "type")
    name = last_name(owner) or "x"
    builtin = {"object", "type", "dict", "list", "set", "str", "int", "float", "tuple", "cls"}
    return name not in builtin and not name.lstrip("_")[:1].isupper() and name != "__class__"


def number_for_letter(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield a number that stands for a letter beside ``ord``, or in ``chr``.

    e.g. 97 in ``ord(letter) - 97`` and ``chr(number + 97)``, which is ``ord("a")``; not 1 in
    ``ord(letter) + 1``, which is no letter or digit.
    """
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        numbers = sides if any(place.call_of(side, "ord") is not None for side in sides) else []
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sides = [node.left, node.right]
        numbers = sides if any(place.call_of(side, "ord") is not None for side in sides) else []
    elif isinstance(node, ast.Call):
        inner = place.call_of(node, "chr")
        in_sum = isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub)
        numbers = [inner.left, inner.right] if in_sum else []  # type: ignore[union-attr]
    else:
        return
    for number in numbers:
        letter = _letter(number)
        if letter:
            yield Construct(
                ORDINAL,
                number,
                f'The number of a letter: `ord("{letter}")` says which',
                replaced(number, f'ord("{letter}")'),
            )


def _letter(node: ast.expr) -> str:
    """Return the letter or digit of ASCII with the number ``node``; empty for anything else."""
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, int) or isinstance(value, bool) or not ord("0") <= value <= ord("z"):
        return ""
    return chr(value) if chr(value).isalnum() else ""


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
    values = node.values
    for at, value in enumerate(values):
        subject = _subject(value, kind)
        if subject is None:
            continue
        run = [value]
        for other in values[at + 1 :]:
            another = _subject(other, kind)
            if another is None or not same(subject, another):
                break
            run.append(other)
        others = [one.comparators[0] for one in run if isinstance(one, ast.Compare)]
        # Written out for numbers and texts; for other values `in` is not always the same.
        if len(run) > 1 and all(isinstance(other, ast.Constant) for other in others):
            yield _membership(node, run, subject, others, word)
            return


def _subject(value: ast.expr, kind: type[ast.cmpop]) -> ast.expr | None:
    """Return the left side of ``value`` if it is one comparison of ``kind`` of a plain value."""
    if not (isinstance(value, ast.Compare) and len(value.ops) == 1):
        return None
    is_kind = isinstance(value.ops[0], kind) and is_plain(value.left)
    return value.left if is_kind and not isinstance(value.left, ast.Constant) else None


def _membership(
    whole: ast.BoolOp,
    run: Sequence[ast.expr],
    subject: ast.expr,
    others: Sequence[ast.expr],
    word: str,
) -> Construct:
    """Return the construct of ``run``, comparisons in ``whole`` of ``subject`` with ``others``."""

    def rewrite(layout: Layout) -> list[Edit]:
        values = ", ".join(layout.of(each) for each in others)
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
_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


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
        return left, _SIGNS[kind], right
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
    inner = _keys_of(whole)
    if inner is not None:
        message = "`in` searches the keys by itself, `.keys()` is not needed"
        yield Construct(KEYS, whole, message, _by(whole, "{}", inner))


def _keys_of(node: ast.expr) -> ast.expr | None:
    """Return ``d`` for ``d.keys()``, else ``None``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    return node.func.value if node.func.attr == "keys" and not node.args else None


def needless_slice(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield the parts of a slice that it has anyway: 0, ``len(x)`` and the step 1.

    e.g. ``x[0:7:1]``, which is ``x[:7]``; not ``x[0:7, 0]``, where 0 may be for symmetry.
    """
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
        return
    part = node.slice
    forward = part.step is None or is_constant(part.step, 1)
    lower = None if forward and is_constant(part.lower, 0) else part.lower
    whole = place.call_of(part.upper, "len") if part.upper is not None else None
    ends = forward and whole is not None and same(whole, node.value)
    upper = None if ends else part.upper
    step = None if is_constant(part.step, 1) else part.step
    if (lower, upper, step) == (part.lower, part.upper, part.step):
        return

    def rewrite(layout: Layout) -> list[Edit]:
        texts = [layout.of(each) if each else "" for each in (lower, upper)]
        text = ":".join(texts) + (f":{layout.of(step)}" if step else "")
        return [layout.replace(part, text)]

    yield Construct(SLICE, node, "A part of this slice says what a slice does anyway", rewrite)


def rounded_division(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``int(a / b)``, which is ``a // b`` for numbers that are not negative (advice)."""
    if not isinstance(node, ast.Call):
        return
    inner = place.call_of(node, "int")
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div):
        message = "For numbers that are not negative, `//` divides and rounds down at once"
        yield Construct(DIVISION, node, message, _by(node, "{} // {}", inner.left, inner.right))


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
        yield Construct(EMPTY, test, message, _by(test, write, whole))


def repeated_operand(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``x + x + x``, which is ``3 * x``, and ``x * x * x``, which is ``x ** 3`` (advice)."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp)):
        return
    inner, kind = node.left, type(node.op)
    if kind not in (ast.Add, ast.Mult) or type(inner.op) is not kind or not is_plain(node.right):
        return
    if isinstance(node.right, ast.Constant):
        return
    if same(inner.left, inner.right) and same(inner.right, node.right):
        write = "3 * {}" if kind is ast.Add else "{} ** 3"
        message = "The same value three times: a factor or a power says how often"
        yield Construct(REPEATED, node, message, _by(node, write, node.right))


#: The rules by the kind of expression that they look at.
EXPRESSION_RULES = {
    ast.UnaryOp: (negated_comparison, needless_operator),
    ast.BinOp: (needless_operator, number_for_letter, repeated_operand),
    ast.BoolOp: (joinable_comparison, always_true),
    ast.Compare: (number_for_letter, needless_keys),
    ast.Call: (needless_call, dunder_call, number_for_letter, rounded_division),
    ast.Subscript: (needless_slice,),
    ast.ListComp: (copying_comprehension,),
    ast.SetComp: (copying_comprehension,),
    ast.DictComp: (copying_comprehension,),
}
