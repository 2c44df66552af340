"""The one walker of syntax trees: which nodes lie below a node, without recursion.

Python's own ``ast.walk`` visits every ``Load`` and every ``Add`` as a node of its own, nearly a
third of a tree. Here a table says for each kind of node which fields to look into, so that a
reader names the part of the tree that it means: :data:`EVERYTHING`, :data:`EVALUATED` or
:data:`OWN`. None of them recurses: a chain of 400 ``elif`` is a tree of 400 levels.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

#: Fields that never hold a node, or only one that says how another is used (``Load``, ``Add``).
_PLAIN = frozenset(
    "arg asname attr conversion ctx id is_async kind kwd_attrs level module name op ops rest"
    " simple str tag type_comment type_ignores".split()
)
_BODIES = frozenset("body orelse finalbody handlers cases".split())
_TYPES = frozenset({"annotation", "returns"})


class Fields(dict[type[ast.AST], tuple[str, ...]]):
    """For each kind of node, the fields in which to look for nodes; filled when first asked.

    ``without`` names fields to leave out. ``bodies`` says whether the statements inside a
    statement are looked at.
    """

    def __init__(self, without: Collection[str] = (), bodies: bool = True) -> None:
        super().__init__()
        self._without = _PLAIN.union(without)
        self._bodies = bodies

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        """Return the fields of a kind that has not been met before."""
        without = self._without
        # e.g. the `body` of `if x: ...` holds statements, that of `lambda: ...` an expression
        if not self._bodies and issubclass(kind, ast.stmt | ast.mod):
            without = without | _BODIES
        # e.g. `type Pair = tuple[int, int]` is the one statement whose name is a node
        named = {"name"} if kind.__name__ == "TypeAlias" else set()
        found = tuple(name for name in kind._fields if name in named or name not in without)
        self[kind] = () if issubclass(kind, ast.Constant) else found
        return self[kind]


#: Every node but the marks ``Load``, ``Store``, ``Del`` and the operators.
EVERYTHING = Fields()
#: What runs: annotations are left out, since they are for readers.
EVALUATED = Fields(without=_TYPES)
#: The expressions of one statement, without the statements inside it.
OWN = Fields(bodies=False)


def children(node: ast.AST, fields: Fields = EVERYTHING) -> list[ast.AST]:
    """Return the nodes directly below ``node``, in the order of its fields."""
    found: list[ast.AST] = []
    for name in fields[type(node)]:
        value = getattr(node, name, None)
        if not value:  # e.g. no decorators, no `else`: a quarter of all fields
            continue
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
    return found


def walk(
    *nodes: ast.AST, fields: Fields = EVERYTHING, stop_at: Collection[type[ast.AST]] = ()
) -> Iterator[ast.AST]:
    """Yield ``nodes`` and everything below them, each node before what is inside it.

    Nodes of a kind in ``stop_at`` are yielded, and nothing below them.
    """
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if type(node) not in stop_at:
            waiting += children(node, fields)


def expressions(statement: ast.AST) -> Iterator[ast.AST]:
    """Return every node below ``statement`` but the statements inside it."""
    return walk(*children(statement, OWN), fields=OWN)


#: Code that is evaluated later than the statement around it.
_LATER = frozenset({ast.Lambda})


def worked_out(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield what ``statement`` itself evaluates, not the statements inside it.

    A lambda is yielded without its body, which runs when it is called.
    """
    own = [
        each for each in children(statement, EVALUATED) if isinstance(each, ast.expr | ast.withitem)
    ]
    return walk(*own, fields=EVALUATED, stop_at=_LATER)
