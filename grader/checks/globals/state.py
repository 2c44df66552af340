"""Find the names of a module that hold state, and the functions that use them.

A name holds state if a function changes it, if it is bound below the guard
`if __name__ == "__main__":`, or if its value was not fixed when the program was written: input of
the user, a date of today, a window, data from a file. In a script it also does if the top binds it
more than once, or computes its value. Other names hold constants: e.g. an UPPER_CASE name that
nothing changes, and a table that a module which is no script fills while it is imported. What a
framework has one function prepare for the others is no state either.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.syntax.module import Module
from grader.analysis.syntax.module_bindings import Binding
from grader.analysis.syntax.scopes import Scope, Use
from grader.analysis.syntax.scripts import is_script
from grader.analysis.syntax.startup_code import called_at_start
from grader.checks.globals.changes import Key, changed_by
from grader.checks.globals.class_state import uses_of_classes
from grader.checks.globals.values import Values

#: Names that are never state, whatever they are bound to, e.g. `log = make_logger()`; not
#: `audit = make_logger()`. Chosen by hand.
_LOGGERS = frozenset({"log", "logger", "LOG", "LOGGER"})

#: By function, names of the module that it uses in some way, each with the first such node.
Uses = dict[Scope, dict[Key, ast.AST]]


def uses_of(module: Module, siblings: Collection[str]) -> tuple[Uses, Uses]:
    """Return (changes, uses): by function of ``module``, the names it changes, the state it uses.

    Each is a dict from the scope of a function to its names, as keys like those of
    :func:`changed_by`, each with the first node found; functions without any are left out. State is
    what any function changes, and what the top makes state. So are attributes of a class without
    objects that its methods change (see :func:`uses_of_classes`). Uses are reads, and changes
    except by assigning a `global` name. ``siblings`` are the names of the submission's other
    modules. What only functions change that a framework calls at the start is no state.
    """
    changes, filled = _changes(module, siblings)
    starters = called_at_start(module) if changes else ()
    # e.g. `models = {}` at the top, which a lifespan fills for the routes
    prepared = {name for starter in starters for name, _ in changes.pop(starter, ())}
    of_classes = list(uses_of_classes(module.scopes))
    for method, name, use in of_classes:
        if use.how != "read":
            _add(changes, method, name, use)
    state = set[Key]().union(*changes.values())
    of_top = _state_of_the_top(module, siblings, filled) - prepared
    reads = _reads(module, state.union((name, "") for name in of_top), starters)
    for method, name, use in of_classes:
        if (name, use.attribute) in state:
            _add(reads, method, name, use)
    return changes, reads


def _add(uses: Uses, method: Scope, name: str, use: Use) -> None:
    """Add to ``uses`` that ``method`` uses an attribute of the class ``name``."""
    uses.setdefault(method, {}).setdefault((name, use.attribute), use.node)


def _changes(module: Module, siblings: Collection[str]) -> tuple[Uses, Collection[str]]:
    """Return the names that each function of ``module`` changes, and those that its top changes."""
    changes: Uses = {}
    filled: set[str] = set()
    for scope in module.scopes:
        for key, node in changed_by(scope, module, siblings):
            if scope.owner is None:
                filled.add(key[0])
            else:
                changes.setdefault(scope.owner, {}).setdefault(key, node)
    return changes, filled


def _state_of_the_top(
    module: Module, siblings: Collection[str], filled: Collection[str]
) -> set[str]:
    """Return the names that the top of ``module`` makes state; ``filled`` are those it changes."""
    # measured: 108 -> 98 ms for 81 submissions, because most names are used by no function
    used = {use.name for scope in module.scopes if scope.owner for use in scope.uses}
    names = used & module.bindings.keys()
    if not names:
        return set()
    top = _Top(Values(module, siblings), is_script(module), filled)
    return {name for name in names if top.is_state(name, module.bindings[name])}


@dataclass(frozen=True)
class _Top:
    """Decides which names of a module its top makes state.

    ``script``: somebody runs the module. ``filled``: names whose value the top changes, e.g. by
    `rows.append(1)`.
    """

    values: Values
    script: bool
    filled: Collection[str]

    def is_state(self, name: str, bound: Sequence[Binding]) -> bool:
        """Return whether ``bound``, all bindings of ``name`` at the top, make it state.

        Never state is a name that a function, class or import binds, one that begins with `__`, or
        one of a logger (`log`, `logger`, `LOG` and `LOGGER`). A name that functions change is state
        too, but they are not considered here: :func:`uses_of` adds it.
        """
        if name in _LOGGERS or name.startswith("__"):
            return False
        if any(each.kind in ("own", "import") for each in bound):
            return False
        # A name in capitals is meant as a constant, also `TABLE`, which a loop of a script fills;
        # but not `TOTAL += x` or `SCREEN = pygame.display.set_mode(SIZE)`.
        return self._is_open(bound) or not name.isupper() and self._is_found_out(name, bound)

    def _is_open(self, bound: Sequence[Binding]) -> bool:
        """Return whether one of ``bound`` makes its name state, also one in capitals.

        One does if it is below the guard, asks the user, comes from the clock or from chance, or is
        a handle, e.g. a window. In a script, so does one in a loop, a `+=`, a `for` or a `with`.
        """
        values = self.values
        return any(
            each.block.in_guard
            or values.asks(each.value)
            or values.is_by_start(each.value)
            or values.is_handle(each.value)
            or self.script
            and (each.kind == "again" or each.block.in_loop)
            for each in bound
        )

    def _is_found_out(self, name: str, bound: Sequence[Binding]) -> bool:
        """Return whether ``name`` is empty, found outside or, in a script, worked out.

        Found outside are data and objects of the submission's own classes. A script works it out if
        two of ``bound`` are in one block, if one is computed, or if the top changes it.
        """
        values = [each.value for each in bound]
        if any(map(self.values.is_read, values)) or any(map(self.values.is_own_object, values)):
            return True
        # e.g. `basket = []`, which the top does not fill, waits for somebody who does
        if name not in self.filled and all(map(self.values.is_empty, values)):
            return True
        if not self.script:
            return False
        # e.g. `total = 1` after `total = 0`; one in `if` and one in `else` are alternatives
        twice = len({each.block for each in bound}) < len(bound)
        return twice or name in self.filled or any(map(self.values.is_computed, values))


def _reads(module: Module, state: Collection[Key], starters: Collection[Scope]) -> Uses:
    """Return the names of ``state`` that each function of ``module`` uses, also to change them.

    The functions ``starters`` are left out.
    """
    reads: Uses = {}
    names = {name for name, _ in state}
    for scope in module.scopes:
        if scope.owner is not None and scope.owner not in starters:
            for key, node in _read_by(scope, names):
                if key in state:
                    reads.setdefault(scope.owner, {}).setdefault(key, node)
    return reads


def _read_by(scope: Scope, names: Collection[str]) -> Iterator[tuple[Key, ast.AST]]:
    """Yield (key, node) for each use of ``names`` of the module by the code of ``scope``.

    The use of an attribute is one of the name as well.
    """
    for use in scope.uses:
        if use.name in names and (use.direct or scope.sees_module(use.name)):
            yield (use.name, ""), use.node
            yield (use.name, use.attribute), use.node
