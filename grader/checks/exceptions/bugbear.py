"""The rules of flake8-bugbear about ``try``, under its codes, without recursion.

B012: ``finally`` contains ``return``, ``break`` or ``continue``. B013: a tuple of one error. B014:
an error is listed beside one that includes it. B025: two clauses catch the same error. B029: an
empty tuple. B030: an item that cannot be a class. flake8-bugbear itself takes more than twice as
long as parsing does, and fails on deep trees; a test compares these rules with it.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from grader.analysis.syntax.statements import FUNCTIONS, LOOPS

_LEAVING = (ast.Return, ast.Continue, ast.Break)
#: Expressions that may be a class of errors when the program runs: e.g. ``json.Error`` and
#: ``errors()``, not ``3`` or ``"x"``.
_CLASSES_MAYBE = (ast.Name, ast.Attribute, ast.Call, ast.Starred)
#: Other names of the same class by the name to keep, as in flake8-bugbear. Dotted names are
#: compared as text: e.g. ``socket.error`` is needless beside ``OSError``, but ``s.error`` is not.
_ALIASES = {
    "OSError": {
        "EnvironmentError",
        "IOError",
        "WindowsError",
        "mmap.error",
        "select.error",
        "socket.error",
    },
    "ValueError": {"binascii.Error"},
}


#: The codes of all rules of this module.
TRAPS = ("B012", "B013", "B014", "B025", "B029", "B030")


class Broken(NamedTuple):
    """A breach of a rule of flake8-bugbear: the node to report, the rule's code, and a message.

    B012: a ``finally`` is left by ``return``, ``break`` or ``continue``. B013: a tuple of one
    error. B014: an error beside one that includes it. B025: two clauses catch the same error. B029:
    an empty tuple. B030: an item that cannot be a class.
    """

    node: ast.stmt | ast.ExceptHandler
    code: str
    message: str


def broken_rules(found: Any) -> Iterator[Broken]:
    """Yield each breach of flake8-bugbear's rules about ``try`` by the ``try`` statement `found`.

    There is one for each statement that leaves its ``finally`` (B012), up to two for each clause
    (B030, and one of B029, B013 and B014), and one for each name that is caught twice (B025). An
    inner ``try`` is not considered, except for statements that leave the outer ``finally``.
    """
    yield from _leaves_finally(found.finalbody)
    for handler in found.handlers:
        if handler.type is not None:
            yield from _bad_types(handler)
    yield from _caught_twice(found)


def _leaves_finally(body: Sequence[ast.stmt]) -> Iterator[Broken]:
    """Yield B012 for each statement that leaves `body`, the body of a ``finally``.

    Within a loop only ``return`` leaves it; statements of an inner function do not. The order is
    not that of the lines.
    """
    waiting: list[tuple[ast.AST, tuple[type[ast.stmt], ...]]] = [(item, _LEAVING) for item in body]
    while waiting:
        node, leaving = waiting.pop()
        if isinstance(node, FUNCTIONS):
            continue
        if isinstance(node, LOOPS):
            leaving = (ast.Return,)
        elif isinstance(node, leaving):
            word = type(node).__name__.lower()
            yield Broken(node, "B012", f"`{word}` inside `finally` throws a running error away")
        waiting.extend((child, leaving) for child in ast.iter_child_nodes(node))


def _bad_types(handler: ast.ExceptHandler) -> Iterator[Broken]:
    """Yield B030, B029, B013 or B014 for what the clause `handler` lists."""
    listed = list(_listed(handler.type))
    if not all(isinstance(one, _CLASSES_MAYBE) for one in listed):
        yield Broken(handler, "B030", "this `except` lists something that is no class of errors")
    if not listed:
        yield Broken(handler, "B029", "`except ():` catches nothing at all")
    else:
        yield from _needless_types(handler, listed)


def _needless_types(handler: ast.ExceptHandler, listed: Sequence[ast.expr]) -> Iterator[Broken]:
    """Yield B013 for a tuple of one name, else B014 if one of `listed` covers another."""
    names = _names_among(listed)
    if len(listed) == len(names) == 1 and isinstance(handler.type, ast.Tuple):
        yield Broken(handler, "B013", f"`except ({names[0]},):` needs no brackets and comma")
    elif (needed := needed_errors(names)) != names:
        extra = ", ".join(f"`{name}`" for name in _left_out(names, needed))
        yield Broken(handler, "B014", f"{extra} is already covered in this `except`")


def _names_among(listed: Iterable[ast.expr]) -> list[str]:
    """Return the dotted names among `listed`, in order; other expressions are left out."""
    named = [one for one in listed if isinstance(one, ast.Name | ast.Attribute)]
    return [name for name in map(_dotted, named) if name]


def _listed(kind: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the expressions that ``except kind:`` lists, e.g. A, B and C of ``(A, *(B, C))``."""
    waiting = list(reversed(kind.elts)) if isinstance(kind, ast.Tuple) else [kind]
    while waiting:
        one = waiting.pop()
        unpacked = one.value if isinstance(one, ast.Starred) else None
        if isinstance(kind, ast.Tuple) and isinstance(unpacked, ast.List | ast.Tuple):
            waiting.extend(reversed(unpacked.elts))
        elif one is not None:
            yield one


def _dotted(node: ast.expr) -> str:
    """Return the dotted name of `node`: ``a.b`` for ``a.b`` and ``a().b``, "" for ``x[0].b``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        else:
            node = node.func
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def needed_errors(names: Sequence[str]) -> list[str]:
    """Return `names` without duplicates and without errors that another of `names` includes.

    E.g. only ``OSError`` of ``OSError``, ``IOError`` and ``FileNotFoundError``. ``BaseException``
    includes everything.
    """
    once = list(dict.fromkeys(names))
    if "BaseException" in once:
        return ["BaseException"]
    aliases = set().union(*(_ALIASES.get(name, ()) for name in once))
    once = [name for name in once if name not in aliases]
    return [
        name
        for at, name in enumerate(once)
        if not any(_covers(other, name, at < by) for by, other in enumerate(once) if by != at)
    ]


def _covers(wide: str, narrow: str, first: bool) -> bool:
    """Return whether the built-in error `wide` includes `narrow`; False for other names.

    Two names of one class include each other, e.g. ``IOError`` and ``EnvironmentError``: `wide`
    covers `narrow` if `narrow` comes `first`, so that the last one is kept.
    """
    one, other = (getattr(builtins, name, None) for name in (wide, narrow))
    if not isinstance(one, type) or not isinstance(other, type):
        return False
    return issubclass(other, one) and (one is not other or first)


def _left_out(names: Iterable[str], needed: Iterable[str]) -> list[str]:
    """Return `names` without one occurrence of each of `needed`; duplicates are listed once."""
    left = list(names)
    for name in needed:
        left.remove(name)
    return list(dict.fromkeys(left))


def _caught_twice(found: Any) -> Iterator[Broken]:
    """Yield B025 for each name, in alphabetical order, that several clauses of `found` catch."""
    times: dict[str, int] = {}
    for handler in found.handlers:
        if isinstance(handler.type, ast.Tuple | ast.Name | ast.Attribute):
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            for name in {_dotted(kind) for kind in kinds} - {""}:
                times[name] = times.get(name, 0) + 1
    for name in sorted(name for name, seen in times.items() if seen > 1):
        yield Broken(found, "B025", f"`{name}` is caught twice; only the first clause runs")
