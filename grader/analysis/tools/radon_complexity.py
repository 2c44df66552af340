"""Cyclomatic complexity of every block of a file, with radon's arithmetic.

A block is a function or method (inner ones too), the code of a module outside its functions, or
the code of a class outside its methods. Each is counted on its own: what an inner function
decides is not counted again for the function around it.
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

MODULE = "<module>"

#: A definition inside a block: its dotted name, itself, whether it is a method.
_Defined = tuple[str, Function | ast.ClassDef, bool]


@dataclass(frozen=True)
class Block:
    """``complexity`` is at least 1: the decisions of the block, plus one."""

    name: str
    line: int
    column: int
    complexity: int
    is_method: bool = False


class _OwnDecisions(ComplexityVisitor):  # type: ignore[misc]  # radon ships no types
    """Counts the decisions of one block and collects what is defined inside it, unvisited."""

    def __init__(self) -> None:
        super().__init__(off=True)
        self.inside: list[Function | ast.ClassDef] = []

    def visit_FunctionDef(self, node: Function) -> None:
        self.inside.append(node)

    def visit_AsyncFunctionDef(self, node: Function) -> None:
        self.inside.append(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.inside.append(node)


@lru_cache(maxsize=4)
def blocks(source: SourceFile) -> tuple[Block, ...]:
    """The blocks of a source in the order of their lines; the module's own comes first."""
    with room_for_recursion():
        found = list(_blocks(source.tree))
    return tuple(sorted(found, key=lambda block: (block.line, block.column, block.name)))


def total_complexity(source: SourceFile) -> int:
    """All decisions of a file, plus one, plus one for each method, as radon adds them up."""
    return 1 + sum(block.complexity - 1 + block.is_method for block in blocks(source))


def _blocks(tree: ast.Module) -> Iterator[Block]:
    complexity, waiting = _own(tree.body, "")
    yield Block(MODULE, 1, 0, complexity)
    while waiting:
        name, node, is_method = waiting.pop()
        is_class = isinstance(node, ast.ClassDef)
        complexity, inside = _own(node.body, f"{name}.", in_class=is_class)
        waiting.extend(inside)
        # A class is a block only where its own code decides something: its methods count alone.
        if complexity > 1 or not is_class:
            yield Block(name, node.lineno, node.col_offset + 1, complexity, is_method)


def _own(
    body: Sequence[ast.stmt], prefix: str, *, in_class: bool = False
) -> tuple[int, list[_Defined]]:
    """The complexity of a body, and what it defines, by dotted name."""
    visitor = _OwnDecisions()
    for statement in body:
        visitor.visit(statement)
    return visitor.complexity, [
        (prefix + node.name, node, in_class and not isinstance(node, ast.ClassDef))
        for node in visitor.inside
    ]
