"""The shape of a statement: what is left of it when its names and literals are rubbed out.

Two statements of one shape do the same thing to other variables and other values. Names that the
author chose become numbers in the order of their first use within the statement, so that
``a = a + b`` and ``c = c + d`` are alike while ``a = b + c`` is not. Any literal, and any table
made of literals alone, becomes one mark. What is not the author's stays: operators, attributes,
keywords, and what is imported or built in, under its real name whatever it was imported as.
So does the name of a function that a statement does nothing but call.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from typing import NamedTuple

#: Built-in functions and exceptions. A variable may well be called ``list`` or ``max``, so small
#: letters count as built in only where they are called.
_BUILTINS = frozenset(dir(builtins))
_TABLES = (ast.List, ast.Tuple, ast.Set)
#: Fields that say nothing of what is done.
_LEFT_OUT = frozenset({"annotation", "returns", "ctx", "format_spec"})
#: Words for what a type hint or a wait changes nothing about.
_ALIKE = {"AnnAssign": "Assign", "AsyncFor": "For", "AsyncWith": "With"}
_LITERAL = "#"


class Shape(NamedTuple):
    """``text`` is equal for equal shapes only; ``size`` is the number of its nodes."""

    text: str
    size: int


def imported_names(statements: Iterable[ast.AST]) -> dict[str, str]:
    """The full name of everything that is imported, by the name it goes under here."""
    found: dict[str, str] = {}
    for item in statements:
        if isinstance(item, ast.Import | ast.ImportFrom):
            found.update(_imported(item, alias) for alias in item.names)
    return found


def _imported(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    if isinstance(statement, ast.ImportFrom):
        home = "" if statement.module == "builtins" else f"{statement.module or ''}."
        return alias.asname or alias.name, home + alias.name
    plain = alias.name.partition(".")[0]
    return (alias.asname, alias.name) if alias.asname else (plain, plain)


def shape_of(statement: ast.stmt, imported: Mapping[str, str]) -> Shape:
    """The shape of a statement without the statements inside it; never recursive."""
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
        elif is_literal(node):
            words.append(_LITERAL)
        else:
            parts = _parts(node)
            words.append(f"{_word(node)}{len(parts)}")
            waiting.extend(reversed(parts))
            called = node.func if isinstance(node, ast.Call) else None
    return Shape(" ".join(words), len(words))


def _name(name: str, called: bool, imported: Mapping[str, str], numbers: dict[str, str]) -> str:
    if name in imported:
        return imported[name]
    if name in _BUILTINS and (called or name[0].isupper()):
        return name
    return numbers.setdefault(name, f"${len(numbers)}")


def _all_that_it_says(statement: ast.stmt) -> str:
    """The name of the function where a statement is nothing but its call.

    Two menus that call different functions are not alike, so here its own name stays.
    """
    call = statement.value if isinstance(statement, ast.Expr | ast.Return) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        return call.func.id
    return ""


def _word(node: ast.AST) -> str:
    """What a node says by itself."""
    if isinstance(node, ast.Attribute):
        return f".{node.attr}:"
    if isinstance(node, ast.keyword):
        return f"{node.arg}=:"
    name = type(node).__name__
    return _ALIKE.get(name, name)


def _parts(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside a node that belong to its shape: no statements, no hints."""
    if isinstance(node, ast.JoinedStr):
        return [part for part in node.values if isinstance(part, ast.FormattedValue)]
    found: list[object] = []
    for name in node._fields:
        value = None if name in _LEFT_OUT else getattr(node, name, None)
        if isinstance(value, list):
            found.extend(value)
        else:
            found.append(value)
    return [item for item in found if isinstance(item, ast.AST) and not isinstance(item, ast.stmt)]


def is_literal(node: ast.AST) -> bool:
    """Whether a node is a literal, with or without a sign, or a table of nothing else."""
    if not isinstance(node, (ast.Constant, ast.UnaryOp, ast.JoinedStr, ast.Dict, *_TABLES)):
        return False
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
