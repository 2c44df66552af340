"""Cyclomatic complexity of every block of a file, as radon computes it.

A block is a function or method (nested ones too), the code of a module outside its functions, or
the code of a class outside its methods. Each block is counted separately: the decisions of a nested
function are not added to the function around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from radon.visitors import ComplexityVisitor

from grader.analysis.syntax.statements import Function
from grader.analysis.tools.recursion import room_for_recursion
from grader.domain.source import SourceFile

#: The name of the block that is the code of a module outside its functions and classes.
MODULE = "<module>"

#: A definition inside a block: its dotted name, its node, and whether it is a method.
_Definition = tuple[str, Function | ast.ClassDef, bool]


@dataclass(frozen=True)
class Block:
    """A function, or the code of a module or class outside its functions, with its complexity.

    See :func:`blocks` for the classes that have one. ``complexity`` is the number of its decisions
    as radon counts them (``if``, loops, ``except``, ``and``, ``assert`` ...) plus one, without
    those of nested blocks. ``name`` is dotted: ``Circle.area``. ``line`` and ``column`` are
    1-based, those of the ``def`` or ``class``; the block of the module is named ``<module>``, in
    line 1 and column 0. ``is_function``: it is a function or method. ``is_method``: it is a
    function directly in a class.
    """

    name: str
    line: int
    column: int
    complexity: int
    is_function: bool = False
    is_method: bool = False


class _BlockVisitor(ComplexityVisitor):  # type: ignore[misc]  # radon ships no types
    """radon's visitor, which counts the decisions of one block.

    It collects nested definitions in ``nested`` and does not visit them.
    """

    def __init__(self) -> None:
        super().__init__(off=True)
        self.nested: list[Function | ast.ClassDef] = []

    def visit_FunctionDef(self, node: Function) -> None:
        self.nested.append(node)

    def visit_AsyncFunctionDef(self, node: Function) -> None:
        self.nested.append(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.nested.append(node)


@lru_cache(maxsize=4)
def blocks(source: SourceFile) -> tuple[Block, ...]:
    """Return a block for the module, each function and method, and each class with a decision.

    Nested functions have blocks of their own. A class has one only for decisions outside its
    methods. The blocks are sorted by line; that of the module comes first.
    """
    with room_for_recursion():
        every_block = list(_blocks(source.tree))
    return tuple(sorted(every_block, key=lambda block: (block.line, block.column, block.name)))


def total_complexity(source: SourceFile) -> int:
    """Return the complexity of the whole of `source`: its decisions, its methods, and one, added.

    That is the total which radon puts into the maintainability index, except that radon leaves out
    functions and classes inside functions, and classes inside classes. Functions that are no
    methods add nothing but their decisions.
    """
    return 1 + sum(block.complexity - 1 + block.is_method for block in blocks(source))


def _blocks(tree: ast.Module) -> Iterator[Block]:
    """Yield the blocks of `tree`: the module's first, the others in no particular order."""
    complexity, waiting = _complexity_of(tree.body, "")
    yield Block(MODULE, 1, 0, complexity)
    while waiting:
        name, node, is_method = waiting.pop()
        is_class = isinstance(node, ast.ClassDef)
        complexity, nested = _complexity_of(node.body, f"{name}.", in_class=is_class)
        waiting.extend(nested)
        # A class is a block only if its own code has a decision, e.g. `if sys.platform == "win32":`
        # in its body. A class of methods only is not: each method is a block of its own.
        if complexity > 1 or not is_class:
            place = node.lineno, node.col_offset + 1
            yield Block(name, *place, complexity, not is_class, is_method)


def _complexity_of(
    body: Sequence[ast.stmt], prefix: str, *, in_class: bool = False
) -> tuple[int, list[_Definition]]:
    """Return the complexity of `body` and the definitions nested in it, named after `prefix`."""
    visitor = _BlockVisitor()
    for statement in body:
        visitor.visit(statement)
    return visitor.complexity, [
        (prefix + node.name, node, in_class and not isinstance(node, ast.ClassDef))
        for node in visitor.nested
    ]
