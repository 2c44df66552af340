"""Find the names of a module that hold state, and the functions that use them.

A name holds state if a function changes it, if it is bound to input of the user or below the guard
`if __name__ == "__main__":`, if the top of a script binds it more than once, or if a script
computes its value. Other names hold constants: e.g. an UPPER_CASE name that nothing changes, and a
table that a module which is no script fills while it is imported. The lists of names are chosen by
hand.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.module_bindings import Binding
from grader.analysis.syntax.scopes import Scope, Use
from grader.analysis.syntax.scripts import is_script
from grader.analysis.syntax.walk import walk
from grader.checks.globals.class_state import uses_of_classes

#: A name of the module and an attribute of its value, or "" for the name itself.
Key = tuple[str, str]

#: Calls that make a container. e.g. `seen = set()` at the top makes `seen.add(x)` in a function a
#: change of state; `db = Database()` does not make `db.add(x)` one.
_CONTAINERS = frozenset(
    "list dict set bytearray deque defaultdict Counter OrderedDict ChainMap array".split()
)
#: Literals of containers, e.g. `seen = []`; not `point = (1, 2)`, which cannot be changed.
_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
#: Calls whose value counts as a constant, by the last part of their name; so do calls of classes,
#: known by their CapWords. e.g. `pattern = re.compile("x")` and `app = Flask("x")` in a script are
#: constants, `total = compute()` is state.
_MAKERS = frozenset(
    "bytes compile date datetime dict dirname frozenset getLogger get_logger getenv getcwd join"
    " list namedtuple object partial range resolve set timedelta tuple".split()
)
#: Names that are never state, whatever they are bound to, e.g. `log = make_logger()`; not
#: `audit = make_logger()`.
_LOGGERS = frozenset({"log", "logger", "LOG", "LOGGER"})


def changed_by(
    scope: Scope, bindings: Mapping[str, Sequence[Binding]], siblings: Collection[str]
) -> Iterator[tuple[Key, ast.AST]]:
    """Yield (key, node) for each change of a name of the module by the code of ``scope``.

    A key is the name and the changed attribute, or "" in its place for the name itself; the same
    key may come repeatedly. "Top" means the code of the module outside functions and classes, whose
    ``bindings`` are given. Changes are `total = 1` after `global total` (an import is none), a use
    of `globals()` that changes a name, `prices["tea"] = 3` and `box.size = 3` for variables of the
    top, `rows.append(x)` if the top binds `rows` to a container, `Game.score = 1` outside the class
    `Game`, and `settings.debug = True` for an imported ``settings`` in ``siblings``, the names of
    the submission's other modules. Changes of local variables, and those in functions inside
    ``scope``, do not count.
    """
    for name in sorted(scope.declared.keys() & scope.bound.keys()):
        # e.g. `global numpy` and `import numpy` load a library when it is needed: no variable
        if not isinstance(scope.bound[name], ast.Import | ast.ImportFrom):
            yield (name, ""), scope.bound[name]
    for use in scope.uses:
        if use.how == "read":
            continue
        if use.direct:
            yield (use.name, ""), use.node
        elif use.name in bindings and scope.sees_module(use.name):
            if _is_changed(use, scope, bindings[use.name], siblings):
                yield (use.name, use.attribute), use.node


def _is_changed(
    use: Use, scope: Scope, bound: Sequence[Binding], siblings: Collection[str]
) -> bool:
    """Return whether ``use``, which is no read, changes state of the module or of a sibling.

    ``bound`` are the bindings of the used name at the top. e.g. `prices["tea"] = 3` does, and
    `seen.append(x)` if `seen` is bound to a container; not `seen.rows.append(x)`.
    """
    kinds = {each.kind for each in bound}
    if use.how == "change" and kinds <= {"value", "again"}:
        return True
    if use.how == "change":
        return bool(use.attribute) and _is_drawer(use.name, kinds, scope, siblings)
    return not use.attribute and any(_is_container(each.value) for each in bound)


def _is_drawer(name: str, kinds: set[str], scope: Scope, siblings: Collection[str]) -> bool:
    """Return whether ``scope`` uses an attribute of ``name`` as a global variable, by setting it.

    ``name`` is a sibling module, or a class or function from outside it. ``kinds`` are those of
    its bindings.
    """
    # e.g. `settings.debug = True` for a sibling module `settings`; `sys.path = []` is let go
    if kinds == {"import"}:
        return name in siblings
    # e.g. `Game.score = 1` in a function; `Dog.count += 1` in a method of Dog counts its instances
    return "own" in kinds and not scope.is_inside(name)


def _is_container(value: ast.expr | None) -> bool:
    """Return whether ``value`` makes a container, e.g. `[]`, `[0] * 9` or `deque()`."""
    if isinstance(value, ast.BinOp):
        return isinstance(value.left, _LITERALS) or isinstance(value.right, _LITERALS)
    if isinstance(value, ast.Call):
        return _maker(value) in _CONTAINERS
    return isinstance(value, _LITERALS)


def _maker(call: ast.Call) -> str:
    """Return the last name of the function or class that ``call`` calls.

    e.g. ``deque`` for ``deque()``, ``collections.deque()`` and ``deque[int]()``.
    """
    made_by = call.func
    return last_name(made_by.value if isinstance(made_by, ast.Subscript) else made_by)


def is_state(name: str, bound: Sequence[Binding], script: bool, filled: bool) -> bool:
    """Return whether ``bound``, all bindings of ``name`` at the top of the module, make it state.

    They do if one has `input()` in its value or is below `if __name__ == "__main__":`. If the
    module is a ``script``, they also do if one is in a loop or is a `+=`, `for` or `with`; and,
    unless ``name`` is in UPPER_CASE, if a value has a call (not of a class, `range` and the like),
    if two are in the same block, or if the top changes the value (``filled``), e.g. by
    `rows.append(1)`. Never state is a name that a function, class or import binds, one that
    begins with `__`, or one of a logger (`log`, `logger`, `LOG` and `LOGGER`). A name that
    functions change is state too, but they are not considered here: :func:`uses_of` adds it.
    """
    if name.startswith("__") or name in _LOGGERS or not all(each.value for each in bound):
        return False
    if _is_given_at_start(bound):
        return True
    if not script:
        return False
    # e.g. `TABLE[x] = x * x` in a loop at the top of a script fills a constant; with `table` it
    # is state. `TOTAL += x` is state, however it is written.
    return _varies(bound) or not name.isupper() and (filled or _is_worked_out(bound))


def _is_given_at_start(bound: Sequence[Binding]) -> bool:
    """Return whether one of ``bound`` is below the guard, or has input of the user as its value."""
    # e.g. `name = input()`, and `data = load()` below `if __name__ == "__main__":`
    return any(each.block.in_guard or _asks(each.value) for each in bound)


def _varies(bound: Sequence[Binding]) -> bool:
    """Return whether one of ``bound`` is in a loop, or is `+=`, a `for` or a `with`."""
    return any(each.kind == "again" or each.block.in_loop for each in bound)


def _is_worked_out(bound: Sequence[Binding]) -> bool:
    """Return whether ``bound`` has two bindings in one block, or a computed value."""
    # e.g. `total = 1` after `total = 0`; one in `if` and one in `else` are alternatives
    twice = len({each.block for each in bound}) < len(bound)
    return twice or any(each.value is not None and _is_computed(each.value) for each in bound)


def _asks(value: ast.expr | None) -> bool:
    """Return whether ``value`` has a call of ``input``."""
    return value is not None and any(
        isinstance(node, ast.Call) and _maker(node) == "input" for node in walk(value)
    )


def _is_computed(value: ast.expr) -> bool:
    """Return whether ``value`` has a call whose result is no constant (see ``_MAKERS``)."""
    calls = (node for node in walk(value) if isinstance(node, ast.Call))
    names = map(_maker, calls)
    return any(name not in _MAKERS and not name[:1].isupper() for name in names)


#: By function, names of the module that it uses in some way, each with the first such node.
Uses = dict[Scope, dict[Key, ast.AST]]


def uses_of(module: Module, siblings: Collection[str]) -> tuple[Uses, Uses]:
    """Return (changes, uses): by function of ``module``, the names it changes, the state it uses.

    Each is a dict from the scope of a function to its names, as keys like those of
    :func:`changed_by`, each with the first node found; functions without any are left out. State is
    what any function changes, and what the top makes state (see :func:`is_state`). So are
    attributes of a class without objects that its methods change (see :func:`uses_of_classes`).
    Uses are reads, and changes except by assigning a `global` name. ``siblings`` are the names of
    the submission's other modules.
    """
    changes: Uses = {}
    state: set[Key] = set()
    filled: set[str] = set()
    for scope in module.scopes:
        for key, node in changed_by(scope, module.bindings, siblings):
            if scope.owner is None:
                filled.add(key[0])
            else:
                state.add(key)
                changes.setdefault(scope.owner, {}).setdefault(key, node)
    of_classes = list(uses_of_classes(module.scopes))
    for method, name, use in of_classes:
        if use.how != "read":
            state.add((name, use.attribute))
            changes.setdefault(method, {}).setdefault((name, use.attribute), use.node)
    reads = _reads(module.scopes, state | _state_of_the_top(module, filled))
    for method, name, use in of_classes:
        if (name, use.attribute) in state:
            reads.setdefault(method, {}).setdefault((name, use.attribute), use.node)
    return changes, reads


def _state_of_the_top(module: Module, filled: Collection[str]) -> set[Key]:
    """Return the names that the top of ``module`` makes state; ``filled`` are those it changes."""
    script = is_script(module)
    return {
        (name, "")
        for name, bound in module.bindings.items()
        if is_state(name, bound, script, name in filled)
    }


def _reads(scopes: Sequence[Scope], state: Collection[Key]) -> Uses:
    """Return the names of ``state`` that each function of ``scopes`` uses, also to change them."""
    reads: Uses = {}
    names = {name for name, _ in state}
    for scope in scopes:
        if scope.owner is None:
            continue
        for use in scope.uses:
            if use.name not in names or not (use.direct or scope.sees_module(use.name)):
                continue
            for key in ((use.name, ""), (use.name, use.attribute)):
                if key in state:
                    reads.setdefault(scope.owner, {}).setdefault(key, use.node)
    return reads
