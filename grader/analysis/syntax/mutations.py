"""Which names of a module are bound, rebound and read, and which of their values may be changed.

Names are compared by their text alone, whatever their scope. If a function appends to a local
``items``, the module's ``items`` counts as changed too: rather miss a constant than report a value
that changes. Some changes are not seen, e.g. through a result of a function, ``:=`` or
``rows: list = items``.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.analysis.syntax.dotted_names import base_name
from grader.analysis.syntax.names import arguments_of, names_in
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import children

#: Nodes with a scope of their own: names bound inside them are not bound at the top of the module.
_APART: frozenset[type[ast.AST]] = frozenset(
    {
        *FUNCTIONS,
        ast.ClassDef,
        ast.DictComp,
        ast.GeneratorExp,
        ast.Lambda,
        ast.ListComp,
        ast.SetComp,
    }
)
#: The most frequent kinds of node that have no nodes inside.
_LEAVES: frozenset[type[ast.AST]] = frozenset({ast.Constant, ast.Name})

#: Methods that change a list, a dict or a set, e.g. ``items.append(1)``; not ``items.copy()``.
_CHANGING = frozenset("""
    __delitem__ __setitem__ add append clear difference_update discard extend insert
    intersection_update pop popitem remove reverse setdefault sort symmetric_difference_update
    update
    """.split())
#: Functions and methods that do not change their arguments, e.g. ``len(items)``. Every other one
#: that the module does not define, e.g. ``random.shuffle(items)``, is assumed to change them.
_LOOKING = frozenset("""
    all any bool choice choices count dict enumerate extend filter format frozenset index
    isinstance iter join len list map max min next print randint range repr reversed sample set
    sorted str sum tuple type update zip
    """.split())


@dataclass
class Uses:
    """How the names of a module are used, by their text alone, whatever their scope: see `uses_of`.

    ``bound``: how often each is bound outside functions, classes, lambdas and comprehensions; all
    else is about all code. ``rebound``: names that are deleted or declared ``global``. ``changed``:
    names whose value may be changed in place. ``read``: names that are read. ``functions``: the
    functions and methods that the module defines. ``called``: the last part of the name of every
    function and method that it calls. ``leads_to``: for a name, those whose values may change along
    with its value. In it and in ``changed``, ``f()`` stands for all arguments of a function ``f``.
    """

    #: How often each name is bound outside functions, classes, lambdas and comprehensions.
    bound: Counter[str] = field(default_factory=Counter)
    #: Names that some code deletes or declares ``global``.
    rebound: set[str] = field(default_factory=set)
    #: Names whose value may be changed in place, and keys of :func:`_call`.
    changed: set[str] = field(default_factory=set)
    #: Names that are read anywhere.
    read: set[str] = field(default_factory=set)
    #: name -> names whose value may change along with that of the first
    leads_to: dict[str, set[str]] = field(default_factory=dict)
    #: Functions and methods that the module defines.
    functions: set[str] = field(default_factory=set)
    #: Last part of the name of every called function: ``append`` of ``items.append(1)``.
    called: set[str] = field(default_factory=set)

    def link(self, name: str, others: Iterable[str]) -> None:
        """Record that a change of the value of ``name`` may change the values of ``others``.

        They are added to those that ``leads_to`` has for it already.
        """
        self.leads_to.setdefault(name, set()).update(others)


def uses_of(tree: ast.Module) -> Uses:
    """Return the uses of every name in ``tree``.

    A change is traced back: if a function changes its argument, every name that is passed to it
    counts as changed, and so does the list that a changed element was taken from. A function that
    ``tree`` does not define is assumed to change its arguments, unless it is known not to, e.g.
    ``len``. Some changes are missed, e.g. through the result of a function or ``:=``.
    """
    uses = Uses()
    waiting: list[tuple[ast.AST, bool]] = [(tree, True)]
    while waiting:
        node, at_top = waiting.pop()
        note = _NOTES.get(type(node))
        if note is not None:
            note(uses, node, at_top)
        if type(node) not in _LEAVES:
            inside = at_top and type(node) not in _APART
            waiting += [(child, inside) for child in children(node)]
    strangers = uses.called - uses.functions - _LOOKING
    uses.changed = _reached(uses, uses.changed | {_call(name) for name in strangers})
    return uses


def _call(name: str) -> str:
    """Return the key for all arguments of the function ``name``; the brackets keep it apart."""
    return f"{name}()"


def _note_name(uses: Uses, node: ast.Name, at_top: bool) -> None:
    """Record a read, a deletion, or an assignment at the top of the module."""
    if isinstance(node.ctx, ast.Load):
        uses.read.add(node.id)
    elif isinstance(node.ctx, ast.Del):
        uses.rebound.add(node.id)
    elif at_top:
        uses.bound[node.id] += 1


def _note_global(uses: Uses, node: ast.Global, at_top: bool) -> None:
    uses.rebound.update(node.names)


def _note_import(uses: Uses, node: ast.Import | ast.ImportFrom, at_top: bool) -> None:
    if at_top:
        uses.bound.update(each.asname or each.name for each in node.names)


def _note_definition(uses: Uses, node: Function | ast.ClassDef, at_top: bool) -> None:
    """Record a definition; a change of a function's argument may change what is passed to it."""
    if at_top:
        uses.bound[node.name] += 1
    if not isinstance(node, ast.ClassDef):
        uses.functions.add(node.name)
        for each in arguments_of(node.args):
            uses.link(each.arg, [_call(node.name)])


def _note_handler(uses: Uses, node: ast.ExceptHandler, at_top: bool) -> None:
    if node.name and at_top:
        uses.bound[node.name] += 1


def _note_part(uses: Uses, node: ast.Subscript | ast.Attribute, at_top: bool) -> None:
    """Record a change if an item or attribute is assigned or deleted: ``board[0] = 1``."""
    if not isinstance(node.ctx, ast.Load):
        uses.changed.update(_roots([node]))


def _note_growth(uses: Uses, node: ast.AugAssign, at_top: bool) -> None:
    """Record a change of the target of ``+=``, which changes a list in place."""
    uses.changed.update(_roots([node.target]))


def _note_assignment(uses: Uses, node: ast.Assign, at_top: bool) -> None:
    _note_alias(uses, node.targets, node.value)


def _note_loop(uses: Uses, node: ast.For | ast.comprehension, at_top: bool) -> None:
    _note_alias(uses, [node.target], node.iter)


def _note_alias(uses: Uses, targets: list[ast.expr], value: ast.expr) -> None:
    """Record that a change of a target may change ``value``.

    e.g. in ``row = board[0]`` and ``for row in board``, changing ``row`` changes ``board``. If
    ``value`` is stored in an attribute or item (``game.board = board``), it counts as changed.
    """
    roots = list(_roots([value]))
    for target in targets:
        for name in names_in(target):
            uses.link(name.id, roots)
        if isinstance(target, ast.Attribute | ast.Subscript):
            uses.changed.update(roots)


def _note_call(uses: Uses, node: ast.Call, at_top: bool) -> None:
    """Record the called name, the names passed to it, and a change by a method of _CHANGING."""
    function = node.func
    name = base_name(function)
    if isinstance(function, ast.Attribute) and function.attr in _CHANGING:
        uses.changed.update(_roots([function.value]))
    uses.called.add(name)
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    uses.link(_call(name), _roots(given))


def _roots(values: Iterable[ast.expr]) -> Iterator[str]:
    """Yield the name at the root of each value: ``board`` of ``board``, ``board[0].rows``.

    A value with another root, e.g. a call or a sum, yields nothing.
    """
    for value in values:
        while isinstance(value, ast.Subscript | ast.Attribute):
            value = value.value
        if isinstance(value, ast.Name):
            yield value.id


def _reached(uses: Uses, start: set[str]) -> set[str]:
    """Return ``start`` with every name that ``uses.leads_to`` reaches from it, over any steps."""
    reached, waiting = set(start), list(start)
    while waiting:
        new = uses.leads_to.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return reached


#: Which function records a node, by the kind of node. The last argument says whether the node is
#: outside every function, class, lambda and comprehension.
_NOTES: Mapping[type[ast.AST], Callable[[Uses, Any, bool], None]] = {
    ast.Name: _note_name,
    ast.Global: _note_global,
    ast.Import: _note_import,
    ast.ImportFrom: _note_import,
    ast.FunctionDef: _note_definition,
    ast.AsyncFunctionDef: _note_definition,
    ast.ClassDef: _note_definition,
    ast.ExceptHandler: _note_handler,
    ast.Subscript: _note_part,
    ast.Attribute: _note_part,
    ast.AugAssign: _note_growth,
    ast.Assign: _note_assignment,
    ast.For: _note_loop,
    ast.AsyncFor: _note_loop,
    ast.comprehension: _note_loop,
    ast.Call: _note_call,
}
