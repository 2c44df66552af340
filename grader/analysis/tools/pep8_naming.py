"""Run the naming rules of the library pep8-naming on a shared syntax tree.

The library walks the tree recursively, searches the bodies of all parents for every class, and
stores its options on its classes. This module passes every node to every visitor in one flat loop
and stores the options on the instance, so that a deep tree, a class inside ``match`` or another
rubric's options cannot change a verdict. N818 (names of exceptions end in ``Error``) is never
reported: the library turns it off by default, and it is not about upper and lower case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pep8ext_naming as library

from grader.analysis.syntax.names import Scope
from grader.analysis.tools.recursion import room_for_recursion

#: Names that the library allows by default: those of unittest and Django.
ALLOWED = (
    "setUp",
    "tearDown",
    "setUpClass",
    "tearDownClass",
    "setUpModule",
    "tearDownModule",
    "asyncSetUp",
    "asyncTearDown",
    "setUpTestData",
    "failureException",
    "longMessage",
    "maxDiff",
)

#: The library's rules, each for some kinds of nodes.
_VISITORS = (
    library.ClassNameCheck(),
    library.FunctionNameCheck(),
    library.FunctionArgNamesCheck(),
    library.ImportAsCheck(),
    library.VariablesCheck(),
    library.TypeVarNameCheck(),
)
#: Decorators that change which name the first argument of a method must have.
_DECORATORS = {
    "classmethod": library.FunctionType.CLASSMETHOD,
    "staticmethod": library.FunctionType.STATICMETHOD,
}


@dataclass(frozen=True, order=True)
class CaseViolation:
    """One report of pep8-naming. ``line`` and ``column`` are 1-based; ``text`` lacks the code.

    ``node`` binds the name, e.g. an assignment or a function with its arguments, and lies in
    ``scope``.
    """

    line: int
    column: int
    code: str
    text: str
    node: ast.AST = field(compare=False)
    scope: Scope = field(compare=False)

    @property
    def name(self) -> str:
        """The name that the text quotes; of an imported one the name after ``as`` comes second."""
        return self.text.partition("`")[2].partition("`")[0]


class _FlatChecker(library.NamingChecker):  # type: ignore[misc]  # it publishes no types
    """The library's checker with options on the instance.

    The names that each function declares ``global`` are collected once, for all functions.
    """

    def __init__(self, nodes: Sequence[tuple[ast.AST, Scope]], allowed: library.NameSet) -> None:
        self.ignored, self.decorator_to_type = allowed, _DECORATORS
        self.visitors = _VISITORS
        self._globals: dict[Scope, set[str]] = {}
        for node, scope in nodes:
            if isinstance(node, ast.Global):
                self._globals.setdefault(scope, set()).update(node.names)

    def find_global_defs(self, func_def_node: Any) -> None:
        """Store the names that a function declares ``global`` as an attribute of `func_def_node`.

        The library calls this and reads the attribute, ``global_names``; empty without any.
        """
        func_def_node.global_names = self._globals.get(func_def_node, frozenset())


def case_violations(
    nodes: Sequence[tuple[ast.AST, Scope]], allowed: tuple[str, ...] = ()
) -> list[CaseViolation]:
    """Return the reports of pep8-naming about `nodes`, except N818, sorted by line and column.

    `nodes` are all those of a file that :func:`grader.analysis.syntax.names.scoped` yields.
    `allowed` are names, or patterns with ``*`` and ``?``, that are accepted in addition to
    :data:`ALLOWED`, the names of unittest and Django.
    """
    with room_for_recursion():
        return sorted(_violations(nodes, library.NameSet((*ALLOWED, *allowed))))


def _violations(
    nodes: Sequence[tuple[ast.AST, Scope]], allowed: library.NameSet
) -> Iterator[CaseViolation]:
    """Yield the library's reports, node by node, with names in backquotes."""
    checker = _FlatChecker(nodes, allowed)
    for node, scope in nodes:
        # A visitor only looks at the nearest function or class around a node. A class needs none:
        # its parents would only serve to find its bases, for N818.
        alone = isinstance(node, ast.ClassDef) or isinstance(scope, ast.Module)
        for line, column, text, _ in checker.visit_node(node, () if alone else (scope,)):
            code, message = text.split(" ", 1)
            yield CaseViolation(line, column, code, message.replace("'", "`"), node, scope)
