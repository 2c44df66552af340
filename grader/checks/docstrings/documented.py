"""What a file should document, and what the docstring of each leaves out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.syntax.signatures import (
    Definition,
    definitions,
    does_nothing,
    plain_arguments,
    values_given,
)
from grader.analysis.syntax.statements import FUNCTIONS, Function, is_stub
from grader.checks.docstrings.substance import Described, leaves_open_what_comes_back
from grader.domain.source import SourceFile

#: Names of arguments that only pass on what they are given, or throw it away.
_PASSED_ON = frozenset({"_", "args", "kwargs", "kw", "kwds"})
#: What is read like a noun, or opened by ``with``, tells what it gives in another way.
_NOT_CALLED = frozenset({"property", "cached_property", "contextmanager", "asynccontextmanager"})
#: Classes further up than this are not asked for the docstring of a method.
_MOST_ANCESTORS = 20


@dataclass(frozen=True)
class Documented:
    """Something that a docstring is for: a definition, or the module where there is none."""

    node: ast.Module | ast.ClassDef | Function
    definition: Definition | None = None

    @cached_property
    def text(self) -> str:
        """Its docstring, or nothing."""
        return (ast.get_docstring(self.node) or "").strip()

    @property
    def own_name(self) -> str:
        """Its name without those of the classes around it; a file is not known by name."""
        return self.definition.node.name if self.definition else ""

    @property
    def is_function(self) -> bool:
        """Whether it is a function or method."""
        return isinstance(self.node, FUNCTIONS)

    @cached_property
    def arguments(self) -> list[str]:
        """The arguments that a docstring should mention.

        Not ``self`` or ``cls``, no starred ones, and none with a leading underscore or called
        ``args``, ``kwargs``, ``kw`` or ``kwds``.
        """
        found = plain_arguments(self.definition) if self.definition else []
        names = [argument.arg for argument in found]
        return [name for name in names if not (name in _PASSED_ON or name.startswith("_"))]

    @cached_property
    def unnamed(self) -> list[str]:
        """The arguments that the docstring does not name."""
        described = Described(self.text) if self.arguments else ()
        return [name for name in self.arguments if name not in described]

    @cached_property
    def hides_its_result(self) -> bool:
        """Whether it gives a value back and its docstring leaves open which."""
        if self.definition is None or isinstance(self.node, ast.Module | ast.ClassDef):
            return False
        if self.own_name == "main" or self.definition.decorators & _NOT_CALLED:
            return False
        return leaves_open_what_comes_back(self.text) and any(
            not (isinstance(given.value, ast.Name) and given.value.id == "self")
            for given in values_given(self.node)
        )

    @property
    def what(self) -> str:
        """What a sentence calls it where it comes first."""
        return f"`{self.definition.name}`" if self.definition else "This file"


def wanted_of(source: SourceFile) -> Iterator[Documented]:
    """Return the module and its public definitions that should have a docstring.

    Left out are definitions inside functions, overloads and setters, placeholder bodies, and
    methods marked ``override`` or overriding a documented one. A file that does nothing has
    none, and an ``__init__.py`` without definitions needs none for itself.
    """
    if is_stub(source.tree.body):
        return
    found = definitions(source.tree)
    if found or source.kind not in ("init", "test_init"):
        yield Documented(source.tree)
    inherited = _Inherited(found)
    for item in found:
        spoken_for = item.is_declared_twice or inherited.speaks_for(item)
        if item.is_public and not spoken_for and not does_nothing(item.node):
            yield Documented(item.node, item)


class _Inherited:
    """Which methods a class of the same file has documented for those that inherit from it."""

    def __init__(self, found: Iterable[Definition]) -> None:
        self._bases: dict[str, list[str]] = {}
        self._told: set[tuple[str, str]] = set()
        for item in found:
            if isinstance(item.node, ast.ClassDef):
                self._bases[item.node.name] = [_base_name(base) for base in item.node.bases]
            elif item.holder and ast.get_docstring(item.node, clean=False):
                self._told.add((item.holder.node.name, item.node.name))

    def speaks_for(self, item: Definition) -> bool:
        """Whether a method has no docstring because the one it overrides has."""
        if item.holder is None or ast.get_docstring(item.node, clean=False):
            return False
        above = self._bases.get(item.holder.node.name, [])
        if "override" in item.decorators and above:
            return True
        return any((name, item.node.name) in self._told for name in self._ancestors(above))

    def _ancestors(self, names: list[str]) -> list[str]:
        found = list(dict.fromkeys(names))[:_MOST_ANCESTORS]
        for name in found:  # which grows meanwhile
            more = (base for base in self._bases.get(name, []) if base not in found)
            found.extend(list(more)[: _MOST_ANCESTORS - len(found)])
        return found


def _base_name(base: ast.expr) -> str:
    named = base.value if isinstance(base, ast.Subscript) else base
    return named.id if isinstance(named, ast.Name) else ""
