"""The scopes of a module: which names each one binds and uses, and its blocks of statements.

Modules, classes, functions, lambdas and comprehensions have a scope. The scope of a module, a class
or a function has blocks, which are lists of statements. Lambdas and comprehensions have none; their
calls belong to a block of the scope around them. :mod:`grader.analysis.syntax.reading` creates
the scopes.

:mod:`symtable` is not used, because it parses the text a second time, fails on deep trees, and has
scopes for annotations and comprehensions that differ between versions of Python.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple


class Use(NamedTuple):
    """A use of a name in the code of a scope; an assignment such as ``x = 1`` is a binding instead.

    ``attribute`` is the first attribute after the name, or empty. ``how`` is ``read``, ``change``
    (an item or attribute is set or deleted) or ``mutate`` (a method that changes containers is
    called, e.g. ``items.append(1)``). ``node`` is the name, item or attribute. If the expression
    begins with no name, e.g. ``f().x = 1``, the name is empty. ``direct``: the name is accessed as
    in ``globals()["total"]``, so that it is the module's; ``name`` is ``globals()`` if the key is
    no constant, and for methods such as ``globals().update(...)``.
    """

    name: str
    attribute: str
    how: str
    node: ast.expr
    direct: bool = False


@dataclass(eq=False, slots=True)
class Block:
    """One list of statements: the body of a module, definition, branch, loop, handler or case.

    ``in_loop`` and ``in_guard`` say whether the block is inside a loop, or inside
    ``if __name__ == "__main__":``, of the same scope; the ``else`` of a loop is not inside it.
    ``calls`` are the calls in the expressions of its statements, also in lambdas and
    comprehensions, but not those in annotations or in blocks inside it.
    """

    statements: list[ast.stmt]
    in_loop: bool = False
    in_guard: bool = False
    calls: list[ast.Call] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Scope:
    """One scope: the names that its code binds and uses, and its blocks of statements.

    ``node`` is its module, class, function, lambda or comprehension. ``parent`` is the scope around
    it, ``None`` for the module. ``owner`` is the scope of the nearest function around its code (a
    function's own scope; a lambda's own if no function is around it), ``None`` outside functions.
    ``bound`` has the first node that binds or deletes each name, a ``global`` one too; ``declared``
    the names of ``global`` statements with the first of these, ``outer`` those of ``nonlocal``
    statements. ``uses`` and ``blocks`` exclude those of scopes inside it.
    """

    node: ast.AST
    parent: Scope | None = None
    owner: Scope | None = None
    bound: dict[str, ast.AST] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)
    declared: dict[str, ast.Global] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    #: Cache of :meth:`sees_module`, which must only be called after the whole module is read.
    answers: dict[str, bool] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        """Whether it is the scope of a class, whose names functions inside it do not see."""
        return isinstance(self.node, ast.ClassDef)

    def sees_module(self, name: str) -> bool:
        """Return whether ``name``, used in this scope, refers to the module's name or a builtin.

        This scope and those around it are searched, this one first. The first that declares the
        name ``global`` makes it true, the first that binds it (without ``nonlocal``) makes it
        false; if only the module does, or none, it is true. What a class around this scope binds is
        ignored. The answer is kept, so the whole module must have been read.
        """
        if name not in self.answers:
            self.answers[name] = self._looked_up(name)
        return self.answers[name]

    def _looked_up(self, name: str) -> bool:
        """Compute :meth:`sees_module` by searching this scope and those around it.

        The names of a class are visible in its own code only, not in functions inside it.
        """
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
        """Return whether this scope is that of a class called ``name``, or lies inside one."""
        at: Scope | None = self
        while at is not None and not (isinstance(at.node, ast.ClassDef) and at.node.name == name):
            at = at.parent
        return at is not None
