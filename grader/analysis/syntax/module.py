"""The scopes, calls, imports and bindings of a Python file, shared by all checks.

:func:`module_of` reads a file at the first call and keeps the result. Properties that need another
pass, such as :attr:`Module.bindings`, are computed at first use.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from grader.analysis.syntax.call_targets import Aliases, Target, aliases_of, target_of
from grader.analysis.syntax.module_bindings import Binding, bindings_of
from grader.analysis.syntax.reading import read
from grader.analysis.syntax.scopes import Block, Scope
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.stdlib_effects import (
    Effect,
    effect_of,
    effect_of_method,
    is_method_with_effect,
)
from grader.analysis.syntax.value_kinds import ValueKinds
from grader.domain.source import SourceFile


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file, read: its scopes, imports, statements and calls.

    :func:`module_of` returns it. ``scopes`` are in the order of the text, the module's own first.
    ``imports`` are all import statements, inside functions and classes too. :meth:`target` says
    which function a call refers to, :meth:`effect_of` what it does besides returning a value.
    """

    scopes: Sequence[Scope]
    imports: Sequence[ast.Import | ast.ImportFrom]

    @property
    def top(self) -> Sequence[Block]:
        """The blocks of statements outside every function and class.

        The body of the module is the first; each branch of an ``if``, loop or ``try`` is one of its
        own.
        """
        return self.scopes[0].blocks

    @cached_property
    def functions(self) -> Mapping[Function, Scope]:
        """The scope of each function and method by its node, in the order of the text.

        Nested ones are included, lambdas are not.
        """
        return {scope.node: scope for scope in self.scopes if isinstance(scope.node, FUNCTIONS)}

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes of the file by their bare names, nested ones too."""
        nodes = (scope.node for scope in self.scopes)
        return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}

    @cached_property
    def bindings(self) -> Mapping[str, Sequence[Binding]]:
        """The bindings of each name that the statements of :attr:`top` bind.

        Left out is what :func:`bindings_of` ignores, e.g. names bound by ``:=``.
        """
        return bindings_of(self.top)

    @cached_property
    def aliases(self) -> Aliases:
        """What imported names refer to, and the names of its functions, methods and classes."""
        return aliases_of([*self.imports, *(scope.node for scope in self.scopes)])

    def target(self, function: ast.expr) -> Target:
        """Return what ``function``, the expression before a call's brackets, means in this file.

        See :func:`~grader.analysis.syntax.call_targets.target_of`.
        """
        return target_of(function, self.aliases)

    def base(self, value: ast.expr) -> str:
        """Return the dotted name of ``value``, a base class: ``a.B`` also of ``a.B[int]``."""
        while isinstance(value, ast.Subscript):
            value = value.value
        return self.target(value).dotted

    @cached_property
    def _kinds(self) -> ValueKinds:
        return ValueKinds(self.aliases, self.scopes)

    def effect_of(self, call: ast.Call, scope: Scope) -> Effect | None:
        """Return the effect of ``call``, which is in ``scope``, or ``None`` if it is not known.

        Functions are known by their dotted name, unless the file defines them. A few methods are
        known by their own name (``path.read_text()``), others by the kind of value that they are
        called on (see :meth:`ValueKinds.kind`), e.g. ``file.read()`` after ``file = open(path)``.
        ``open`` with a mode such as ``"w"`` writes, and ``execute`` of SQL is for a database.
        """
        function = call.func
        _, _, dotted = self.target(function)
        if dotted:
            effect = None if dotted in self.aliases.own else effect_of(dotted)
            return Effect.WRITES if effect is Effect.READS and opens_to_write(call) else effect
        if not isinstance(function, ast.Attribute):
            return None
        if not is_method_with_effect(function.attr):
            return None
        if function.attr == "execute" and runs_sql(call):
            return Effect.DATABASE
        return effect_of_method(function.attr, self._kinds.kind(function.value, scope))

    def kind_of(self, value: ast.expr, scope: Scope) -> str:
        """Return the kind of ``value`` in ``scope``, e.g. "frame" (see :meth:`ValueKinds.kind`)."""
        return self._kinds.kind(value, scope)

    @property
    def statements(self) -> Iterator[ast.stmt]:
        """Every statement of the file, block by block."""
        return chain.from_iterable(block.statements for block in self._blocks)

    @property
    def calls(self) -> Iterator[ast.Call]:
        """Every call of the file, block by block, except those in annotations."""
        return chain.from_iterable(block.calls for block in self._blocks)

    @property
    def _blocks(self) -> Iterator[Block]:
        return chain.from_iterable(scope.blocks for scope in self.scopes)


def read_module(source: SourceFile) -> Module:
    """Read the code of ``source``, which must parse; each call reads it again.

    Checks call :func:`module_of` instead, which keeps the result.
    """
    reading = read(source.tree)
    return Module(reading.scopes, reading.imports)


def module_of(source: SourceFile) -> Module:
    """Return ``source`` as a :class:`Module`, read at the first call and then kept.

    ``source`` must parse.
    """
    return source.once(read_module)


def opens_to_write(call: ast.Call) -> bool:
    """Return whether ``call``, of a function that opens a file, has a mode such as ``"w"``.

    The mode is the second argument, or the one named ``mode``.
    """
    modes = [each.value for each in call.keywords if each.arg == "mode"] or call.args[1:2]
    mode = modes[0].value if modes and isinstance(modes[0], ast.Constant) else ""
    return isinstance(mode, str) and mode[:1] in ("w", "a", "x") and len(mode) <= 3


#: Words that an SQL statement begins with.
_SQL = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE TABLE", "DROP TABLE")


def runs_sql(call: ast.Call) -> bool:
    """Return whether the first argument of ``call`` is a literal SQL statement."""
    first = call.args[0] if call.args else None
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]
    text = first.value if isinstance(first, ast.Constant) else ""
    return isinstance(text, str) and text.lstrip().upper().startswith(_SQL)
