"""PEP 8's rules of case, as the library pep8-naming reads them, on the tree that checks share.

The library walks a tree by recursion, searches the bodies of all parents for every class, and
keeps its options on its classes. Here each visitor is asked about each node in one flat pass,
with options on the instance, so that a deep tree, a class inside ``match`` or another rubric's
options cannot change a verdict. N818 (exceptions are called ``...Error``), which the library
leaves out by default and which is no rule of case, is left out for good.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

_VISITORS = (
    library.ClassNameCheck(),
    library.FunctionNameCheck(),
    library.FunctionArgNamesCheck(),
    library.ImportAsCheck(),
    library.VariablesCheck(),
    library.TypeVarNameCheck(),
)
_DECORATORS = {
    "classmethod": library.FunctionType.CLASSMETHOD,
    "staticmethod": library.FunctionType.STATICMETHOD,
}


@dataclass(frozen=True, order=True)
class CaseViolation:
    """One complaint. ``line`` and ``column`` are 1-based."""

    line: int
    column: int
    code: str
    text: str


class _FlatChecker(library.NamingChecker):  # type: ignore[misc]  # it publishes no types
    """The library's checker with its options on the instance and ``global`` looked up once."""

    def __init__(self, found: Sequence[tuple[ast.AST, Scope]], allowed: library.NameSet) -> None:
        self.ignored, self.decorator_to_type = allowed, _DECORATORS
        self.visitors = _VISITORS
        self._globals: dict[Scope, set[str]] = {}
        for node, scope in found:
            if isinstance(node, ast.Global):
                self._globals.setdefault(scope, set()).update(node.names)

    def find_global_defs(self, func_def_node: Any) -> None:
        func_def_node.global_names = self._globals.get(func_def_node, frozenset())


def case_violations(
    found: Sequence[tuple[ast.AST, Scope]], allowed: tuple[str, ...] = ()
) -> list[CaseViolation]:
    """What the library says of the nodes that :func:`grader.analysis.syntax.names.scoped` found.

    ``allowed`` are names, or patterns with ``*`` and ``?``, to accept beside :data:`ALLOWED`.
    """
    with room_for_recursion():
        return sorted(_complaints(found, library.NameSet((*ALLOWED, *allowed))))


def _complaints(
    found: Sequence[tuple[ast.AST, Scope]], allowed: library.NameSet
) -> Iterator[CaseViolation]:
    checker = _FlatChecker(found, allowed)
    for node, scope in found:
        for line, column, text, _ in checker.visit_node(node, _parents(node, scope)):
            code, message = text.split(" ", 1)
            yield CaseViolation(line, column, code, message.replace("'", "`"))


def _parents(node: ast.AST, scope: Scope) -> tuple[Scope, ...]:
    """What a visitor needs of the nodes above: the nearest function or class.

    For a class they would only serve to look for its bases, which N818 needs.
    """
    return () if isinstance(node, ast.ClassDef) or isinstance(scope, ast.Module) else (scope,)
