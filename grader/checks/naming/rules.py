"""Rules for names that say nothing, and for functions whose name has no verb."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.dotted_names import base_name
from grader.analysis.syntax.names import (
    Binding,
    Kind,
    Scope,
    arguments_of,
    decorators,
    words_of,
)
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import children
from grader.checks.naming.numbered import Groups, numbered_names
from grader.checks.naming.vocabulary import (
    CUSTOMARY,
    DOING,
    FILLERS,
    NONSENSE,
    PREFIXES,
    WEAK,
    WEAK_FUNCTION,
    WITH_FOO,
    is_verb,
)

#: Codes of findings.
VAGUE, NUMBERED, SINGLE = "vague-name", "numbered-name", "single-letter"
NO_VERB = "no-verb"

#: Single letters that are accepted everywhere, in either case: counters, coordinates, sizes. e.g.
#: `n = 3` is let go, `s = 3` is reported. Chosen by hand.
_CUSTOMARY_LETTERS = frozenset("ijknxyz")
#: Kinds of bindings for which a single letter is accepted, e.g. `for c in text` and `as e`.
_SHORT_LIVED = frozenset({Kind.LOOP, Kind.ERROR, Kind.TYPE, Kind.OPENED, Kind.IMPORT})
#: Kinds whose names should begin with a verb.
_FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD})

#: Nodes that calculate or compare, e.g. `a * b`, `total += a`, `a < b`.
_ARITHMETIC = (ast.BinOp, ast.AugAssign, ast.Compare)
#: Calls that a formula does not make, e.g. `print(a)`; it may call `len(a)`. Chosen by hand.
_INPUT_OUTPUT = frozenset({"input", "open", "print"})
#: Functions of mathematics: a function that calls one and calculates is a formula, e.g.
#: `return sqrt(side * s)`; `abs` and `round` are no sign of one. Chosen by hand.
_MATHEMATICS = frozenset(
    "acos asin atan atan2 cos cosh exp hypot log radians sin sinh sqrt tan".split()
)

#: Decorators under which a function may be named by a noun: of a property, a fixture, a web page.
#: e.g. lets go `@property def volume(self)`, reports `@staticmethod def volume(box)`. By hand.
_NOUN_DECORATORS = frozenset("""
    asynccontextmanager cached_property classproperty command contextmanager deleter delete fixture
    get getter head hybrid_property patch post property put route setter singledispatch validator
    field_validator model_validator overload register hookimpl errorhandler websocket
    """.split())


def unclear_names(groups: Groups) -> Iterator[tuple[Binding, str]]:
    """Yield the first binding of each unclear name in `groups`, with its finding code.

    Unclear are e.g. ``row1`` beside ``row2`` (numbered), ``my_list`` (vague) and ``s`` (a single
    letter). A name counts once in each scope, and has the first of these three codes that fits it.
    Not unclear are e.g. customary letters such as ``i``, other letters in a formula or as variables
    of a loop, ``with`` or ``except``, and the names after ``as`` in imports.
    """
    numbered = numbered_names(groups)
    with_foo = any(name in ("foo", "baz") for _, name in groups)
    formulas: dict[Scope, bool] = {}
    for key, group in groups.items():
        chosen = [each for each in group if each.kind is not Kind.IMPORT]
        if key in numbered:
            yield group[0], NUMBERED
        elif any(_is_vague(each, with_foo) for each in chosen):
            yield group[0], VAGUE
        elif any(map(_is_single_letter, chosen)) and not _is_known_formula(key[0], formulas):
            yield group[0], SINGLE


def _is_known_formula(scope: Scope, known: dict[Scope, bool]) -> bool:
    """Return :func:`_is_formula` of `scope`, with `known` as a cache."""
    if scope not in known:
        known[scope] = _is_formula(scope)
    return known[scope]


def _is_vague(bound: Binding, with_foo: bool) -> bool:
    """Return whether the name of `bound` would fit anything.

    e.g. ``foo``, ``my_list``, ``do_it``, and a function ``data``; not a variable ``data``, and not
    ``price_list``. `with_foo`: the file also has ``foo`` or ``baz``, so ``bar`` is a placeholder.
    """
    words = words_of(bound.name)
    if not words or bound.name.startswith("__"):
        return False
    nonsense = NONSENSE | WITH_FOO if with_foo else NONSENSE
    if not nonsense.isdisjoint(words):
        return (nonsense | WEAK | FILLERS | DOING).issuperset(words)
    if len(words) > 1:
        is_filled = words[0] in FILLERS and (WEAK | FILLERS).issuperset(words)
        return is_filled or DOING.issuperset(words)
    return words[0] in WEAK_FUNCTION and _is_plain_function(bound)


def _is_plain_function(bound: Binding) -> bool:
    """Return whether `bound` is a top-level function without one of ``_NOUN_DECORATORS``.

    Methods and nested functions are not, since the class or function around them adds to what
    their names say.
    """
    if bound.kind is not Kind.FUNCTION or not isinstance(bound.scope, ast.Module):
        return False
    return not _is_named_by_noun(bound.node)


def _is_named_by_noun(node: ast.AST) -> bool:
    """Return whether `node` is a function with one of ``_NOUN_DECORATORS``."""
    return isinstance(node, FUNCTIONS) and bool(decorators(node) & _NOUN_DECORATORS)


def _is_single_letter(bound: Binding) -> bool:
    """Return whether the name of `bound` is a single letter that should be a word.

    Not e.g. ``i``, ``for c in text``, an argument ``f`` (a function), a field of a class, and a
    capital outside functions (``N = 100``).
    """
    letter = bound.name.strip("_")
    if len(letter) != 1 or bound.kind in _SHORT_LIVED or letter.lower() in _CUSTOMARY_LETTERS:
        return False
    if isinstance(bound.scope, ast.ClassDef) and bound.kind is Kind.VARIABLE:
        return False
    if letter.isupper() and not isinstance(bound.scope, FUNCTIONS):
        return False
    return not (letter == "f" and bound.kind is Kind.ARGUMENT) and letter.isalpha()


def _is_formula(scope: Scope) -> bool:
    """Return whether `scope` is a formula, in which single letters are accepted.

    It is a function that calculates, has no text in it, does not ask, open or print, and either
    has arguments of one or two letters only or calls one of ``_MATHEMATICS``. Its own name has
    three letters or more. e.g. ``def area(a, b): return a * b``; not ``def show(a): print(a)``.
    """
    if not isinstance(scope, FUNCTIONS) or len(scope.name) < 3:
        return False
    parts = list(_evaluated_nodes(scope))
    if any(map(_handles_text, parts)) or not any(isinstance(part, _ARITHMETIC) for part in parts):
        return False
    return _has_short_arguments(scope) or any(_called(part) in _MATHEMATICS for part in parts)


def _has_short_arguments(function: Function) -> bool:
    """Return whether `function` has arguments besides ``self``, all of one or two letters."""
    names = [each.arg for each in arguments_of(function.args) if each.arg not in ("self", "cls")]
    return bool(names) and all(len(name) <= 2 for name in names)


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


def without_verb(groups: Groups) -> Iterator[Binding]:
    """Yield the first binding of each function and method whose name begins with no known verb.

    Left out are names that need none: questions (``is_empty``), conversions (``to_json``), events
    (``on_click``), tests, ``main`` and others that are customary, ``__init__`` and the like, and
    functions with a decorator such as ``property``, ``fixture`` or ``route``. Of several functions
    of one name in one scope only the first is judged.
    """
    for group in groups.values():
        functions = [each for each in group if each.kind in _FUNCTIONS]
        if functions and not _is_action(functions[0]):
            yield functions[0]


def _is_action(bound: Binding) -> bool:
    """Return whether the name of the function `bound` begins with a verb or needs none.

    e.g. ``load_rows``, ``is_empty``, ``__init__``, ``main``, ``@property volume``; not ``total``.
    """
    name = bound.name.strip("_")
    words = words_of(name)
    if bound.name.startswith("__") and bound.name.endswith("__") or not words:
        return True
    if name in CUSTOMARY or words[0] in PREFIXES:
        return True
    return is_verb(words[0]) or _is_named_by_noun(bound.node)
