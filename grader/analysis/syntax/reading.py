"""Read a syntax tree in one pass: its scopes with their blocks, calls and names, and its imports.

The pass goes in the order of the text, without recursion. Annotations are left out, because they do
not compute anything.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import root_of
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.scopes import Block, Scope, Use
from grader.analysis.syntax.statements import FUNCTIONS, LOOPS, Function
from grader.analysis.syntax.stdlib_effects import MUTATORS
from grader.analysis.syntax.walk import EVALUATED, children

_BODIES = frozenset({"body", "orelse", "finalbody"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Position(NamedTuple):
    """The current position: the scope in which names are bound, and the block that lists calls."""

    scope: Scope
    block: Block


#: Nodes to read next; a position among them applies to the nodes after it.
_Items = Sequence[ast.AST | _Position]


@dataclass
class Reading:
    """What :func:`read` finds in one pass: every scope, the module's own first, and all imports.

    ``imports`` are the statements at any depth, in the order of the text.
    """

    scopes: list[Scope] = field(default_factory=list)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)

    def enter(self, node: ast.AST, around: Scope) -> Scope:
        """Add a scope for ``node`` inside ``around`` and return it.

        It has the :class:`Scope` ``owner`` of ``around``, which the caller replaces for a function.
        """
        self.scopes.append(Scope(node, around, around.owner))
        return self.scopes[-1]


def read(tree: ast.Module) -> Reading:
    """Read ``tree`` in one pass; return its scopes and imports."""
    reading = Reading([Scope(tree)])
    at = _Position(reading.scopes[0], Block([]))
    waiting = [*reversed(_block(tree.body, at, at.scope))]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.Name):  # most nodes; with constants they are half of a tree
            _name(item, at)
        elif isinstance(item, _Position):
            at = item
        elif not isinstance(item, ast.Constant):
            visit = _VISITS.get(type(item))
            inside = visit(item, at, reading) if visit else children(item, EVALUATED)
            waiting += reversed(inside)
    return reading


def _block(
    body: list[ast.stmt], at: _Position, scope: Scope, in_loop: bool = False, in_guard: bool = False
) -> _Items:
    """Add a block with the statements ``body`` to ``scope``.

    Return the nodes to read: those of ``body`` in the new block, then the position ``at`` again.
    """
    block = Block(body, in_loop, in_guard)
    scope.blocks.append(block)
    return [_Position(scope, block), *body, at]


def _compound(node: ast.AST, at: _Position, reading: Reading) -> _Items:
    """Add a block for each list of statements in ``node``; return its header and its blocks."""
    inside: list[ast.AST | _Position] = []
    for name in EVALUATED[type(node)]:
        value = getattr(node, name)
        if name in _BODIES:
            if value:
                inside += _part_of_compound(node, name, at)
        elif isinstance(value, list):
            inside += value
        elif value is not None:
            inside.append(value)
    return inside


def _part_of_compound(node: ast.AST, name: str, at: _Position) -> _Items:
    """Add a block with the statements in the field ``name`` of ``node``; return what to read."""
    is_body = name == "body"
    # e.g. the `else` of a `for` runs once, after the loop
    loops = is_body and isinstance(node, LOOPS)
    guards = is_body and isinstance(node, ast.If) and is_guard(node)
    in_loop, in_guard = at.block.in_loop or loops, at.block.in_guard or guards
    return _block(getattr(node, name), at, at.scope, in_loop, in_guard)


def _function(node: Function, at: _Position, reading: Reading) -> _Items:
    """Bind the function's name; decorators and defaults are read in the scope around it."""
    at.scope.bound.setdefault(node.name, node)
    inner = reading.enter(node, at.scope)
    inner.owner = inner
    outside = [*node.decorator_list, *_bind_arguments(node.args, inner)]
    return [*outside, *_block(node.body, at, inner)]


def _lambda(node: ast.Lambda, at: _Position, reading: Reading) -> _Items:
    """Give the lambda a scope without a block: its calls belong to the block around it."""
    inner = reading.enter(node, at.scope)
    inner.owner = at.scope.owner or inner
    return [*_bind_arguments(node.args, inner), _Position(inner, at.block), node.body, at]


def _bind_arguments(arguments: ast.arguments, inner: Scope) -> _Items:
    """Bind ``arguments`` in the scope ``inner``; return their defaults, which are outside it."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    stars = [each for each in (arguments.vararg, arguments.kwarg) if each]
    inner.bound.update({each.arg: each for each in (*named, *stars)})
    return [each for each in (*arguments.defaults, *arguments.kw_defaults) if each]


def _class(node: ast.ClassDef, at: _Position, reading: Reading) -> _Items:
    """Bind the class's name; decorators and bases are read in the scope around it."""
    at.scope.bound.setdefault(node.name, node)
    inner = reading.enter(node, at.scope)
    outside = [*node.decorator_list, *node.bases, *node.keywords]
    return [*outside, *_block(node.body, at, inner)]


def _comprehension(node: ast.ListComp, at: _Position, reading: Reading) -> _Items:
    """Read the first iterable in the scope around the comprehension, the rest in a new scope."""
    first = node.generators[0]
    inner = _Position(reading.enter(node, at.scope), at.block)
    rest = [each for each in children(node, EVALUATED) if each is not first]
    return [first.iter, inner, first.target, *first.ifs, *rest, at]


def _name(node: ast.Name, at: _Position) -> None:
    """Record a read of the name, or bind it if it is assigned or deleted."""
    if isinstance(node.ctx, ast.Load):
        at.scope.uses.append(Use(node.id, "", "read", node))
    else:
        at.scope.bound.setdefault(node.id, node)


def _walrus(node: ast.NamedExpr, at: _Position, reading: Reading) -> _Items:
    """Bind the name of ``:=`` in the nearest scope that is not a comprehension."""
    host = at.scope
    while isinstance(host.node, _COMPREHENSIONS) and host.parent is not None:
        host = host.parent
    host.bound.setdefault(node.target.id, node.target)
    return [node.value]


def _part(node: ast.Attribute | ast.Subscript, at: _Position, reading: Reading) -> _Items:
    """Record a use of the name at the root of an attribute or item; return what else to read.

    A read of an item (``rows[0]``) is recorded as a read of the name when that is visited.
    """
    uses = at.scope.uses
    inside = children(node, EVALUATED)
    if not isinstance(node.ctx, ast.Load):
        uses.append(_by_globals(node, "change") or Use(*root_of(node), "change", node))
        # e.g. `total[0] = 1` does not read `total`, and `rows[0][1] = 1` reads it
        return [each for each in inside if not (each is node.value and type(each) is ast.Name)]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        uses.append(Use(node.value.id, node.attr, "read", node))
        return []
    if by_globals := _by_globals(node, "read"):
        uses.append(by_globals)
    return inside


def _by_globals(node: ast.Attribute | ast.Subscript, how: str) -> Use | None:
    """Return the use of a module's name by ``globals()["total"]``, or ``None`` for other nodes.

    The name is ``globals()`` if the key is no constant, and for methods of ``globals()``.
    """
    called = node.value.func if isinstance(node.value, ast.Call) else None
    if not (isinstance(called, ast.Name) and called.id == "globals"):
        return None
    key = node.slice if isinstance(node, ast.Subscript) else None
    name = str(key.value) if isinstance(key, ast.Constant) else "globals()"
    return Use(name, "", how, node, direct=True)


def _call(node: ast.Call, at: _Position, reading: Reading) -> _Items:
    """Add the call to its block, and record a use if its method changes a container."""
    at.block.calls.append(node)
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in MUTATORS:
        use = _by_globals(called, "change") or Use(*root_of(called.value), "mutate", called)
        at.scope.uses.append(use)
    return [called, *node.args, *node.keywords]


def _global(node: ast.Global, at: _Position, reading: Reading) -> _Items:
    for name in node.names:
        at.scope.declared.setdefault(name, node)
    return []


def _nonlocal(node: ast.Nonlocal, at: _Position, reading: Reading) -> _Items:
    at.scope.outer.update(node.names)
    return []


def _import(node: ast.Import | ast.ImportFrom, at: _Position, reading: Reading) -> _Items:
    reading.imports.append(node)
    for each in node.names:
        at.scope.bound.setdefault(each.asname or each.name.split(".")[0], node)
    return []


def _pattern(node: ast.AST, at: _Position, reading: Reading) -> _Items:
    """Bind the name that a ``case`` pattern captures, if there is one."""
    name = getattr(node, "name", None) or getattr(node, "rest", None)
    if name:
        at.scope.bound.setdefault(name, node)
    return children(node, EVALUATED)


def _handler(node: ast.ExceptHandler, at: _Position, reading: Reading) -> _Items:
    if node.name:
        at.scope.bound.setdefault(node.name, node)
    return _compound(node, at, reading)


#: Nodes with lists of statements inside that have no scope of their own.
_COMPOUND = (*LOOPS, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.match_case)
#: The function that reads a node, by kind of node. It updates scopes and blocks, and returns the
#: nodes inside to read next. Nodes of other kinds are only searched.
_VISITS: dict[type, Callable[..., _Items]] = {
    **dict.fromkeys(_COMPOUND, _compound),
    **dict.fromkeys(FUNCTIONS, _function),
    **dict.fromkeys(_COMPREHENSIONS, _comprehension),
    **dict.fromkeys((ast.MatchAs, ast.MatchStar, ast.MatchMapping), _pattern),
    ast.TryStar: _compound,
    ast.ExceptHandler: _handler,
    ast.Lambda: _lambda,
    ast.ClassDef: _class,
    ast.NamedExpr: _walrus,
    ast.Attribute: _part,
    ast.Subscript: _part,
    ast.Call: _call,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Import: _import,
    ast.ImportFrom: _import,
}
