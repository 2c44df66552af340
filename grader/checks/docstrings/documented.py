"""Find the definitions that need a docstring, and what their docstrings leave out."""

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

#: Arguments that are only passed on or ignored, so that they need no description; e.g. ``kwargs``,
#: not ``key``. ``self`` is one of a function that a class takes in later. Chosen by hand.
_PASSED_ON = frozenset({"_", "args", "cls", "kw", "kwargs", "kwds", "self"})
#: Decorators of functions whose docstring need not mention a result: a property is described by a
#: noun, e.g. ``"""The total."""``, and a context manager by its effect. Not ``staticmethod``.
_NOT_CALLED = frozenset({"property", "cached_property", "contextmanager", "asynccontextmanager"})
#: Decorators of commands of a console or a bot, which show the docstring as help and describe each
#: argument beside it: `@click.argument("path")`, `@app.command()`; not `@app.route("/")`.
_COMMANDS = frozenset({"argument", "command", "group", "hybrid_command", "option"})
#: Most base classes, direct and indirect, that are searched for a documented method. Chosen by
#: hand, far above what programs have: e.g. ``class Child(Parent)`` has one.
_MOST_ANCESTORS = 20


@dataclass(frozen=True)
class Documented:
    """A module, class or function that should have a docstring, and what its docstring leaves out.

    :func:`wanted_of` yields them, with or without a docstring. ``definition`` is ``None`` for a
    module. See :attr:`unnamed` for arguments that are left out, :attr:`hides_its_result` for the
    result.
    """

    node: ast.Module | ast.ClassDef | Function
    definition: Definition | None = None

    @cached_property
    def text(self) -> str:
        """The docstring without indentation and surrounding blanks, or "" if there is none."""
        return (ast.get_docstring(self.node) or "").strip()

    @property
    def own_name(self) -> str:
        """The name without enclosing classes, e.g. ``add`` for ``Cart.add``; "" for a module."""
        return self.definition.node.name if self.definition else ""

    @property
    def is_function(self) -> bool:
        """Whether this is a function or method, not a class or module."""
        return isinstance(self.node, FUNCTIONS)

    @cached_property
    def arguments(self) -> list[str]:
        """The names of the arguments that a docstring should mention; none for a class or module.

        Left out are the first argument of a method (unless it is static), starred arguments, those
        of a command (see `_COMMANDS`), and names that begin with an underscore or are ``args``,
        ``kwargs``, ``kw`` or ``kwds``.
        """
        if self.definition is None or self.definition.decorators & _COMMANDS:
            return []
        found = plain_arguments(self.definition)
        names = [argument.arg for argument in found]
        return [name for name in names if not (name in _PASSED_ON or name.startswith("_"))]

    @cached_property
    def unnamed(self) -> list[str]:
        """The names in `arguments` that the docstring does not mention, in the same order.

        It mentions ``max_size`` also by its words, see `Described`. Without a docstring, all are
        unnamed.
        """
        described = Described(self.text) if self.arguments else ()
        return [name for name in self.arguments if name not in described]

    @cached_property
    def hides_its_result(self) -> bool:
        """Whether the function returns or yields a value that its docstring does not mention.

        False for modules, classes, ``main``, properties, functions decorated as context managers,
        functions that give nothing but ``None`` or ``self``, and without a docstring. A docstring
        that neither lists arguments nor begins with a verb like ``print`` or ``save`` counts as
        mentioning the value.
        """
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
        """The subject of a message: the full name in backquotes, or ``This file`` for a module."""
        return f"`{self.definition.name}`" if self.definition else "This file"


def wanted_of(source: SourceFile) -> Iterator[Documented]:
    """Yield what should have a docstring, with or without one: the module, then its definitions.

    These are public classes, functions and methods, by line. Left out are those inside functions;
    overloads, setters and deleters; those with a placeholder as body, e.g. ``pass``, ``raise
    NotImplementedError`` or only a docstring; and methods without a docstring that override a
    documented method of the file, or are marked ``override`` in a class with bases. Nothing is
    yielded for an ``__init__.py`` without definitions, or a file with nothing but ``pass``, strings
    and ``...``; one with ``X = 1`` needs a docstring.
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
    """The base classes and the documented methods of the classes of one file, by class name."""

    def __init__(self, found: Iterable[Definition]) -> None:
        self._bases: dict[str, list[str]] = {}
        self._told: set[tuple[str, str]] = set()
        for item in found:
            if isinstance(item.node, ast.ClassDef):
                self._bases[item.node.name] = [_base_name(base) for base in item.node.bases]
            elif item.holder and ast.get_docstring(item.node, clean=False):
                self._told.add((item.holder.node.name, item.node.name))

    def speaks_for(self, item: Definition) -> bool:
        """Return whether `item` is a method without docstring that overrides a documented one.

        The documented method is in a base class of the same file. With ``@override`` in a class
        that has bases it is assumed to exist elsewhere.
        """
        if item.holder is None or ast.get_docstring(item.node, clean=False):
            return False
        above = self._bases.get(item.holder.node.name, [])
        if "override" in item.decorators and above:
            return True
        return any((name, item.node.name) in self._told for name in self._ancestors(above))

    def _ancestors(self, names: list[str]) -> list[str]:
        """Return `names` and their base classes in the file, nearest first, each once.

        At most `_MOST_ANCESTORS` are returned.
        """
        found = list(dict.fromkeys(names))[:_MOST_ANCESTORS]
        for name in found:  # the loop appends to the list that it walks
            more = (base for base in self._bases.get(name, []) if base not in found)
            found.extend(list(more)[: _MOST_ANCESTORS - len(found)])
        return found


def _base_name(base: ast.expr) -> str:
    """Return the name of the base class `base`, e.g. ``A`` for ``A[int]``; "" for ``m.A``."""
    named = base.value if isinstance(base, ast.Subscript) else base
    return named.id if isinstance(named, ast.Name) else ""
