"""Compute four sizes of each function: its statements, arguments, nesting and returns."""

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
    works,
)

#: Statements that open a block. A definition does not: nesting starts at 0 inside it.
_NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
#: Names of further such classes: ``try`` with ``except*`` has one of its own since Python 3.11.
_ALSO_NESTING = frozenset({"TryStar"})

#: The module and each statement in it, with the index of its parent. Parents come first; the
#: module is its own parent.
_Nodes = Sequence[tuple[ast.AST, int]]


@dataclass(frozen=True)
class Size:
    """The sizes of one function, whose node is ``function``.

    ``length`` is the number of statements in it, without docstrings. ``arguments`` leaves out
    ``*args``, ``**kwargs`` and the first argument of a method, whatever its name, unless the method
    is static. ``nesting`` is the number of blocks around its deepest statement: 1 for a statement
    in an ``if``. Blocks are those of ``if``, loops, ``with``, ``try`` and ``match``; an ``elif``
    adds none. ``returns`` is its number of ``return`` statements. Nested functions and classes, and
    the statements in them, count for ``length`` only. ``work`` is the number of its own statements
    that do work (see :func:`works`), with those in nested classes.
    """

    function: Function
    length: int
    work: int
    arguments: int
    nesting: int
    returns: int


def sizes(tree: ast.Module) -> list[Size]:
    """Return the sizes of each function of `tree`, methods and nested ones too, in line order."""
    return sorted(_sizes(tree), key=lambda one: (one.function.lineno, one.function.col_offset))


def _sizes(tree: ast.Module) -> Iterator[Size]:
    """Yield the sizes of each function of `tree`, outer functions before the nested ones."""
    nodes = every_statement(tree)
    lengths, owners = _lengths(nodes), _owners(nodes)
    depths = _depths(nodes)
    nesting, returns, work = [0] * len(nodes), [0] * len(nodes), [0] * len(nodes)
    functions: dict[int, int] = {}
    for at, (node, _) in enumerate(nodes):
        owner = owners[at]
        nesting[owner] = max(nesting[owner], depths[at])
        returns[owner] += isinstance(node, ast.Return)
        if isinstance(nodes[owner][0], ast.ClassDef):
            # Code in the body of a class is work of the function around the class.
            functions[owner] = owner = functions.get(owners[owner], owners[owner])
        work[owner] += isinstance(node, ast.stmt) and works(node)
    for at, (node, _) in enumerate(nodes):
        if isinstance(node, FUNCTIONS):
            arguments = _arguments(node, nodes[owners[at]][0])
            yield Size(node, lengths[at], work[at], arguments, nesting[at], returns[at])


def _lengths(nodes: _Nodes) -> list[int]:
    """Return for each of `nodes` the number of statements inside it, without docstrings.

    It takes one pass: parents come first, so the way back adds each to its parent when complete.
    """
    inside = [0] * len(nodes)
    for at in range(len(nodes) - 1, 0, -1):
        node, parent = nodes[at]
        inside[parent] += inside[at] + (not _is_docstring_of(node, nodes[parent][0]))
    return inside


def _is_docstring_of(statement: ast.AST, parent: ast.AST) -> bool:
    """Return whether `statement` is the docstring of `parent`, a function or a class."""
    if not isinstance(parent, DEFINITIONS) or statement is not parent.body[0]:
        return False
    return is_docstring(parent.body[0])


def _owners(nodes: _Nodes) -> list[int]:
    """Return for each of `nodes` the index of the innermost function or class around it.

    It is 0, the index of the module, outside every function and class.
    """
    owners = [0] * len(nodes)
    for at, (_, parent) in enumerate(nodes):
        is_definition = isinstance(nodes[parent][0], DEFINITIONS)
        owners[at] = parent if is_definition else owners[parent]
    return owners


def _depths(nodes: _Nodes) -> list[int]:
    """Return for each of `nodes` the number of blocks that it is in, plus 1 if it opens one.

    Only blocks in the same function or class count. An ``elif`` opens no further block, and the
    depth of a definition is 0.
    """
    depths = [0] * len(nodes)
    for at, (node, parent) in enumerate(nodes):
        if at and not isinstance(node, DEFINITIONS):
            around = nodes[parent][0]
            outside = 0 if isinstance(around, DEFINITIONS) else depths[parent]
            depths[at] = outside + (_nests(node) and not _is_elif(node, around))
    return depths


def _nests(node: ast.AST) -> bool:
    """Return whether `node` is a statement that opens a block, e.g. ``for``."""
    return isinstance(node, _NESTING) or type(node).__name__ in _ALSO_NESTING


def _is_elif(node: ast.AST, around: ast.AST) -> bool:
    """Return whether `node` is an ``elif`` of the ``if`` that is `around` it.

    The tree is the same for ``else:`` with an ``if`` below it, but then the columns differ.
    """
    if not isinstance(node, ast.If) or not isinstance(around, ast.If):
        return False
    return around.orelse[:1] == [node] and node.col_offset == around.col_offset


def _arguments(function: Function, around: ast.AST) -> int:
    """Return the number of arguments of `function`, without ``*args`` and ``**kwargs``.

    `around` is the definition around it. If that is a class, the first argument is left out,
    whatever its name, unless the method is static.
    """
    given = function.args
    named = len(given.posonlyargs) + len(given.args)
    bound = isinstance(around, ast.ClassDef) and named > 0 and not _is_static(function)
    return named + len(given.kwonlyargs) - bound


def _is_static(function: Function) -> bool:
    """Return whether `function` has the decorator ``@staticmethod``."""
    return any(
        isinstance(item, ast.Name) and item.id == "staticmethod" for item in function.decorator_list
    )
