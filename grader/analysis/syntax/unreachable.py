"""Find statements that can never run, whatever the input of the program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.analysis.syntax.known_values import truth_of
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS, bodies, own_parts
from grader.analysis.syntax.walk import walk

#: Statements after which nothing in the same block runs.
LEAVING = frozenset({ast.Return, ast.Raise, ast.Continue, ast.Break})
#: The most frequent statements without blocks, in which nothing can be dead.
_SIMPLE = frozenset({*LEAVING, ast.Assign, ast.AugAssign, ast.Expr, ast.Import, ast.ImportFrom})
#: Statements with a block that their condition may never let run.
_CONDITIONAL = (ast.If, ast.While)


def never_taken(statement: ast.AST) -> list[ast.stmt]:
    """Return the block of `statement`, an ``if`` or ``while``, that its condition never lets run.

    e.g. what is below ``if False:``, ``while 0:``, ``if 0 > 1:`` and ``if TYPE_CHECKING:``, and the
    ``else`` of ``if True:``; nothing of ``if debug:`` or of any other statement. See
    :func:`truth_of`.
    """
    if not isinstance(statement, _CONDITIONAL):
        return []
    truth = truth_of(statement.test)
    if truth is None:
        return []
    return statement.orelse if truth else statement.body


def _does_nothing(statement: ast.stmt) -> bool:
    """Return whether `statement` is an ``if`` or ``while`` of which no block ever runs.

    e.g. ``if False: ...`` without an ``else``.
    """
    if not isinstance(statement, _CONDITIONAL) or statement.orelse:
        return False
    return truth_of(statement.test) is False


def dead_in(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements directly in the blocks of `node` that never run while `node` does.

    They are those below a false condition, an ``if`` with nothing else, those after a ``return``,
    ``raise``, ``continue`` or ``break`` in the same block, and functions that are replaced before
    they are read. Statements inside these are not yielded.
    """
    yield from never_taken(node)
    for body in bodies(node):
        is_over = False
        for one in body:
            if is_over or _does_nothing(one):
                yield one
            is_over = is_over or type(one) in LEAVING
    if isinstance(node, (ast.Module, *DEFINITIONS)):
        yield from _replaced(node.body)


def _replaced(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield each function of `body` that another of its name replaces before it is read.

    e.g. the first ``def load(path): ...`` of two. Not one with a decorator, such as ``@overload``
    and ``@property``, nor one that a statement between them reads, as in a notebook.
    """
    latest: dict[str, int] = {}
    for at, statement in enumerate(body):
        if not isinstance(statement, FUNCTIONS):
            continue
        before = latest.get(statement.name)
        latest[statement.name] = at
        if before is None or statement.decorator_list:
            continue
        first = body[before]
        assert isinstance(first, FUNCTIONS)
        if not first.decorator_list and not _reads(body[before + 1 : at], statement.name):
            yield first


def _reads(statements: Sequence[ast.stmt], name: str) -> bool:
    """Return whether one of `statements` reads `name` as it runs, without the bodies of functions.

    A statement with blocks may: what is in them is searched too.
    """
    for statement in statements:
        parts = own_parts(statement) if isinstance(statement, FUNCTIONS) else [statement]
        if any(isinstance(node, ast.Name) and node.id == name for node in walk(*parts)):
            return True
    return False


def never_running(nodes: Sequence[tuple[ast.AST, int]]) -> list[bool]:
    """Return for each of `nodes`, a result of :func:`every_statement`, whether it can never run.

    What is inside a statement that never runs does not either.
    """
    dead = {id(one) for node, _ in nodes if type(node) not in _SIMPLE for one in dead_in(node)}
    found = [False] * len(nodes)
    if dead:
        for at, (node, parent) in enumerate(nodes):
            found[at] = found[parent] or id(node) in dead
    return found
