"""What a module does with names: how often it binds them, which values it changes, what it reads.

Names are told apart by their text alone. A function's own ``items`` that grows makes the module's
``items`` one that may change, which errs on the side of saying nothing.
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

#: What is bound below these is not the module's.
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
_LEAVES: frozenset[type[ast.AST]] = frozenset({ast.Constant, ast.Name})

#: Methods that change a list, a dict or a set.
_CHANGING = frozenset("""
    __delitem__ __setitem__ add append clear difference_update discard extend insert
    intersection_update pop popitem remove reverse setdefault sort symmetric_difference_update
    update
    """.split())
#: Functions that only look at what they are given; any other may change it.
_LOOKING = frozenset("""
    all any bool choice choices count dict enumerate extend filter format frozenset index
    isinstance iter join len list map max min next print randint range repr reversed sample set
    sorted str sum tuple type update zip
    """.split())


@dataclass
class Uses:
    """Of each name of a module: how often it is bound at the top, and what becomes of it."""

    bound: Counter[str] = field(default_factory=Counter)
    rebound: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    #: name -> names whose value changes along with that name's
    leads_to: dict[str, set[str]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)

    def link(self, name: str, others: Iterable[str]) -> None:
        """What changes ``name`` changes the others."""
        self.leads_to.setdefault(name, set()).update(others)


def uses_of(tree: ast.Module) -> Uses:
    """The uses of every name, changes followed from an argument to what is passed for it."""
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
    """The key of what a function gets: no Python name has brackets."""
    return f"{name}()"


def _note_name(uses: Uses, node: ast.Name, at_top: bool) -> None:
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
    if not isinstance(node.ctx, ast.Load):
        uses.changed.update(_roots([node]))


def _note_growth(uses: Uses, node: ast.AugAssign, at_top: bool) -> None:
    uses.changed.update(_roots([node.target]))


def _note_assignment(uses: Uses, node: ast.Assign, at_top: bool) -> None:
    _note_alias(uses, node.targets, node.value)


def _note_loop(uses: Uses, node: ast.For | ast.comprehension, at_top: bool) -> None:
    _note_alias(uses, [node.target], node.iter)


def _note_alias(uses: Uses, targets: list[ast.expr], value: ast.expr) -> None:
    """``row = board[0]`` and ``for row in board``: what changes the row changes the board."""
    roots = list(_roots([value]))
    for target in targets:
        for name in names_in(target):
            uses.link(name.id, roots)
        if isinstance(target, ast.Attribute | ast.Subscript):
            uses.changed.update(roots)


def _note_call(uses: Uses, node: ast.Call, at_top: bool) -> None:
    function = node.func
    name = base_name(function)
    if isinstance(function, ast.Attribute) and function.attr in _CHANGING:
        uses.changed.update(_roots([function.value]))
    uses.called.add(name)
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    uses.link(_call(name), _roots(given))


def _roots(values: Iterable[ast.expr]) -> Iterator[str]:
    """``board`` for ``board``, ``board[0]`` and ``board.rows``."""
    for value in values:
        while isinstance(value, ast.Subscript | ast.Attribute):
            value = value.value
        if isinstance(value, ast.Name):
            yield value.id


def _reached(uses: Uses, start: set[str]) -> set[str]:
    """Everything that changes when what is in ``start`` does."""
    reached, waiting = set(start), list(start)
    while waiting:
        new = uses.leads_to.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return reached


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
