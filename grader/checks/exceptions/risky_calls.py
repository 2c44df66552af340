"""Calls that fail when the world is not as expected, and what stands around each of them.

A file is summed up as its risky calls and its calls of functions, each with the function that it
stands in and the errors that are caught around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from grader.analysis.syntax.call_targets import Aliases, Target, aliases_of, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.except_clauses import caught, is_try
from grader.analysis.syntax.raising_calls import (
    EITHER,
    VALUE,
    Errors,
    asked_about,
    catches,
    converted,
    errors_of,
    is_typed,
    path_of,
)
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import expressions

#: Statements with the index of the one around, as every_statement lists them.
Nodes = list[tuple[ast.AST, int]]

_SETTING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.comprehension)
_ASKING = (ast.If, ast.While, ast.IfExp, ast.Assert)


@dataclass(frozen=True)
class Place:
    """Where a node stands: class, function by name and by node, and what is caught around it."""

    owner: str = ""
    function: str = ""
    scope: ast.AST | None = None
    caught: tuple[str, ...] = ()


@dataclass(frozen=True)
class Risk:
    """A risky call that nothing in its own function catches."""

    function: str
    errors: Errors
    message: str
    line: int
    column: int


@dataclass(frozen=True)
class Call:
    """A call of a function of the submission, perhaps, and which errors are caught around it."""

    function: str
    target: Target
    caught: Errors


@dataclass
class Program:
    """The risks and calls of one file, or what is found while it is read."""

    aliases: Aliases
    risks: list[Risk] = field(default_factory=list)
    calls: dict[Call, None] = field(default_factory=dict)
    #: Names that hold what somebody typed, names that are looked at before use, by function.
    typed: set[tuple[ast.AST | None, str]] = field(default_factory=set)
    tested: set[tuple[ast.AST | None, str]] = field(default_factory=set)
    #: Risks about a name, to be judged when all names are known.
    later: list[tuple[ast.AST | None, str, Risk]] = field(default_factory=list)


def read_program(nodes: Nodes) -> Program:
    """The risky calls and the calls of a file, of which every statement is given."""
    program = Program(aliases_of(node for node, _ in nodes))
    for statement, place in _placed(nodes, program.aliases):
        _take(program, statement, place)
        for node in expressions(statement):
            _take(program, node, place)
    for scope, name, risk in program.later:
        asked = (scope, name) in program.tested
        if not asked and (risk.errors != VALUE or (scope, name) in program.typed):
            program.risks.append(risk)
    program.risks.sort(key=lambda risk: (risk.line, risk.column))
    return program


def _take(program: Program, node: ast.AST, place: Place) -> None:
    """Note what one node tells."""
    if isinstance(node, ast.Call):
        _take_call(program, node, place)
    elif isinstance(node, _SETTING):
        _take_names(program, node, place)
    elif isinstance(node, _ASKING):
        program.tested.update((place.scope, name) for name in asked_about(node.test))


def _placed(nodes: Nodes, aliases: Aliases) -> Iterator[tuple[ast.AST, Place]]:
    """Every statement with its place."""
    places, inside = [Place()] * len(nodes), dict[int, Place]()
    for at, (node, parent) in enumerate(nodes):
        place = places[at] = inside.get(id(node), places[parent])
        yield node, place
        inner = _inside(node, place, aliases)
        if inner is not None:
            body: list[ast.stmt] = getattr(node, "body", [])
            inside |= {id(item): inner for item in body}


def _inside(node: ast.AST, place: Place, aliases: Aliases) -> Place | None:
    """The place of a statement's body, where that is another one."""
    if isinstance(node, FUNCTIONS):
        return Place(function=_known_as(node, place.owner), scope=node)
    if isinstance(node, ast.ClassDef):
        return replace(place, owner=node.name)
    names = _caught_by(node, aliases)
    return replace(place, caught=place.caught + names) if names else None


def _known_as(function: Function, owner: str) -> str:
    """A function by its name, a method by a dot and its name, ``__init__`` by its class."""
    if not owner:
        return function.name
    return owner if function.name == "__init__" else f".{function.name}"


def _caught_by(node: ast.AST, aliases: Aliases) -> tuple[str, ...]:
    """What a ``try`` or a ``with suppress(...)`` catches of its body."""
    if is_try(node):
        handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
        return tuple(name for handler in handlers for name in caught(handler.type))
    if isinstance(node, ast.With):
        return tuple(name for item in node.items for name in suppressed(item, aliases))
    return ()


def suppressed(item: ast.withitem, aliases: Aliases) -> tuple[str, ...]:
    """The errors that ``contextlib.suppress`` is given, if that is what a ``with`` holds."""
    call = item.context_expr
    if not isinstance(call, ast.Call) or last_name(call.func) != "suppress":
        return ()
    if target_of(call.func, aliases).dotted != "contextlib.suppress":
        return ()
    return tuple(name for given in call.args for name in caught(given))


def _take_call(program: Program, call: ast.Call, place: Place) -> None:
    target = target_of(call.func, program.aliases)
    _take_risk(program, call, target, place)
    around = tuple(error for error in EITHER if catches(place.caught, error))
    for given in (target, *_handed_over(call, program.aliases)):
        if given.name and (given.module or given.name in program.aliases.own):
            program.calls[Call(place.function, given, around)] = None


def _handed_over(call: ast.Call, aliases: Aliases) -> Iterator[Target]:
    """Functions given to a call, which runs them: ``map(load, paths)``."""
    for given in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(given, ast.Name | ast.Attribute):
            yield target_of(given, aliases)


def _take_risk(program: Program, call: ast.Call, target: Target, place: Place) -> None:
    errors, what = errors_of(call, target, program.aliases)
    if not errors or any(catches(place.caught, error) for error in errors):
        return
    message = f"`{what}` may fail, and nothing catches the error"
    risk = Risk(place.function, errors, message, call.lineno, call.col_offset + 1)
    number = converted(call, target)
    about = path_of(call) if number is None and errors != VALUE else number
    if isinstance(about, ast.Name):
        program.later.append((place.scope, about.id, risk))
    elif number is None or is_typed(number):
        program.risks.append(risk)


def _take_names(program: Program, node: ast.AST, place: Place) -> None:
    value = getattr(node, "iter", None) or getattr(node, "value", None)
    if value is None or not is_typed(value):
        return
    for target in node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]:
        _remember(program, target, place)


def _remember(program: Program, target: ast.expr | None, place: Place) -> None:
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    program.typed.update((place.scope, part.id) for part in parts if isinstance(part, ast.Name))
