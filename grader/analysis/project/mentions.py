"""Which names a piece of code reads, as far as they may be those of definitions.

A *mention* is a text that :class:`~grader.analysis.project.names.Names` resolves for its file:
``f`` is a bare name that the file imports or defines, ``m.f`` an attribute of the imported name
``m``, ``.f`` one of any other object, ``*.f`` and ``*.run_*`` what ``getattr`` asks for by name or
by its beginning. After ``~`` follows a mention that is only looked at: ``print(len(STEPS))`` calls
none of the functions in ``STEPS``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.imports import STAR
from grader.analysis.syntax.walk import children, walk

#: The beginning of a mention that is only looked at, and of one that may be in any module.
LOOKED_AT, ANYWHERE = "~", "*."
#: The beginning of a mention of the calls that compute a variable, for their effect: ``!total``.
EFFECT = "!"
#: The fewest characters of a name, or of its beginning, in a ``getattr`` that uses it: ``run_`` of
#: ``getattr(self, f"run_{name}")``. A letter would use half of a program. Chosen by hand.
_LEAST_PREFIX = 2
#: Functions that call none of their arguments, nor what is in them: ``print(len(STEPS))``; not
#: ``map(f, rows)``, nor ``list(STEPS)``, whose items may be called. Chosen by hand.
_LOOKING = frozenset("bool callable id isinstance issubclass len print repr str type".split())
#: Methods that put something into a list, set or dict: ``STEPS.append(f)``.
_FILLING = frozenset("add append extend insert setdefault update".split())
#: Expressions that make a new list, set or dict; so do calls of the functions.
_MAKERS = (ast.List, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
_MAKING = frozenset({"dict", "list", "set", "sorted"})

#: Nodes, other than names, that have a mention or look at one.
_TELLING = (ast.Attribute, ast.Call, ast.Compare, ast.Subscript)


class FileNames(NamedTuple):
    """The names of one file that may stand for definitions of the submission.

    ``imported``: the modules from which each imported name may come, as they are written; for
    ``import a.b`` and for ``from a.b import c`` it is ``a.b``. ``defined``: its functions, classes
    and variables, nested functions and methods too. ``tables``: those variables that are bound to a
    list, set or dict. With ``has_star``, a ``from m import *``, any name may be imported.
    """

    imported: Mapping[str, frozenset[str]]
    defined: frozenset[str]
    tables: frozenset[str]
    has_star: bool

    @staticmethod
    def of(
        nodes: Iterable[ast.AST], defined: Collection[str], outside: Iterable[ast.stmt]
    ) -> FileNames:
        """Return the names that the imports among `nodes` bind, and those `defined`.

        Variables are those that the statements `outside` definitions assign.
        """
        found: dict[str, set[str]] = {}
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    found.setdefault(_bound(node, alias), set()).add(_module(node, alias))
        imported = {name: frozenset(modules) for name, modules in found.items()}
        made: dict[bool, set[str]] = {True: set(), False: set()}
        for statement in outside:
            made[makes_a_table(getattr(statement, "value", None))].update(assigned_in(statement))
        tables = made[True] - made[False]
        known = frozenset(defined).union(*made.values())
        return FileNames(imported, known, frozenset(tables), STAR in imported)

    def knows(self, name: str) -> bool:
        """Return whether the bare `name` may be that of a definition."""
        return self.has_star or name in self.imported or name in self.defined

    def mention(self, node: ast.expr) -> str:
        """Return the mention that `node` is: a name, or an attribute of an import; else ""."""
        if isinstance(node, ast.Name):
            return node.id if self.knows(node.id) else ""
        found = self.attribute(node) if isinstance(node, ast.Attribute) else ""
        return "" if found.startswith(".") else found

    def attribute(self, node: ast.Attribute) -> str:
        """Return the mention of the attribute `node`: ``m.f`` of an imported ``m``, else ``.f``."""
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        name = root.id if isinstance(root, ast.Name) and root.id in self.imported else ""
        return f"{name}.{node.attr}"


def makes_a_table(value: ast.expr | None) -> bool:
    """Return whether `value` makes a list, set or dict: ``[]``, ``dict(rows)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _MAKING
    return isinstance(value, _MAKERS)


def _bound(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """Return the name that `alias` of the import `node` binds: ``a`` of ``import a.b``."""
    if alias.asname or isinstance(node, ast.ImportFrom):
        return alias.asname or alias.name
    return alias.name.partition(".")[0]


def _module(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return node.module or "" if isinstance(node, ast.ImportFrom) else alias.name


def mentions_in(nodes: Iterable[ast.AST], names: FileNames) -> set[str]:
    """Return the mentions in `nodes`, of a file with these `names`; see the top of this module."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):  # most nodes; a name has nothing below it
            if isinstance(node.ctx, ast.Load) and names.knows(node.id):
                found.add(node.id)
            continue
        below = children(node)
        if isinstance(node, _TELLING):
            looked_at = {id(one): one.id for one in _looked_at(node)}
            found.update(LOOKED_AT + name for name in filter(names.knows, looked_at.values()))
            found.update(_attributes(node, names))
            below = [one for one in below if id(one) not in looked_at]
        waiting += below
    return found


def _attributes(node: ast.AST, names: FileNames) -> Iterator[str]:
    """Yield the mention of the attribute that `node` is, and those that ``getattr`` asks for."""
    if isinstance(node, ast.Attribute):
        yield names.attribute(node)
    elif isinstance(node, ast.Call) and last_name(node.func) == "getattr":
        yield from _asked_for(node.args[1:2])


def _looked_at(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the names directly in `node` that it reads without calling what they stand for.

    ``STEPS`` in ``len(STEPS)`` and ``STEPS.append(f)``, ``f`` in ``f is None``, and ``TABLE`` in
    ``TABLE["a"] = 3``.
    """
    parts: Sequence[ast.expr] = ()
    if isinstance(node, ast.Call) and _is_looking(node.func):
        parts = node.args
    elif isinstance(node, ast.Compare):
        parts = [node.left, *node.comparators]
    elif isinstance(node, ast.Attribute | ast.Subscript) and _is_filling(node):
        parts = [node.value]
    yield from (part for part in parts if isinstance(part, ast.Name))


def _is_looking(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in _LOOKING


def _is_filling(node: ast.Attribute | ast.Subscript) -> bool:
    """Return whether `node` is ``STEPS.append``, or the ``STEPS[0]`` of ``STEPS[0] = f``."""
    if isinstance(node, ast.Attribute):
        return node.attr in _FILLING
    return not isinstance(node.ctx, ast.Load)


def filled_by(call: ast.Call) -> str | None:
    """Return the variable that `call` puts something into: ``STEPS`` of ``STEPS.append(f)``."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in _FILLING:
        return function.value.id if isinstance(function.value, ast.Name) else None
    return None


def _asked_for(names: Sequence[ast.expr]) -> Iterator[str]:
    """Yield ``*.run_*`` for ``f"run_{name}"`` or ``"run_" + name``, and ``*.run`` for ``"run"``."""
    for node in names:
        if isinstance(node, ast.JoinedStr) and node.values:
            first, end = node.values[0], "*"
        elif isinstance(node, ast.BinOp):
            first, end = node.left, "*"
        else:
            first, end = node, ""
        name = first.value if isinstance(first, ast.Constant) else None
        if isinstance(name, str) and name.isidentifier() and len(name) >= _LEAST_PREFIX:
            yield ANYWHERE + name + end


def assigned_in(statement: ast.stmt) -> Iterator[str]:
    """Yield the plain names that `statement` assigns or declares.

    ``x`` of ``x = 1`` and ``x: int``; none of ``x.y = 1``, ``x, y = 1, 2`` or ``x += 1``.
    """
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def table_filled(statement: ast.stmt, names: FileNames) -> str | None:
    """Return the table of the file into which `statement` only puts something, or ``None``.

    ``STEPS`` of ``STEPS.append(f)``, and ``TABLE`` of ``TABLE["a"] = f``, if the file has such a
    table; not of ``STEPS.append(f())``, which calls ``f``.
    """
    parts: Sequence[ast.AST] = ()
    found = None
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        found, parts = filled_by(statement.value), statement.value.args
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            found, parts = target.value.id, (target.slice, statement.value)
    if found not in names.tables or any(isinstance(node, ast.Call) for node in walk(*parts)):
        return None
    return found
