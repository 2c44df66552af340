"""Find the names of a module that the code of its functions changes.

The lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.module_bindings import Binding
from grader.analysis.syntax.scopes import Scope, Use
from grader.analysis.syntax.stdlib_effects import ARGUMENT_CHANGERS, kind_of
from grader.checks.globals.siblings import is_of_sibling

#: A name of the module and an attribute of its value, or "" for the name itself.
Key = tuple[str, str]

#: Calls that make a container. e.g. `seen = set()` at the top makes `seen.add(x)` in a function a
#: change of state; `db = Database()` does not make `db.add(x)` one.
_CONTAINERS = frozenset(
    "list dict set bytearray deque defaultdict Counter OrderedDict ChainMap array sample sorted"
    " split splitlines readlines".split()
)
#: Literals of containers, e.g. `seen = []`; not `point = (1, 2)`, which cannot be changed.
_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
#: Methods that nothing but a container has: `rows.append(x)` is a change also after `rows = load()`
#: and `from data import rows`. Not `add`, `pop` and `update`, which a service may have too.
_OF_CONTAINERS = frozenset(
    "append appendleft extend popitem popleft reverse setdefault sort".split()
)
#: Last names of the functions that change their first argument, and of the method that may change
#: a list of a sibling module.
_CHANGERS = {dotted.rpartition(".")[2] for dotted in ARGUMENT_CHANGERS} | {"pop"}


def changed_by(
    scope: Scope, module: Module, siblings: Collection[str]
) -> Iterator[tuple[Key, ast.AST]]:
    """Yield (key, node) for each change of a name of ``module`` by the code of ``scope``.

    A key is the name and the changed attribute, or "" in its place for the name itself; the same
    key may come repeatedly. "Top" means the code of the module outside functions and classes.
    Changes are `total = 1` after `global total` (an import is none), a use of `globals()` that
    changes a name, `prices["tea"] = 3` and `box.size = 3` for variables of the top,
    `rows.append(x)` if the top binds `rows` to a container or a sibling module has it,
    `random.shuffle(rows)`, `Game.score = 1` outside the class `Game`, and `settings.debug = True`
    for an imported ``settings`` in ``siblings``, the names of the submission's other modules.
    Changes of local variables, and those in functions inside ``scope``, do not count.
    """
    for name in sorted(scope.declared.keys() & scope.bound.keys()):
        # e.g. `global numpy` and `import numpy` load a library when it is needed: no variable
        if not isinstance(scope.bound[name], ast.Import | ast.ImportFrom):
            yield (name, ""), scope.bound[name]
    for use in (use for use in scope.uses if use.how != "read"):
        if use.direct:
            yield (use.name, ""), use.node
        elif use.name in module.bindings and scope.sees_module(use.name):
            if _is_changed(use, scope, module, siblings):
                yield (use.name, use.attribute), use.node
    yield from _changed_by_calls(scope, module, siblings)


def _changed_by_calls(
    scope: Scope, module: Module, siblings: Collection[str]
) -> Iterator[tuple[Key, ast.AST]]:
    """Yield (key, node) for each name that ``scope`` passes to a call that changes it."""
    calls = chain.from_iterable(block.calls for block in scope.blocks)
    for call in filter(_may_change, calls):
        changed = _changed_by_call(call, module, siblings)
        if changed is None or not scope.sees_module(root_of(changed)[0]):
            continue
        name, attribute = root_of(changed)
        if not attribute and (_is_variable(name, module) or is_of_sibling(name, module, siblings)):
            yield (name, ""), changed


def _may_change(call: ast.Call) -> bool:
    return last_name(call.func) in _CHANGERS


def _is_variable(name: str, module: Module) -> bool:
    """Return whether the top of ``module`` binds ``name`` to values only."""
    bound = module.bindings.get(name, ())
    return bool(bound) and {each.kind for each in bound} <= {"value", "again"}


def _changed_by_call(call: ast.Call, module: Module, siblings: Collection[str]) -> ast.expr | None:
    """Return the expression whose value `call` changes, beyond the methods of own containers.

    e.g. ``cards`` in `random.shuffle(cards)`, and ``questions`` in `questions.pop(0)` after
    `from data import questions`. Not ``session`` in `session.pop("name")`: a service may have it.
    """
    function = call.func
    if not call.args:
        return None
    first = call.args[0]
    if module.target(function).dotted in ARGUMENT_CHANGERS:
        return first
    if isinstance(function, ast.Attribute) and function.attr == "pop":
        is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
        owner = getattr(function.value, "id", "")
        return function.value if not is_text and is_of_sibling(owner, module, siblings) else None
    return None


def _is_changed(use: Use, scope: Scope, module: Module, siblings: Collection[str]) -> bool:
    """Return whether ``use``, which is no read, changes state of ``module`` or of a sibling.

    e.g. `prices["tea"] = 3` does, and `seen.append(x)` if `seen` is bound to a container; not
    `seen.rows.append(x)`.
    """
    bound = module.bindings[use.name]
    kinds = {each.kind for each in bound}
    if use.how == "change" and kinds <= {"value", "again"}:
        return True
    if use.how == "change" and is_of_sibling(use.name, module, siblings):
        # e.g. `game.score = 1` and `scores["Ann"] = 1` after `from state import game, scores`
        return kinds == {"import"}
    if use.how == "change":
        return bool(use.attribute) and _is_drawer(use.name, kinds, scope, siblings)
    return not use.attribute and _is_filled(use, bound, module, siblings)


def _is_filled(
    use: Use, bound: Sequence[Binding], module: Module, siblings: Collection[str]
) -> bool:
    """Return whether ``use``, a call of a method like `append`, changes a container.

    ``bound`` are the bindings of the used name at the top.
    """
    if any(is_container(each.value, module) for each in bound):
        return True
    method = last_name(use.node)
    if is_of_sibling(use.name, module, siblings):
        return method in _OF_CONTAINERS
    return method in _OF_CONTAINERS and any(isinstance(each.value, ast.Call) for each in bound)


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


def is_container(value: ast.expr | None, module: Module) -> bool:
    """Return whether ``value`` makes a container, e.g. `[]`, `[0] * 9` or `deque()`."""
    if isinstance(value, ast.BinOp):
        return isinstance(value.left, _LITERALS) or isinstance(value.right, _LITERALS)
    if isinstance(value, ast.Call):
        is_group = kind_of(module.target(value.func).dotted) == "group"
        return is_group or maker_of(value) in _CONTAINERS
    return isinstance(value, _LITERALS)


def maker_of(call: ast.Call) -> str:
    """Return the last name of the function or class that ``call`` calls.

    e.g. ``deque`` for ``deque()``, ``collections.deque()`` and ``deque[int]()``.
    """
    made_by = call.func
    return last_name(made_by.value if isinstance(made_by, ast.Subscript) else made_by)
