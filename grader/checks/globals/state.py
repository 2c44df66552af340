"""Which names of a module are state that changes, and not constants under a name.

State is what a function changes; what is asked of the user or worked out below the guard; what is
bound again and again at the top; and, in a script, what the script works out as it runs. An
UPPER_CASE name is a constant as long as nothing changes it, and so is a table that the module
fills while it is being loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from grader.analysis.syntax.evaluation import worked_out
from grader.analysis.syntax.module_bindings import Binding, Place, bindings_of
from grader.analysis.syntax.scopes import Scope, Use
from grader.analysis.syntax.statements import DEFINITIONS

#: A name of the module with an attribute of it, or with nothing.
Key = tuple[str, str]

_CONTAINERS = frozenset(
    "list dict set bytearray deque defaultdict Counter OrderedDict ChainMap array".split()
)
_LITERALS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
#: Calls whose value is a constant in spirit, by the last part of their name; so are those of
#: classes, known by their CapWords.
_MAKERS = frozenset(
    "bytes compile date datetime dict dirname frozenset getLogger get_logger getenv getcwd join"
    " list namedtuple object partial range resolve set timedelta tuple".split()
)
_LOGGERS = frozenset({"log", "logger", "LOG", "LOGGER"})
_TALKS = frozenset({"print", "input"})


def is_script(statements: Sequence[tuple[ast.stmt, Place]], defined: frozenset[str]) -> bool:
    """Whether a module, when loaded, talks to the user, loops on, or calls its own functions."""
    for statement, place in statements:
        if place.in_guard or isinstance(statement, DEFINITIONS):
            continue
        if isinstance(statement, ast.While) or _calls(statement, _TALKS):
            return True
        if isinstance(statement, ast.Expr) and _calls(statement, defined):
            return True
    return False


def _calls(statement: ast.stmt, names: frozenset[str]) -> bool:
    """Whether the statement itself, not those inside it, calls one of some plain names."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for node in worked_out(statement)
    )


def changed_by(
    scope: Scope, bindings: dict[str, list[Binding]], siblings: Collection[str]
) -> Iterator[tuple[Key, ast.AST]]:
    """What of the module, or of a sibling, a scope's own code changes, each with its place."""
    for name in sorted(scope.declared.keys() & scope.bound.keys()):
        # What is imported late, when it is needed, is no variable.
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
    kinds = {each.kind for each in bound}
    if use.how == "change" and kinds <= {"value", "again"}:
        return True
    if use.how == "change":
        return bool(use.attribute) and _is_drawer(use.name, kinds, scope, siblings)
    return not use.attribute and any(_is_container(each.value) for each in bound)


def _is_drawer(name: str, kinds: set[str], scope: Scope, siblings: Collection[str]) -> bool:
    """Whether what is kept in an attribute of a name is a global by another name.

    So it is with a class or function of this module and with a module beside it. A class may
    count its own instances, though.
    """
    if kinds == {"import"}:
        return name in siblings
    return "own" in kinds and not scope.is_inside(name)


def _is_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.BinOp):
        return isinstance(value.left, _LITERALS) or isinstance(value.right, _LITERALS)
    if isinstance(value, ast.Call):
        return _last_name(value.func) in _CONTAINERS
    return isinstance(value, _LITERALS)


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Subscript):
        function = function.value
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def is_state(name: str, bound: Sequence[Binding], script: bool, filled: bool) -> bool:
    """Whether what the top of the module does to a name makes it state.

    ``filled`` says that the module itself changes the list or dictionary of that name.
    """
    if name.startswith("__") or name in _LOGGERS or not all(each.value for each in bound):
        return False
    if _is_given_at_start(bound):
        return True
    if not script:
        return False
    return _varies(bound) or not name.isupper() and (filled or _is_worked_out(bound))


def _is_given_at_start(bound: Sequence[Binding]) -> bool:
    """Asked of the user, or bound below the guard: there is no value on import."""
    return any(each.in_guard or _asks(each.value) for each in bound)


def _varies(bound: Sequence[Binding]) -> bool:
    return any(each.kind == "again" or each.in_loop for each in bound)


def _is_worked_out(bound: Sequence[Binding]) -> bool:
    """Bound twice in one block, or to what some function returns."""
    twice = len({each.block for each in bound}) < len(bound)
    return twice or any(each.value is not None and _is_computed(each.value) for each in bound)


def _asks(value: ast.expr | None) -> bool:
    return value is not None and any(
        isinstance(node, ast.Call) and _last_name(node.func) == "input" for node in ast.walk(value)
    )


def _is_computed(value: ast.expr) -> bool:
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call))
    names = (_last_name(call.func) for call in calls)
    return any(name not in _MAKERS and not name[:1].isupper() for name in names)


#: What each function uses, with the first place where it does.
Uses = dict[int, dict[Key, ast.AST]]


def uses_of(
    scopes: Sequence[Scope],
    statements: Sequence[tuple[ast.stmt, Place]],
    siblings: Collection[str],
) -> tuple[Uses, Uses]:
    """What functions change, and what state they read, by the identity of their scopes."""
    bindings = bindings_of(statements)
    changes: Uses = {}
    state: set[Key] = set()
    filled: set[str] = set()
    for scope in scopes:
        for key, node in changed_by(scope, bindings, siblings):
            if scope.owner is None:
                filled.add(key[0])
            else:
                state.add(key)
                changes.setdefault(id(scope.owner), {}).setdefault(key, node)
    state |= _state_of_the_top(bindings, statements, filled)
    return changes, _reads(scopes, state)


def _state_of_the_top(
    bindings: dict[str, list[Binding]],
    statements: Sequence[tuple[ast.stmt, Place]],
    filled: Collection[str],
) -> set[Key]:
    own = (name for name, bound in bindings.items() if any(each.kind == "own" for each in bound))
    script = is_script(statements, frozenset(own))
    return {
        (name, "")
        for name, bound in bindings.items()
        if is_state(name, bound, script, name in filled)
    }


def _reads(scopes: Sequence[Scope], state: Collection[Key]) -> Uses:
    reads: Uses = {}
    for scope in scopes:
        if scope.owner is None:
            continue
        for use in scope.uses:
            for key in ((use.name, ""), (use.name, use.attribute)):
                if key in state and (use.direct or scope.sees_module(use.name)):
                    reads.setdefault(id(scope.owner), {}).setdefault(key, use.node)
    return reads
