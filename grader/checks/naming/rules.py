"""Which bound names tell a reader nothing, and which functions are not named for what they do?"""

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

VAGUE, NUMBERED, SINGLE = "vague-name", "numbered-name", "single-letter"
NO_VERB = "no-verb"

#: Single letters that say enough by custom, wherever they stand.
_CUSTOMARY_LETTERS = frozenset("ijknxyz")
_SHORT_LIVED = frozenset({Kind.LOOP, Kind.ERROR, Kind.TYPE, Kind.OPENED, Kind.IMPORT})
_FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD})

_ARITHMETIC = (ast.BinOp, ast.AugAssign, ast.Compare)
_TALKING = frozenset({"input", "open", "print"})
_MATHEMATICS = frozenset(
    "acos asin atan atan2 cos cosh exp hypot log radians sin sinh sqrt tan".split()
)

#: Decorators under which a function is named for what it is: a value, a resource, a page.
_NOUN_DECORATORS = frozenset("""
    asynccontextmanager cached_property classproperty command contextmanager deleter delete fixture
    get getter head hybrid_property patch post property put route setter singledispatch validator
    field_validator model_validator overload register hookimpl errorhandler websocket
    """.split())


def unclear_names(groups: Groups) -> Iterator[tuple[Binding, str]]:
    """Each unclear name once, where it is bound first, with the code that says why."""
    numbered = numbered_names(groups)
    with_foo = any(name in ("foo", "baz") for _, name in groups)
    formulas: dict[Scope, bool] = {}
    for key, group in groups.items():
        own = [each for each in group if each.kind is not Kind.IMPORT]
        if key in numbered:
            yield group[0], NUMBERED
        elif any(_is_vague(each, with_foo) for each in own):
            yield group[0], VAGUE
        elif any(map(_is_single, own)) and not _is_known_formula(key[0], formulas):
            yield group[0], SINGLE


def _is_known_formula(scope: Scope, known: dict[Scope, bool]) -> bool:
    """:func:`_is_formula`, once for each function and only where a letter asks."""
    if scope not in known:
        known[scope] = _is_formula(scope)
    return known[scope]


def _is_vague(bound: Binding, with_foo: bool) -> bool:
    words = words_of(bound.name)
    if not words or bound.name.startswith("__"):
        return False
    nonsense = NONSENSE | WITH_FOO if with_foo else NONSENSE
    if not nonsense.isdisjoint(words):
        return _all_in(words, nonsense | WEAK | FILLERS | DOING)
    if len(words) > 1:
        owned = words[0] in FILLERS and _all_in(words, WEAK | FILLERS)
        return owned or _all_in(words, DOING)
    return words[0] in WEAK_FUNCTION and _is_plain_function(bound)


def _all_in(words: list[str], known: frozenset[str]) -> bool:
    return known.issuperset(words)


def _is_plain_function(bound: Binding) -> bool:
    """A function of the module itself: a method has its class, an inner function its place."""
    if bound.kind is not Kind.FUNCTION or not isinstance(bound.scope, ast.Module):
        return False
    return not _reads_as_value(bound.node)


def _reads_as_value(node: ast.AST) -> bool:
    return isinstance(node, FUNCTIONS) and bool(decorators(node) & _NOUN_DECORATORS)


def _is_single(bound: Binding) -> bool:
    letter = bound.name.strip("_")
    if len(letter) != 1 or bound.kind in _SHORT_LIVED or letter.lower() in _CUSTOMARY_LETTERS:
        return False
    if isinstance(bound.scope, ast.ClassDef) and bound.kind is Kind.VARIABLE:
        return False
    if letter.isupper() and not isinstance(bound.scope, FUNCTIONS):
        return False
    return not (letter == "f" and bound.kind is Kind.ARGUMENT) and letter.isalpha()


def _is_formula(scope: Scope) -> bool:
    """A small formula: arguments as short as its letters, or functions of mathematics.

    It calculates, and neither talks with anyone nor handles text.
    """
    if not isinstance(scope, FUNCTIONS) or len(scope.name) < 3:
        return False
    parts = list(_worked_out(scope))
    if any(map(_talks, parts)) or not any(isinstance(part, _ARITHMETIC) for part in parts):
        return False
    return _has_short_arguments(scope) or any(_called(part) in _MATHEMATICS for part in parts)


def _has_short_arguments(function: Function) -> bool:
    names = [each.arg for each in arguments_of(function.args) if each.arg not in ("self", "cls")]
    return bool(names) and all(len(name) <= 2 for name in names)


def _talks(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or _is_text(node) or _called(node) in _TALKING


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _called(node: ast.AST) -> str:
    return base_name(node) if isinstance(node, ast.Call) else ""


def _worked_out(function: Function) -> Iterator[ast.AST]:
    """What a function is made of, but for strings in mid-air, annotations and complaints."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.Assert):
            continue
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node
            waiting += children(node)


def without_verb(groups: Groups) -> Iterator[Binding]:
    """Functions and methods whose name begins with no verb, each once."""
    for group in groups.values():
        functions = [each for each in group if each.kind in _FUNCTIONS]
        if functions and not _is_action(functions[0]):
            yield functions[0]


def _is_action(bound: Binding) -> bool:
    name = bound.name.strip("_")
    words = words_of(name)
    if bound.name.startswith("__") and bound.name.endswith("__") or not words:
        return True
    if name in CUSTOMARY or words[0] in PREFIXES:
        return True
    return is_verb(words[0]) or _reads_as_value(bound.node)
