"""The functions of a file with their statements, so that those of a program can be counted.

A statement counts if it does something (see :func:`_does`). Its print tells what it does, whatever
its names and constants: equal prints in a row are repeated code.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from grader.analysis.project.boxes import Box, box_of
from grader.analysis.project.usage import is_registered, statements_of
from grader.analysis.syntax.base_classes import may_be_called
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.framework_code import demanded_outside
from grader.analysis.syntax.import_time import runs_outside
from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.shapes import DESCRIBING, Shapes, fingerprint, is_literal, shapes_of
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    WORKING_EXPRESSIONS,
    Function,
    works,
)
from grader.analysis.syntax.walk import children, walk
from grader.domain.source import SourceFile

#: The print of a statement that never runs, e.g. below ``if False:``.
DEAD = 0
#: The line of the statements outside functions among the functions of a file.
OUTSIDE = 0
#: The characters of a statement in a string that is run as code, e.g. a line of a script. Chosen by
#: hand.
STATEMENT = 40
#: What the name of a function becomes in the prints of its own statements, so that a renamed copy
#: of a recursive function has equal prints. No name is equal to it.
_ITSELF = "()"
#: Expressions for which a statement can consist of nothing else, e.g. ``load()``; not ``a == b``.
_ACTING = frozenset({ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr})
#: Expressions whose value is not a constant, e.g. ``60 * minutes``; not ``60 * 60``.
_VARYING = _ACTING | {ast.Name, ast.Attribute, ast.Lambda}

#: Statements that may be nothing but a value, or a value and where it goes.
_CARRIERS = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)


class FunctionCode(NamedTuple):
    """The statements of one function that do something, or those of a file outside functions.

    ``name`` and ``line`` are those of its ``def``; empty and 0 for the statements outside.
    ``first`` is the line where a reader finds it: that of its ``def``, or of the first statement
    outside. ``unit`` is the index of the definition around it, or of itself, in ``Work.units``, and
    -1 outside. ``prints`` has a print for each statement, in the order of the text. Nested
    functions have their own; code in the body of a class is that of the function around the class.
    ``by_name``: it is a method or a nested function that nothing uses unless the program reads its
    name; not e.g. ``run`` of a ``Thread``, which calls it. ``box``: the argument of which it sets
    the attributes; of a method, its own object.
    """

    name: str
    line: int
    unit: int
    prints: tuple[int, ...]
    by_name: bool = False
    first: int = 0
    box: Box = Box()


def functions_of(source: SourceFile, *, texts: bool = False) -> tuple[FunctionCode, ...]:
    """Return every function of `source` with its statements, after the statements outside them.

    Outside, only what :func:`runs_outside` counts is there, e.g. no short guard, no field of a
    class and nothing that a framework demands. With `texts`, for a file that runs texts as code,
    its strings count there as statements of :data:`STATEMENT` characters that are never good. A
    function that does nothing is there too, with no print.
    """
    outside, *functions = _Reader(source).functions()
    if texts:
        in_text = sum(map(len, _texts(source.tree))) // STATEMENT
        outside = outside._replace(prints=(*outside.prints, *[DEAD] * in_text))
    return outside, *functions


def demanded_in(source: SourceFile) -> int:
    """Return how many different statements of `source` a framework demands outside functions.

    Two that are equal up to names and constants are one, so that rows of them are no size.
    """
    demanded = demanded_outside(source)
    if not demanded:
        return 0
    shapes = shapes_of(source)
    working = (each for each in demanded if works(each) and _does(each))
    return len({_print(each, shapes, "") for each in working})


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield every string and byte string of `tree` that is no statement of its own."""
    for node in walk(tree, stop_at=()):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        for child in children(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, str | bytes):
                yield str(child.value)


class _Reader:
    """Reads the functions of one file from its statements."""

    def __init__(self, source: SourceFile) -> None:
        self._every = statements_of(source)
        self._module = module_of(source)
        self._demanded: Collection[ast.stmt] = demanded_outside(source)
        self._shapes = shapes_of(source)
        self._nodes = self._every.nodes
        self._owners = self._innermost(FUNCTIONS)

    def functions(self) -> tuple[FunctionCode, ...]:
        """Return every function, after the statements outside functions."""
        inside: dict[int, list[int]] = {
            at: [] for at, (node, _) in enumerate(self._nodes) if isinstance(node, FUNCTIONS)
        }
        around = self._innermost(DEFINITIONS)
        for at, owner in enumerate(self._owners):
            if owner and self._works(at):
                inside[owner].append(at)
        found = [self._outside()]
        for at, statements in inside.items():
            function = self._nodes[at][0]
            assert isinstance(function, FUNCTIONS)
            outer = self._nodes[around[at]][0]
            itself = "." * isinstance(outer, ast.ClassDef) + function.name
            prints = tuple(self._prints(statements, itself))
            by_name = _is_used_by_name(function, outer, self._module)
            unit, line = self._every.units[at], function.lineno
            box = box_of(function, is_method=isinstance(outer, ast.ClassDef))
            found.append(FunctionCode(function.name, line, unit, prints, by_name, line, box))
        return tuple(found)

    def _innermost(self, kinds: tuple[type[ast.AST], ...]) -> list[int]:
        """Return for each node the index of the innermost node of `kinds` around it, 0 outside."""
        found = [0] * len(self._nodes)
        is_one = [isinstance(node, kinds) for node, _ in self._nodes]
        for at, (_, parent) in enumerate(self._nodes):
            found[at] = parent if is_one[parent] else found[parent]
        return found

    def _works(self, at: int) -> bool:
        return self._every.working[at] and _does(self._nodes[at][0])

    def _counts(self, at: int) -> bool:
        """Return whether a statement outside functions does something that nobody demands."""
        return self._works(at) and self._nodes[at][0] not in self._demanded

    def _outside(self) -> FunctionCode:
        """Return the statements that do something as the module is imported.

        They are those of :func:`runs_outside`, without statements that do no work, and without
        functions, e.g. the methods of a class with a loop in its body.
        """
        below: dict[int, list[int]] = {}
        tops = [0] * len(self._nodes)
        for at, (_, parent) in enumerate(self._nodes):
            tops[at] = tops[parent] or at
            if at and not self._owners[at]:
                below.setdefault(tops[at], []).append(at)
        found: list[int] = []
        for top, statements in below.items():
            node = self._nodes[top][0]
            assert isinstance(node, ast.stmt)
            if most := runs_outside(node, self._demanded):
                found += sorted(filter(self._counts, statements), key=self._place)[:most]
        first = min(map(self._place, found), default=(0, 0))[0]
        return FunctionCode("", OUTSIDE, -1, tuple(self._prints(found, "")), first=first)

    def _prints(self, statements: Iterable[int], itself: str) -> Iterator[int]:
        """Yield the print of each of `statements`, which are in the function `itself`, by place."""
        for at in sorted(statements, key=self._place):
            statement = self._nodes[at][0]
            assert isinstance(statement, ast.stmt)
            yield DEAD if self._every.dead[at] else _print(statement, self._shapes, itself)

    def _place(self, at: int) -> tuple[int, int]:
        statement = self._nodes[at][0]
        assert isinstance(statement, ast.stmt)
        return statement.lineno, statement.col_offset


def _is_used_by_name(function: Function, around: ast.AST, module: Module) -> bool:
    """Return whether nothing uses `function` of `module` unless the program reads its name.

    `around` is the innermost definition around it. Not so at the top level, where the definition is
    a unit of its own; for a method like ``__len__``; with a decorator that may register it; and in
    a class whose decorator, or a base class outside the file, may call it.
    """
    if isinstance(around, ast.Module) or function.name.startswith("__"):
        return False
    if isinstance(around, ast.ClassDef):
        if is_registered(around) or may_be_called(function.name, around, module):
            return False
    return not is_registered(function)


def _does(statement: ast.AST) -> bool:
    """Return whether `statement`, which works by :func:`works`, is worth counting.

    Not so a declaration (``rows: list[int]``, also with a plain value), an expression without
    effect (``a == b``) and a computed constant (``DAY = 24 * 60``): anybody can add those.
    """
    if not isinstance(statement, _CARRIERS) or isinstance(statement.value, ast.Call):
        return True
    kinds = {type(node) for node in walk(statement.value)} if statement.value else set()
    if isinstance(statement, ast.Expr):
        return not kinds.isdisjoint(_ACTING)
    if isinstance(statement, ast.AnnAssign) and kinds.isdisjoint(WORKING_EXPRESSIONS):
        return False
    return _sets_an_item(statement) or not kinds.isdisjoint(_VARYING)


def _sets_an_item(statement: ast.stmt) -> bool:
    """Return whether `statement` assigns to an item of something, e.g. ``grid[row] = 0``."""
    targets = statement.targets if isinstance(statement, ast.Assign) else ()
    return any(isinstance(target, ast.Subscript) for target in targets)


def _print(statement: ast.stmt, shapes: Shapes, itself: str) -> int:
    """Return a number that is equal for statements which do the same to other names and constants.

    `itself` is the name of the function around the statement, with a dot before that of a method. A
    statement that only calls a function, with names and constants, has the print of the function:
    ``prices = load(path)`` and ``model = train(prices)`` differ. The print of one that only
    declares is negative, and its constants make a difference.
    """
    call = _call(statement)
    if call is not None:
        called = last_name(call.func)
        if called in DESCRIBING:
            return -_number(ast.unparse(call))
        dotted = "." * isinstance(call.func, ast.Attribute) + called
        if all(map(_is_plain, _arguments(call))):
            return _number(_ITSELF if dotted == itself else called)
    words = f"{shapes.of(statement).text} "
    if itself:
        end = ":" if itself.startswith(".") else " "
        # e.g. self.visit(node.left) in `visit`, whose word is ".visit:1"
        words = words.replace(f" {itself}{end}", f" {_ITSELF}{end}")
    return _number(words)


def _number(text: str) -> int:
    return int.from_bytes(fingerprint(text).digest()) or 1


def _call(statement: ast.stmt) -> ast.Call | None:
    """Return the call that is all that `statement` does, if it calls a function by its name.

    e.g. ``load(path)`` of ``rows = load(path)``; nothing of ``rows = load(path)[0]``.
    """
    if not isinstance(statement, _CARRIERS):
        return None
    call = statement.value
    return call if isinstance(call, ast.Call) and last_name(call.func) else None


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _is_plain(argument: ast.expr) -> bool:
    """Return whether `argument` is a name or a literal, e.g. ``path``, ``3`` or ``[1, 2]``."""
    return isinstance(argument, ast.Name) or is_literal(argument)
