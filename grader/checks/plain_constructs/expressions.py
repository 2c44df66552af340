"""Expressions that say in more words what fewer say: comparisons, conversions, operators."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.fixes.rewriting import Edit, Layout
from grader.analysis.syntax.dotted_names import last_name
from grader.checks.plain_constructs import comparisons
from grader.checks.plain_constructs.construct import (
    Construct,
    Place,
    by,
    is_boolean,
    is_constant,
    is_name,
    is_plain,
    replaced,
    same,
)

NEEDLESS_CALL = "needless-call"
NEEDLESS_OPERATOR = "needless-operator"
COPYING = "copying-comprehension"
DUNDER = "dunder-call"
ORDINAL = "number-for-letter"
SLICE = "needless-slice"
DIVISION = "rounded-division"
REPEATED = "repeated-operand"


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
                NEEDLESS_OPERATOR, node, "This calculation changes nothing", by(node, "{}", kept)
            )


def _needless_unary(node: ast.UnaryOp) -> Iterator[Construct]:
    inner = node.operand
    if isinstance(node.op, ast.UAdd):
        message = "A `+` before a value changes nothing"
        yield Construct(NEEDLESS_OPERATOR, node, message, by(node, "{}", inner))
    elif isinstance(inner, ast.UnaryOp) and type(inner.op) is type(node.op):
        if isinstance(node.op, ast.Not):
            write = "{}" if is_boolean(inner.operand) else "bool({})"
        else:
            write = "{}"
        message = "Two of these in a row undo each other"
        yield Construct(NEEDLESS_OPERATOR, node, message, by(node, write, inner.operand))


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
    if not _is_target(item, first.target) or name in place.file.bound:
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
    if name.strip("_") in place.file.bound:  # e.g. `len` is a variable here
        return
    if place.is_in_special_method:  # e.g. `return self.__lt__(other)` in `__gt__`
        return
    if any(isinstance(each, ast.Starred) for each in node.args):
        return
    write = table[name]
    shown = write.format("x", "y")
    message = f"`{name}` is called by its name: `{shown}` is the way to write it"
    yield Construct(DUNDER, node, message, by(node, write, owner, *node.args))


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
    for number in _beside_letters(node, place):
        letter = _letter(number)
        if letter:
            message = f'The number of a letter: `ord("{letter}")` says which'
            yield Construct(ORDINAL, number, message, replaced(number, f'ord("{letter}")'))


def _beside_letters(node: ast.AST, place: Place) -> list[ast.expr]:
    """Return the parts of ``node`` that are compared with or added to the number of a letter."""
    if isinstance(node, ast.Call):
        inner = place.call_of(node, "chr")
        return _summands(inner) if inner is not None else []
    sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else _summands(node)
    is_number = any(place.call_of(side, "ord") is not None for side in sides)
    return sides if is_number else []


def _summands(node: ast.AST) -> list[ast.expr]:
    """Return both sides of ``a + b`` and ``a - b``, nothing of any other node."""
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
    return [node.left, node.right] if is_sum else []  # type: ignore[attr-defined]


def _letter(node: ast.expr) -> str:
    """Return the letter or digit of ASCII with the number ``node``; empty for anything else."""
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, int) or isinstance(value, bool) or not ord("0") <= value <= ord("z"):
        return ""
    return chr(value) if chr(value).isalnum() else ""


def needless_slice(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield the parts of a slice that it has anyway: 0, ``len(x)`` and the step 1.

    e.g. ``x[0:7:1]``, which is ``x[:7]``; not ``x[0:7, 0]``, where 0 may be for symmetry.
    """
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
        return
    part = node.slice
    lower, upper, step = _needed(node.value, part, place)
    if [lower, upper, step] == [part.lower, part.upper, part.step]:
        return

    def rewrite(layout: Layout) -> list[Edit]:
        text = ":".join(layout.of(each) if each else "" for each in (lower, upper))
        return [layout.replace(part, text + (f":{layout.of(step)}" if step else ""))]

    yield Construct(SLICE, node, "A part of this slice says what a slice does anyway", rewrite)


def _needed(whole: ast.expr, part: ast.Slice, place: Place) -> list[ast.expr | None]:
    """Return the lower and upper limit and the step of ``part``, ``None`` where not needed."""
    is_single = is_constant(part.step, 1)
    if part.step is not None and not is_single:
        return [part.lower, part.upper, part.step]
    asked = place.call_of(part.upper, "len")
    ends = asked is not None and same(asked, whole)
    lower = None if is_constant(part.lower, 0) else part.lower
    return [lower, None if ends else part.upper, None]


def rounded_division(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``int(a / b)``, which is ``a // b`` for numbers that are not negative (advice)."""
    if not isinstance(node, ast.Call):
        return
    inner = place.call_of(node, "int")
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div):
        message = "For numbers that are not negative, `//` divides and rounds down at once"
        yield Construct(DIVISION, node, message, by(node, "{} // {}", inner.left, inner.right))


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
        yield Construct(REPEATED, node, message, by(node, write, node.right))


#: The rules by the kind of expression that they look at.
EXPRESSION_RULES = {
    ast.UnaryOp: (comparisons.negated_comparison, needless_operator),
    ast.BinOp: (needless_operator, number_for_letter, repeated_operand),
    ast.BoolOp: (comparisons.joinable_comparison, comparisons.always_true),
    ast.Compare: (number_for_letter, comparisons.needless_keys),
    ast.Call: (needless_call, dunder_call, number_for_letter, rounded_division),
    ast.Subscript: (needless_slice,),
    ast.ListComp: (copying_comprehension,),
    ast.SetComp: (copying_comprehension,),
    ast.DictComp: (copying_comprehension,),
}
