"""Walk syntax trees without recursion, visiting only the nodes that a caller needs.

Python's own ``ast.walk`` visits every ``Load`` and every ``Add`` as a node of its own, nearly a
third of a tree. Here a table (:class:`Fields`) lists for each kind of node the fields to visit; a
caller selects a part of the tree by the table: :data:`EVERYTHING`, :data:`EVALUATED` or
:data:`OWN`. No function recurses, because a chain of 400 ``elif`` is a tree of 400 levels.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

#: Fields without a node, or with an operator or a context such as ``Add`` or ``Load``.
_PLAIN = frozenset(
    "arg asname attr conversion ctx id is_async kind kwd_attrs level module name op ops rest"
    " simple str tag type_comment type_ignores".split()
)
#: Fields of statements that hold statements or clauses with statements.
_BODIES = frozenset("body orelse finalbody handlers cases".split())
#: Fields that hold annotations.
_TYPES = frozenset({"annotation", "returns"})


class Fields(dict[type[ast.AST], tuple[str, ...]]):
    """Says which parts of a tree a walk visits: by kind of node, the names of the fields to follow.

    An entry is computed at its first use. Fields without nodes and those of operators and contexts
    (``Load``) are never visited. ``without`` names further fields to leave out. With
    ``bodies=False``, the statements and clauses inside a statement or module are left out.
    """

    def __init__(self, without: Collection[str] = (), bodies: bool = True) -> None:
        super().__init__()
        self._without = _PLAIN.union(without)
        self._bodies = bodies

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        """Compute, store and return the fields to visit of a ``kind`` that is not in the table."""
        without = self._without
        # e.g. the `body` of `if x: ...` holds statements, that of `lambda: ...` an expression
        if not self._bodies and issubclass(kind, ast.stmt | ast.mod):
            without = without | _BODIES
        # e.g. `type Pair = tuple[int, int]` is the one statement whose name is a node
        named = {"name"} if kind.__name__ == "TypeAlias" else set()
        found = tuple(name for name in kind._fields if name in named or name not in without)
        self[kind] = () if issubclass(kind, ast.Constant) else found
        return self[kind]


#: Every node except ``Load``, ``Store``, ``Del`` and the operators.
EVERYTHING = Fields()
#: Every node that is evaluated: like ``EVERYTHING`` without annotations.
EVALUATED = Fields(without=_TYPES)
#: The expressions of a statement, annotations too, without the statements inside it.
OWN = Fields(bodies=False)
#: The direct parts of a statement or clause without its blocks; an ``except`` clause is a part. Not
#: for what is below them: the `body` of a lambda would be missing.
HEADERS = Fields(without=("body", "orelse", "finalbody"))


def children(node: ast.AST, fields: Fields = EVERYTHING) -> list[ast.AST]:
    """Return the nodes directly below ``node`` in ``fields``, in the order of its fields.

    By default those are all but operators and contexts (``Load``). Entries of a list that are
    ``None`` are left out, e.g. the key of ``**more`` in a dict.
    """
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
    """Yield ``nodes`` and all nodes below them that ``fields`` visits.

    By default it visits all but operators and contexts (``Load``). Each node comes before those
    below it; siblings, ``nodes`` too, come in reverse order. Nodes whose kind is in ``stop_at``
    (subclasses do not count) are yielded, but nothing below them.
    """
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if type(node) not in stop_at:
            waiting += children(node, fields)


def expressions(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below ``statement``, at any depth, except its blocks, operators and contexts.

    Blocks are the statements, ``except`` clauses and ``case`` clauses inside it. Annotations and
    decorators are yielded, ``statement`` itself is not.
    """
    return walk(*children(statement, OWN), fields=OWN)


#: Kinds of nodes whose inside is evaluated later than the statement around them.
_LATER = frozenset({ast.Lambda})


def worked_out(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the expressions that ``statement`` itself evaluates or assigns to, and the nodes below.

    Left out are the statements, ``except`` and ``case`` clauses inside it, and annotations. So are
    the defaults of a function's arguments and the keywords of a class, although they are evaluated;
    decorators and base classes are yielded. A lambda is yielded, but nothing below it, its defaults
    included: its body runs later.
    """
    own = [
        each for each in children(statement, EVALUATED) if isinstance(each, ast.expr | ast.withitem)
    ]
    return walk(*own, fields=EVALUATED, stop_at=_LATER)
