"""The one reading of a Python file, which every check of its code may ask.

A file is read once (:func:`module_of`), whoever asks first. What needs a further step, such as
what each name of the module is bound to, is computed when it is first asked for.
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
from grader.analysis.syntax.stdlib_effects import Effect, effect_of, effect_of_method, kind_of
from grader.domain.source import SourceFile


@dataclass(frozen=True, eq=False)
class Module:
    """What a file says: its scopes in the order of the text, the module's own first."""

    scopes: Sequence[Scope]
    imports: Sequence[ast.Import | ast.ImportFrom]

    @property
    def top(self) -> Sequence[Block]:
        """The blocks of statements that are outside every function and class."""
        return self.scopes[0].blocks

    @cached_property
    def functions(self) -> Mapping[Function, Scope]:
        """Every function and method, inner ones too, in the order of the text, with its scope."""
        return {scope.node: scope for scope in self.scopes if isinstance(scope.node, FUNCTIONS)}

    @cached_property
    def bindings(self) -> Mapping[str, Sequence[Binding]]:
        """What :attr:`top` binds to each name of the module."""
        return bindings_of(self.top)

    @cached_property
    def aliases(self) -> Aliases:
        """What the names of the file stand for: imported things, and what the file defines."""
        return aliases_of([*self.imports, *(scope.node for scope in self.scopes)])

    def target(self, function: ast.expr) -> Target:
        """Return what ``function``, a name or attributes of one, means where it is called."""
        return target_of(function, self.aliases)

    def effect_of(self, call: ast.Call, scope: Scope) -> Effect | None:
        """Return what ``call``, which is code of ``scope``, does beside giving a value.

        A method is known where the top of the module binds its value, and by a telling name.
        """
        function = call.func
        _, name, dotted = self.target(function)
        if dotted:
            return None if dotted in self.aliases.own else effect_of(dotted)
        if not isinstance(function, ast.Attribute):
            return None
        value = function.value
        # e.g. `base = sqlite3.connect(...)` at the top tells what `base.commit()` in here does
        if isinstance(value, ast.Name) and scope.sees_module(value.id):
            return effect_of_method(function.attr, self._kind_of(value.id))
        return effect_of_method(function.attr)

    def _kind_of(self, name: str) -> str:
        """Return the kind of value that the top of the module binds ``name`` to, if it is one."""
        values = (each.value for each in self.bindings.get(name, ()))
        kinds = {
            kind_of(self.target(value.func).dotted) if isinstance(value, ast.Call) else ""
            for value in values
        }
        return kinds.pop() if len(kinds) == 1 else ""

    @property
    def statements(self) -> Iterator[ast.stmt]:
        """Every statement of the file, block by block."""
        return chain.from_iterable(block.statements for block in self._blocks)

    @property
    def calls(self) -> Iterator[ast.Call]:
        """Every call of the file, block by block."""
        return chain.from_iterable(block.calls for block in self._blocks)

    @property
    def _blocks(self) -> Iterator[Block]:
        return chain.from_iterable(scope.blocks for scope in self.scopes)


def read_module(source: SourceFile) -> Module:
    """Read the code of ``source``, which parses."""
    reading = read(source.tree)
    return Module(reading.scopes, reading.imports)


def module_of(source: SourceFile) -> Module:
    """Return the one reading of ``source``."""
    return source.once(read_module)
