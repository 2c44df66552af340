"""The scopes of a module: whose code is it, what does it bind, and which names does it use?

A module is made of scopes. The scope of a module, a class or a function has blocks, which are
lists of statements; lambdas and comprehensions have none, and stand in a block of the scope
around them. :mod:`grader.analysis.syntax.reading` fills them in.

A reading of our own and not :mod:`symtable`, which parses the text a second time, gives up on
deep trees, and has scopes for annotations and comprehensions that differ between versions of
Python.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple


class Use(NamedTuple):
    """A name that is used, with the first attribute taken of it, or an empty text.

    ``how`` is ``read``, ``change`` (an item or attribute is set or deleted) or ``mutate`` (a
    method is called that changes containers). ``direct`` uses go by ``globals()``.
    """

    name: str
    attribute: str
    how: str
    node: ast.expr
    direct: bool = False


@dataclass(eq=False, slots=True)
class Block:
    """One list of statements: the body of a definition, a branch, a handler, a case.

    ``in_loop`` and ``in_guard`` say whether a loop, or ``if __name__ == "__main__":``, of the
    same scope is around the block. ``calls`` are those in the expressions of its statements, in
    lambdas and comprehensions too, without those of the blocks inside.
    """

    statements: list[ast.stmt]
    in_loop: bool = False
    in_guard: bool = False
    calls: list[ast.Call] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Scope:
    """One scope; ``owner`` is the function whose code it is, ``None`` for the module's own.

    ``bound`` has the first node that binds each name, ``declared`` the names of its ``global``
    statements, ``outer`` those of its ``nonlocal`` statements.
    """

    node: ast.AST
    parent: Scope | None = None
    owner: Scope | None = None
    bound: dict[str, ast.AST] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)
    declared: dict[str, ast.Global] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    #: What :meth:`sees_module` has answered; asked only once the module has been read.
    answers: dict[str, bool] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        """Whether functions inside do not see the names of this scope."""
        return isinstance(self.node, ast.ClassDef)

    def sees_module(self, name: str) -> bool:
        """Return whether ``name``, where it is used here, is a name of the module or a builtin."""
        if name not in self.answers:
            self.answers[name] = self._looked_up(name)
        return self.answers[name]

    def _looked_up(self, name: str) -> bool:
        at = self
        while at.parent is not None:
            if name in at.declared:
                return True
            visible = at is self or not at.is_class
            if visible and name in at.bound and name not in at.outer:
                return False
            at = at.parent
        return True

    def is_inside(self, name: str) -> bool:
        """Return whether this is code of a class called ``name``."""
        at: Scope | None = self
        while at is not None and not (isinstance(at.node, ast.ClassDef) and at.node.name == name):
            at = at.parent
        return at is not None
