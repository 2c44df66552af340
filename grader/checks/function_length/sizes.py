"""Four sizes of every function: its statements, its arguments, its nesting and its returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    Function,
    every_statement,
    is_docstring,
)

_NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
#: ``try`` with ``except*`` is a class of its own.
_ALSO_NESTING = frozenset({"TryStar"})

#: Every statement with the index of its parent; the first is its own parent.
_Nodes = Sequence[tuple[ast.AST, int]]


@dataclass(frozen=True)
class Size:
    """One function, measured.

    ``length`` counts the statements inside it, inner functions and all; ``nesting`` (how many
    blocks lie around its deepest statement) and ``returns`` leave inner functions to themselves.
    """

    function: Function
    length: int
    arguments: int
    nesting: int
    returns: int


def sizes(tree: ast.Module) -> list[Size]:
    """The sizes of every function, inner ones and methods too, in the order of their lines."""
    return sorted(_sizes(tree), key=lambda one: (one.function.lineno, one.function.col_offset))


def _sizes(tree: ast.Module) -> Iterator[Size]:
    nodes = every_statement(tree)
    lengths, owners = _lengths(nodes), _owners(nodes)
    depths = _depths(nodes)
    nesting, returns = [0] * len(nodes), [0] * len(nodes)
    for at, (node, _) in enumerate(nodes):
        owner = owners[at]
        nesting[owner] = max(nesting[owner], depths[at])
        returns[owner] += isinstance(node, ast.Return)
    for at, (node, _) in enumerate(nodes):
        if isinstance(node, FUNCTIONS):
            around = nodes[owners[at]][0]
            yield Size(node, lengths[at], _arguments(node, around), nesting[at], returns[at])


def _lengths(nodes: _Nodes) -> list[int]:
    """How many statements lie inside each, in one pass from the leaves up."""
    inside = [0] * len(nodes)
    for at in range(len(nodes) - 1, 0, -1):
        node, parent = nodes[at]
        inside[parent] += inside[at] + (not _is_docstring_of(node, nodes[parent][0]))
    return inside


def _is_docstring_of(statement: ast.AST, parent: ast.AST) -> bool:
    if not isinstance(parent, DEFINITIONS) or statement is not parent.body[0]:
        return False
    return is_docstring(parent.body[0])


def _owners(nodes: _Nodes) -> list[int]:
    """The innermost definition around each statement; the module's index is 0."""
    owners = [0] * len(nodes)
    for at, (_, parent) in enumerate(nodes):
        is_definition = isinstance(nodes[parent][0], DEFINITIONS)
        owners[at] = parent if is_definition else owners[parent]
    return owners


def _depths(nodes: _Nodes) -> list[int]:
    """How many blocks of its own function a statement opens or lies in."""
    depths = [0] * len(nodes)
    for at, (node, parent) in enumerate(nodes):
        if at and not isinstance(node, DEFINITIONS):
            around = nodes[parent][0]
            outside = 0 if isinstance(around, DEFINITIONS) else depths[parent]
            depths[at] = outside + (_nests(node) and not _is_elif(node, around))
    return depths


def _nests(node: ast.AST) -> bool:
    return isinstance(node, _NESTING) or type(node).__name__ in _ALSO_NESTING


def _is_elif(node: ast.AST, around: ast.AST) -> bool:
    """Whether an ``if`` is the ``elif`` of the one around it: the two words stand in one column."""
    if not isinstance(node, ast.If) or not isinstance(around, ast.If):
        return False
    return around.orelse[:1] == [node] and node.col_offset == around.col_offset


def _arguments(function: Function, around: ast.AST) -> int:
    """How many named arguments there are to give, ``self`` and ``cls`` aside."""
    given = function.args
    named = len(given.posonlyargs) + len(given.args)
    bound = isinstance(around, ast.ClassDef) and named > 0 and not _is_static(function)
    return named + len(given.kwonlyargs) - bound


def _is_static(function: Function) -> bool:
    return any(
        isinstance(item, ast.Name) and item.id == "staticmethod" for item in function.decorator_list
    )
