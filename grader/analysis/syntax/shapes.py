"""The shape of a statement: its syntax with names and literals normalised.

Two statements of the same shape do the same thing to other variables and values. Names that the
author chose become numbers in the order of their first use within the statement, so that
``a = a + b`` and ``c = c + d`` have the same shape while ``a = b + c`` has another. Any literal,
and any list, tuple, set or dictionary of literals alone, becomes ``#``. Operators, attributes and
keywords are kept, and so is ``self``. So are imported and built-in names, with their full name
instead of an alias, and the name of a function if a statement does nothing but call it, or return
its result.

Checks compare statements by the :func:`fingerprint` of their shapes. :func:`shapes_of` keeps the
shapes of a file, so that each is read once.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from grader.analysis.syntax.statements import every_statement_of
from grader.domain.source import SourceFile

#: Methods that only declare, e.g. ``parser.add_argument("-v")``; not ``parser.parse_args()``. Good
#: programs call them in rows, with the same words.
DESCRIBING = frozenset({"add_argument", "add_option", "add_parser", "set_defaults"})
#: Bytes of a fingerprint: at 48 bits two different statements of a submission hardly ever have the
#: same.
_BYTES = 6

#: Built-in functions and exceptions. A variable may be called ``list`` or ``max``, so names in
#: lower case count as built in only if they are called: ``list(rows)``, not ``list = rows``.
_BUILTINS = frozenset(dir(builtins))
#: Kinds of literals with items in ``elts``; a dictionary has keys and values instead.
_TABLES = (ast.List, ast.Tuple, ast.Set)
#: Kinds of nodes that are literals if all that they contain are.
_CONTAINERS = frozenset({ast.UnaryOp, ast.JoinedStr, ast.Dict, *_TABLES})
#: Fields of nodes that do not change what a statement does, e.g. the type hint of ``x: int = 3``.
_LEFT_OUT = frozenset({"annotation", "returns", "ctx", "format_spec"})
#: Fields that never hold a node, and those of statements that hold statements.
_TEXTS = frozenset({"arg", "attr", "conversion", "id", "is_async", "kind", "simple"})
_BLOCKS = frozenset({"body", "orelse", "finalbody"})
_WITH_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
#: Kinds of statements that count as another kind: a type hint or ``async`` makes no difference.
_ALIKE = {"AnnAssign": "Assign", "AsyncFor": "For", "AsyncWith": "With"}
_LITERAL = "#"
_IMPORTS = frozenset({ast.Import, ast.ImportFrom})


class _Kinds(dict[type[ast.AST], tuple[str, tuple[str, ...]]]):
    """The word and the fields of each kind of node that belong to a shape, found at first use."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, tuple[str, ...]]:
        """Compute, store and return those of `kind`, without the blocks of a statement."""
        without = _LEFT_OUT | _TEXTS | (_BLOCKS if issubclass(kind, _WITH_BLOCKS) else frozenset())
        fields = tuple(name for name in kind._fields if name not in without)
        self[kind] = _ALIKE.get(kind.__name__, kind.__name__), fields
        return self[kind]


_KINDS = _Kinds()


class Shape(NamedTuple):
    """The shape of a statement: its code with names and literals normalised, to compare it by.

    ``text`` is equal for two statements that do the same to other variables and values. ``size`` is
    the number of its nodes; a table of literals is one node.
    """

    text: str
    size: int


class Shapes:
    """The shapes of the statements of one file, each computed at first use and then kept."""

    def __init__(self, source: SourceFile) -> None:
        self._imported = dict(
            _imported(item, alias)
            for item, _ in every_statement_of(source)
            if type(item) in _IMPORTS and isinstance(item, (ast.Import, ast.ImportFrom))
            for alias in item.names
        )
        self._known: dict[ast.stmt, Shape] = {}

    def of(self, statement: ast.stmt) -> Shape:
        """Return the shape of `statement`, one of the file, without the statements inside it.

        If two imports of the file bind a name, at any level, it stands for the later one.
        """
        shape = self._known.get(statement)
        if shape is None:
            shape = self._known[statement] = _shape_of(statement, self._imported)
        return shape


def shapes_of(source: SourceFile) -> Shapes:
    """Return the shapes of `source`, which must parse. They are kept with it."""
    return source.once(Shapes)


def fingerprint(text: str) -> blake2b:
    """Return the hash of `text`, e.g. of a shape: equal for equal texts, and short.

    It can be updated, e.g. by the fingerprints of the statements inside a statement.
    """
    return blake2b(text.encode(), digest_size=_BYTES)


def _imported(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    """Return the name that `alias` binds and its full name.

    ``("c", "a.b")`` for ``import a.b as c``, ``("a", "a")`` for ``import a.b``, and
    ``("print", "print")`` for ``from builtins import print``. ``from .a import b`` counts as
    ``from a import b``.
    """
    if isinstance(statement, ast.ImportFrom):
        home = "" if statement.module == "builtins" else f"{statement.module or ''}."
        return alias.asname or alias.name, home + alias.name
    plain = alias.name.partition(".")[0]
    return (alias.asname, alias.name) if alias.asname else (plain, plain)


def _shape_of(statement: ast.stmt, imported: Mapping[str, str]) -> Shape:
    """Return the shape of `statement` without the statements inside it.

    `imported` has the full names of imports by their names in the file. A stack replaces recursion,
    which would fail on deep trees. The most frequent nodes, three quarters of all, are read here
    and not in a function.
    """
    words: list[str] = []
    names = _Names(imported, _all_that_it_says(statement))
    waiting: list[Any] = [statement]
    # the function of the last call, and what the last attribute was looked up in
    called: ast.AST | None = None
    owner: ast.AST | None = None
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            words.append(names.word(node.id, node is called, node is owner))
        elif kind is ast.Constant:
            words.append(_LITERAL)
        elif kind is ast.Attribute:
            words.append(f".{node.attr}:1")
            owner = node.value
            waiting.append(owner)
        elif kind is ast.Call:
            called = node.func
            words.append(f"Call{1 + len(node.args) + len(node.keywords)}")
            waiting += (*reversed(node.keywords), *reversed(node.args), called)
        elif kind in _CONTAINERS and is_literal(node):
            words.append(_LITERAL)
        else:
            word, parts = _word_and_parts(node)
            words.append(f"{word}{len(parts)}")
            waiting += reversed(parts)
    return Shape(" ".join(words), len(words))


class _Names(dict[str, str]):
    """The words for the variables of one statement in its shape, by name.

    The word of an import is its full name in `imported`. Others have a number, e.g. ``$0``, in the
    order in which they are looked up; the variable `kept` keeps its name, unless it is empty.
    """

    def __init__(self, imported: Mapping[str, str], kept: str) -> None:
        self._imported, self._count = imported, 0
        self["self"] = "self"
        if kept:
            self[kept], self._count = imported.get(kept, kept), 1

    def __missing__(self, name: str) -> str:
        """Compute, store and return the word for the variable `name`."""
        word = self._imported.get(name)
        if word is None:
            word = f"${self._count}"
            self._count += 1
        self[name] = word
        return word

    def word(self, name: str, called: bool, owner: bool) -> str:
        """Return the word for a use of `name`, which is `called`, or the `owner` of an attribute.

        A built-in stays as it is: ``max(rows)`` and ``ValueError``; not ``max = 3``. An import that
        is only passed on is marked: ``=shop.RATE`` in ``total * RATE``; not in ``RATE.rounded()``.
        """
        if name in self._imported:
            return self[name] if called or owner else f"={self[name]}"
        if name in _BUILTINS and (called or name[0].isupper()):
            return name
        return self[name]


def _all_that_it_says(statement: ast.stmt) -> str:
    """Return the name of the function if `statement` only calls it or returns its result, else "".

    The name is kept in the shape, so that two menus which call different functions differ. E.g.
    ``show(rows)``; not ``view.show(rows)`` or ``x = show(rows)``.
    """
    call = statement.value if isinstance(statement, (ast.Expr, ast.Return)) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        return call.func.id
    return ""


def _word_and_parts(node: ast.AST) -> tuple[str, list[ast.AST]]:
    """Return the word for `node` in a shape and the nodes directly inside it, in order.

    The word is a keyword's name, else the kind. Statements and the fields in `_LEFT_OUT` do not
    belong to a shape, nor does the text of an f-string.
    """
    if isinstance(node, ast.keyword):
        return f"{node.arg}=:", [node.value]
    if isinstance(node, ast.JoinedStr):
        return "JoinedStr", [part for part in node.values if isinstance(part, ast.FormattedValue)]
    word, fields = _KINDS[type(node)]
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return word, found


def is_literal(node: ast.AST) -> bool:
    """Return whether `node` is a literal or a list, tuple, set or dictionary of literals alone.

    Signs, ``~`` and ``not`` are allowed. E.g. ``-3``, ``"a"``, ``f"a"`` and ``[1, (2, 3)]``; not
    ``[x]``, ``f"{x}"`` or ``{**{}}``.
    """
    if type(node) not in _CONTAINERS:
        return isinstance(node, ast.Constant)
    waiting: list[ast.AST | None] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _TABLES):
            waiting.extend(item.elts)
        elif isinstance(item, ast.Dict):
            waiting.extend((*item.keys, *item.values))
        elif isinstance(item, ast.JoinedStr):
            waiting.extend(item.values)
        elif isinstance(item, ast.UnaryOp):
            waiting.append(item.operand)
        elif not isinstance(item, ast.Constant):
            return False
    return True
