"""The shape of a statement: its syntax with names and literals normalised.

Two statements of the same shape do the same thing to other variables and values. Names that the
author chose become numbers in the order of their first use within the statement, so that
``a = a + b`` and ``c = c + d`` have the same shape while ``a = b + c`` has another. Any literal,
and any list, tuple, set or dictionary of literals alone, becomes ``#``. Operators, attributes and
keywords are kept. So are imported and built-in names, with their full name instead of an alias,
and the name of a function if a statement does nothing but call it, or return its result.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from typing import NamedTuple

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


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that belong to a shape, computed at first use."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        """Compute, store and return the fields of `kind`, without the blocks of a statement."""
        without = _LEFT_OUT | _TEXTS | (_BLOCKS if issubclass(kind, _WITH_BLOCKS) else frozenset())
        self[kind] = tuple(name for name in kind._fields if name not in without)
        return self[kind]


_FIELDS = _Fields()


class Shape(NamedTuple):
    """The shape of a statement: its code with names and literals normalised, to compare it by.

    ``text`` is equal for two statements that do the same to other variables and values. ``size`` is
    the number of its nodes; a table of literals is one node.
    """

    text: str
    size: int


def imported_names(statements: Iterable[ast.AST]) -> dict[str, str]:
    """Return the full name of each import among `statements`, by its name in this file.

    E.g. ``{"path": "os.path"}`` for ``from os import path``; ``import a.b`` gives ``a`` itself.
    ``from .a import b`` counts as ``from a import b``, and names from ``builtins`` stay plain.
    Statements inside `statements` are not searched, so pass those of all levels. If two imports
    bind a name, the later one wins.
    """
    found: dict[str, str] = {}
    for item in statements:
        if isinstance(item, ast.Import | ast.ImportFrom):
            found.update(_imported(item, alias) for alias in item.names)
    return found


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


def shape_of(statement: ast.stmt, imported: Mapping[str, str]) -> Shape:
    """Return the shape of `statement` without the statements inside it.

    `imported` is the result of `imported_names` for the file. A stack replaces recursion, which
    would fail on deep trees.
    """
    words: list[str] = []
    numbers: dict[str, str] = {}
    if name := _all_that_it_says(statement):
        numbers[name] = name
    waiting: list[ast.AST] = [statement]
    called: ast.AST | None = None
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            words.append(_name(node.id, node is called, imported, numbers))
        elif isinstance(node, ast.Constant) or (type(node) in _CONTAINERS and is_literal(node)):
            words.append(_LITERAL)
        else:
            parts = _parts(node)
            words.append(f"{_word(node)}{len(parts)}")
            waiting.extend(reversed(parts))
            called = node.func if isinstance(node, ast.Call) else None
    return Shape(" ".join(words), len(words))


def _name(name: str, called: bool, imported: Mapping[str, str], numbers: dict[str, str]) -> str:
    """Return the word for the variable `name` in a shape.

    That is its full name if it is in `imported`, `name` itself if it is built in, and else its
    number, e.g. ``$0``, which is added to `numbers` if it is new. `called`: the name is called.
    """
    if name in imported:
        return imported[name]
    if name in _BUILTINS and (called or name[0].isupper()):
        return name
    return numbers.setdefault(name, f"${len(numbers)}")


def _all_that_it_says(statement: ast.stmt) -> str:
    """Return the name of the function if `statement` only calls it or returns its result, else "".

    The name is kept in the shape, so that two menus which call different functions differ. E.g.
    ``show(rows)``; not ``view.show(rows)`` or ``x = show(rows)``.
    """
    call = statement.value if isinstance(statement, ast.Expr | ast.Return) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        return call.func.id
    return ""


def _word(node: ast.AST) -> str:
    """Return the word for `node` in a shape: its attribute or keyword, else its kind."""
    if isinstance(node, ast.Attribute):
        return f".{node.attr}:"
    if isinstance(node, ast.keyword):
        return f"{node.arg}=:"
    name = type(node).__name__
    return _ALIKE.get(name, name)


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly inside `node` that belong to its shape, in the order of fields.

    Statements and the fields in `_LEFT_OUT` do not, nor does the text of an f-string.
    """
    if isinstance(node, ast.JoinedStr):
        return [part for part in node.values if isinstance(part, ast.FormattedValue)]
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
    return found


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
