"""Find single letters that should be words, and the formulas in which letters are enough."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.dotted_names import base_name, last_name
from grader.analysis.syntax.names import Binding, Kind, Scope, arguments_of, decorators, words_of
from grader.analysis.syntax.statements import FUNCTIONS, Function, is_docstring
from grader.analysis.syntax.walk import children
from grader.checks.naming.numbered import Groups

#: Single letters that are accepted everywhere, in either case: counters, coordinates, sizes. e.g.
#: `n = 3` is let go, `s = 3` is reported. Chosen by hand.
_CUSTOMARY = frozenset("ijknxyz")
#: Letters that are accepted where all of them are bound in one scope: colours, a time, width and
#: height, quotient and remainder. e.g. lets go `r, g, b = pixel`, reports `r = load()`. By hand.
_TOGETHER = tuple(map(frozenset, ("rgb", "hsv", "hsl", "cmyk", "hms", "wh", "uv", "qr")))
#: Kinds of bindings for which a single letter is accepted, e.g. `for c in text` and `as e`.
_SHORT_LIVED = frozenset({Kind.LOOP, Kind.ERROR, Kind.TYPE, Kind.OPENED, Kind.IMPORT})
#: What is read from an array's shape has the letters of its axes: `b, c, h, w = images.shape`.
_SHAPE = frozenset({"shape"})
#: The letters that the guides of Python and of requests give to what is made: `r =
#: requests.get(url)`, `q = Queue()`; not `r = load(url)`.
_GUIDES = {
    "p": frozenset({"ArgumentParser", "Process", "shape"}),
    "q": frozenset({"Queue", "deque"}),
    "r": frozenset({"delete", "get", "post", "put", "request", "shape"}),
    "s": frozenset({"Session", "session", "shape", "socket"}),
    "t": frozenset({"Thread", "Timer", "Turtle", "shape"}),
}
#: Decorators of functions that get a value as `v`, as pydantic's guide writes it.
_VALIDATORS = frozenset({"field_validator", "model_validator", "root_validator", "validator"})
#: First words of functions that get an event as `e`: `def on_click(e):`; not `def show(e):`.
_LISTENERS = frozenset({"handle", "on"})

#: Nodes that calculate or compare, e.g. `a * b`, `total += a`, `a < b`.
_ARITHMETIC = (ast.BinOp, ast.AugAssign, ast.Compare)
#: Calls that a formula does not make, e.g. `print(a)`; it may call `len(a)`. Chosen by hand.
_INPUT_OUTPUT = frozenset({"input", "open", "print"})
#: Functions of mathematics: a function that calls one and calculates is a formula, e.g.
#: `return sqrt(side * s)`; `abs` and `round` are no sign of one. Chosen by hand.
_MATHEMATICS = frozenset(
    "acos asin atan atan2 cos cosh exp hypot log radians sin sinh sqrt tan".split()
)


class Letters:
    """The single letters of a file: which are customary, and which should be words.

    ``groups`` are all bindings of the file. ``is_numeric``: it computes with arrays, so that a
    capital may be a matrix.
    """

    def __init__(self, groups: Groups, *, is_numeric: bool) -> None:
        self._groups = groups
        self._is_numeric = is_numeric
        self._formulas: dict[Scope, bool] = {}
        self._calculated: dict[Scope, set[str]] = {}
        self._holders = {
            each.node: each.scope
            for group in groups.values()
            for each in group
            if each.kind is Kind.METHOD
        }

    def are_unclear(self, bindings: list[Binding]) -> bool:
        """Return whether one of `bindings`, all of one name and scope, should be a word.

        Not in a formula, see `is_formula`.
        """
        return any(map(self._is_unclear, bindings)) and not self.in_formula(bindings[0].scope)

    def in_formula(self, scope: Scope) -> bool:
        """Return whether `scope` is a formula or holds its numbers. The result is stored.

        See `is_formula` and `_holds_coefficients`.
        """
        if scope not in self._formulas:
            is_known = is_formula(scope) or self._holds_coefficients(scope)
            self._formulas[scope] = is_known
        return self._formulas[scope]

    def _holds_coefficients(self, scope: Scope) -> bool:
        """Return whether `scope` is the ``__init__`` of a class that calculates with its letters.

        e.g. of ``class Equation``, which stores ``a``, ``b`` and ``c`` and has a method with
        ``self.b**2 - 4 * self.a * self.c``.
        """
        if not isinstance(scope, FUNCTIONS) or scope.name != "__init__":
            return False
        letters, holder = _short_arguments(scope), self._holders.get(scope)
        if holder is None or len(letters) < 2:
            return False
        return any(_joins_two(node, letters) for node in ast.walk(holder))

    def _is_unclear(self, bound: Binding) -> bool:
        """Return whether the name of `bound` is a single letter that nobody is used to.

        Not e.g. ``i``, ``for c in text``, an argument ``f`` (a function), a field of a class, ``r,
        g, b``, ``h = frame.shape[0]``, and a capital outside functions (``N = 100``).
        """
        letter = bound.name.strip("_")
        if len(letter) != 1 or not letter.isalpha() or _is_customary(letter, bound):
            return False
        if letter.isupper() and (self._is_numeric or not isinstance(bound.scope, FUNCTIONS)):
            return False
        return not (self._is_one_of_several(bound) or self._is_quantity(bound))

    def _is_quantity(self, bound: Binding) -> bool:
        """Return whether a function of a file that computes with arrays calculates with the letter.

        e.g. ``w`` in ``w = weights[k]`` and ``total += w * image``; not ``p`` of ``load(p)``.
        """
        if not self._is_numeric or not isinstance(bound.scope, FUNCTIONS):
            return False
        if bound.scope not in self._calculated:
            self._calculated[bound.scope] = _calculated_names(bound.scope)
        return bound.name in self._calculated[bound.scope]

    def _is_one_of_several(self, bound: Binding) -> bool:
        """Return whether the scope of `bound` has all letters of a group, e.g. ``r``, ``g, b``."""
        return any(
            bound.name in letters and all((bound.scope, one) in self._groups for one in letters)
            for letters in _TOGETHER
        )


def _is_customary(letter: str, bound: Binding) -> bool:
    """Return whether everybody calls by this `letter` what `bound` binds.

    e.g. a counter ``i``, a variable of a loop, a field of a class, ``r = requests.get(url)``, and
    arguments, see `_is_customary_argument`.
    """
    if letter.lower() in _CUSTOMARY or bound.kind in _SHORT_LIVED:
        return True
    if bound.kind is Kind.ARGUMENT:
        return _is_customary_argument(letter, bound.scope)
    is_field = isinstance(bound.scope, ast.ClassDef) and bound.kind is Kind.VARIABLE
    return is_field or bound.made_by in _GUIDES.get(letter, _SHAPE)


def _is_customary_argument(letter: str, function: Scope) -> bool:
    """Return whether everybody calls an argument of `function` by this `letter`.

    e.g. ``f`` of any function, ``e`` of ``on_click``, ``v`` below ``@field_validator``, and ``o``
    of ``default``, the method of ``json.JSONEncoder``.
    """
    if letter == "f" or not isinstance(function, FUNCTIONS):
        return letter == "f"
    if letter == "e":
        return not _LISTENERS.isdisjoint(words_of(function.name)[:1])
    if letter == "v":
        return not _VALIDATORS.isdisjoint(decorators(function))
    return letter == "o" and function.name == "default"


def is_formula(scope: Scope) -> bool:
    """Return whether `scope` is a formula, in which single letters are accepted.

    It is a function that calculates, and whose own name has three letters or more. It has no text
    in it, does not ask, open or print, and either has arguments of one or two letters only or calls
    one of ``_MATHEMATICS``; or it joins two of such arguments in one calculation, whatever else it
    does. e.g. ``def area(a, b): return a * b``; not ``def show(a): print(a)``.
    """
    if not isinstance(scope, FUNCTIONS) or len(scope.name) < 3:
        return False
    parts, letters = list(_evaluated_nodes(scope)), _short_arguments(scope)
    if not any(isinstance(part, _ARITHMETIC) for part in parts):
        return False
    if any(map(_handles_text, parts)):
        return any(_joins_two(part, letters) for part in parts)
    return bool(letters) or any(_called(part) in _MATHEMATICS for part in parts)


def is_one_calculation(function: Function) -> bool:
    """Return whether `function` only returns what it calculates, without text.

    e.g. ``return width * height`` and ``return sqrt(x**2 + y**2)``, below a docstring or not.
    """
    *before, last = [one for one in function.body if not is_docstring(one)] or function.body
    if before or not isinstance(last, ast.Return) or last.value is None:
        return False
    calculates = isinstance(last.value, ast.BinOp) or _called(last.value) in _MATHEMATICS
    return calculates and not any(map(_handles_text, ast.walk(last.value)))


def _short_arguments(function: Function) -> frozenset[str]:
    """Return the arguments besides ``self``, or none if one has more than two letters."""
    names = [each.arg for each in arguments_of(function.args) if each.arg not in ("self", "cls")]
    return frozenset(names) if all(len(name) <= 2 for name in names) else frozenset()


def _calculated_names(function: Function) -> set[str]:
    """Return the names with which `function` calculates, where no text is involved."""
    sums = (node for node in ast.walk(function) if isinstance(node, ast.BinOp | ast.AugAssign))
    inside = (list(ast.walk(node)) for node in sums)
    return {
        each.id
        for nodes in inside
        if not any(map(_handles_text, nodes))
        for each in nodes
        if isinstance(each, ast.Name)
    }


def _joins_two(node: ast.AST, letters: frozenset[str]) -> bool:
    """Return whether `node` calculates with two of `letters`, and with no text.

    e.g. ``b * b - 4 * a * c``, also of attributes and methods: ``self.b``, ``self.__b``,
    ``self.getB()``; not ``"sum " + a + b``.
    """
    if not isinstance(node, ast.BinOp):
        return False
    inside = list(ast.walk(node))
    if any(map(_handles_text, inside)):
        return False
    used = {last_name(each) for each in inside if isinstance(each, ast.Name | ast.Attribute)}
    plain = {name.strip("_").lower().removeprefix("get") for name in used}
    return len(plain & letters) > 1


def _handles_text(node: ast.AST) -> bool:
    """Return whether `node` is a string, an f-string or a call of one of ``_INPUT_OUTPUT``."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text or isinstance(node, ast.JoinedStr) or _called(node) in _INPUT_OUTPUT


def _called(node: ast.AST) -> str:
    """Return the last name of the function that `node` calls: ``sqrt`` for ``math.sqrt(2)``.

    "" if `node` is no call.
    """
    return base_name(node) if isinstance(node, ast.Call) else ""


def _evaluated_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes in the body of `function`, without docstrings, ``raise`` and ``assert``.

    These may have texts, e.g. a message, and the function is a formula all the same.
    """
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.Assert):
            continue
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node
            waiting += children(node)
