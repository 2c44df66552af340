"""Rules for names that say nothing, and for functions whose name has no verb."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from grader.analysis.syntax.names import Binding, Kind, Scope, decorators, words_of
from grader.analysis.syntax.statements import FUNCTIONS
from grader.checks.naming.customs import is_prescribed_method
from grader.checks.naming.letters import Letters, is_one_calculation
from grader.checks.naming.numbered import Groups, numbered_names
from grader.checks.naming.vocabulary import (
    ADVERBS,
    ALGORITHMS,
    CUSTOMARY,
    DOING,
    FILLERS,
    NONSENSE,
    PREFIXES,
    ROLES,
    WEAK,
    WEAK_FUNCTION,
    WITH_FOO,
    is_verb,
)

#: Codes of findings.
VAGUE, NUMBERED, SINGLE = "vague-name", "numbered-name", "single-letter"
NO_VERB = "no-verb"

#: Kinds whose names should begin with a verb.
_FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD})

#: From how many functions of a scope on a word before the verb is a prefix of theirs. By hand.
_FEWEST_WITH_PREFIX = 3

#: Decorators under which a function may be named by a noun: of a property, a fixture, a web page.
#: e.g. lets go `@property def volume(self)`, reports `@staticmethod def volume(box)`. By hand.
_NOUN_DECORATORS = frozenset("""
    asynccontextmanager cached_property classproperty command contextmanager deleter delete fixture
    get getter head hybrid_property patch post property put route setter singledispatch validator
    field_validator model_validator overload register hookimpl errorhandler websocket
    """.split())


def unclear_names(groups: Groups, letters: Letters) -> Iterator[tuple[Binding, str]]:
    """Yield the first binding of each unclear name in `groups`, with its finding code.

    Unclear are e.g. ``row1`` beside ``row2`` (numbered), ``my_list`` (vague) and ``s`` (a single
    letter). A name counts once in each scope, and has the first of these three codes that fits it.
    Not unclear are e.g. customary letters such as ``i``, other letters in a formula or as variables
    of a loop, ``with`` or ``except``, and the names after ``as`` in imports.
    """
    numbered = numbered_names(groups)
    with_foo = any(name in ("foo", "baz") for _, name in groups)
    for key, group in groups.items():
        chosen = [each for each in group if each.kind is not Kind.IMPORT]
        if key in numbered:
            yield group[0], NUMBERED
        elif any(_is_vague(each, with_foo) for each in chosen):
            yield group[0], VAGUE
        elif letters.are_unclear(chosen):
            yield group[0], SINGLE


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
    """Return whether `node` is a function with one of ``_NOUN_DECORATORS``, or one formula.

    e.g. ``def area(width, height): return width * height``; not ``def area(box): return box``.
    """
    if not isinstance(node, FUNCTIONS):
        return False
    return bool(decorators(node) & _NOUN_DECORATORS) or is_one_calculation(node)


def without_verb(groups: Groups) -> Iterator[Binding]:
    """Yield the first binding of each function and method whose name begins with no known verb.

    Left out are names that need none: questions (``is_empty``), conversions (``to_json``), events
    (``on_click``), tests, ``main`` and others that are customary, ``__init__`` and the like, and
    functions with a decorator such as ``property``, ``fixture`` or ``route``; and three or more of
    one scope with the same word before the verb: ``service_get_account``. Of several functions
    of one name in one scope only the first is judged.
    """
    functions = ([each for each in group if each.kind in _FUNCTIONS] for group in groups.values())
    without = [found[0] for found in functions if found and not _is_action(found[0])]
    prefixes = Counter(map(_prefix, without))
    for each in without:
        prefix = _prefix(each)
        if not prefix or prefixes[prefix] < _FEWEST_WITH_PREFIX:
            yield each


def _prefix(bound: Binding) -> tuple[Scope, str] | None:
    """Return the scope and the first word of a name with a verb after it, else ``None``.

    e.g. ``service`` of ``service_get_account``.
    """
    words = words_of(bound.name)
    return (bound.scope, words[0]) if len(words) > 2 and is_verb(words[1]) else None


def _is_action(bound: Binding) -> bool:
    """Return whether the name of the function `bound` begins with a verb or needs none.

    e.g. ``load_rows``, ``is_empty``, ``__init__``, ``main``, ``binary_search``, ``error_handler``,
    ``auto_save``, ``@property volume``; not ``total``.
    """
    if _tells_action(bound.name) or _is_named_by_noun(bound.node):
        return True
    return _is_part_of_decorator(bound) or is_prescribed_method(bound.name, bound.scope)


def _tells_action(name: str) -> bool:
    """Return whether the name of a function begins with a verb, or is customary without one.

    e.g. ``load_rows``, ``is_empty``, ``__init__``, ``celsius_to_kelvin`` (a conversion).
    """
    plain = name.strip("_")
    words = words_of(plain)
    if not words or name.startswith("__") and name.endswith("__"):
        return True
    return plain in CUSTOMARY or plain.lower() in ALGORITHMS or _has_verb(words)


def _has_verb(words: list[str]) -> bool:
    """Return whether `words` begin with a verb, with or without an adverb, or with a prefix.

    Or they end in a role, or are a conversion: ``auto save``, ``is empty``, ``error handler``,
    ``row to text``.
    """
    first = words[1] if words[0] in ADVERBS and len(words) > 1 else words[0]
    if is_verb(first) or words[0] in PREFIXES:
        return True
    return words[-1] in ROLES or "to" in words[1:-1]


def _is_part_of_decorator(bound: Binding) -> bool:
    """Return whether the function `bound` is a decorator, or what one puts around a function.

    A decorator ends by returning a function defined in it, and is named by what it does:
    ``@admin_only``, ``@retry_limit(3)``; what it returns is named by what it is.
    """
    return bool(_returned_function(bound.node)) or bound.name == _returned_function(bound.scope)


def _returned_function(node: ast.AST) -> str:
    """Return the name of the function that the function `node` defines and returns, else ""."""
    last = node.body[-1] if isinstance(node, FUNCTIONS) else None
    if not isinstance(node, FUNCTIONS) or not isinstance(last, ast.Return):
        return ""
    inside = {each.name for each in node.body if isinstance(each, FUNCTIONS)}
    return last.value.id if isinstance(last.value, ast.Name) and last.value.id in inside else ""
