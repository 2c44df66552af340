"""Find the calls of a file that may fail because of input, files or the network.

The result is the risky calls and the calls of functions, each with the function that contains it
and the errors that are caught around it. `reach` joins them into a call graph.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from grader.analysis.syntax.call_targets import Aliases, Target, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.except_clauses import caught, is_try, only_raises_again
from grader.analysis.syntax.names import decorators
from grader.analysis.syntax.raising_calls import (
    EITHER,
    VALUE,
    Errors,
    asked_about,
    catches,
    converted,
    errors_of,
    is_typed,
    name_of,
    path_of,
)
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import expressions

#: Statements, each with the index of the one that contains it, as `every_statement` returns them.
Nodes = list[tuple[ast.AST, int]]

#: Nodes that give names a value, and nodes with a condition (``test``).
_SETTING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.comprehension)
#: Libraries whose commands the user starts, with no caller in the program.
_COMMANDERS = frozenset({"click", "typer"})
_ASKING = (ast.If, ast.While, ast.IfExp, ast.Assert)


@dataclass(frozen=True)
class Place:
    """Where a node is: the class and the function around it, and the errors that are caught there.

    ``owner``: the class around it, if no function is between them, or "". ``function``: the
    innermost function around it, or ""; ``load`` for a function, ``.load`` for a method, and the
    name of the class for ``__init__``. ``scope``: the node of that function, or ``None``.
    ``caught``: the errors caught around it within that function (outside functions: the module), as
    `except_clauses.caught` returns them. ``careful``: those of them that a clause without a fault
    catches.
    """

    owner: str = ""
    function: str = ""
    scope: ast.AST | None = None
    caught: tuple[str, ...] = ()
    careful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Risk:
    """A call that may fail on files, input or the network, uncaught in the function that makes it.

    Whether it is reported is decided by `reach.unguarded`, which considers who calls that function.
    ``function`` contains the call, named as in `Place`. ``errors`` are the names of those that the
    call may raise, none of which is caught there. ``line`` and ``column`` are 1-based. ``within``
    is the line of the ``def`` of that function, 0 outside functions. ``asks``: it is about what the
    user typed, e.g. ``int(input())``.
    """

    function: str
    errors: Errors
    message: str
    line: int
    column: int
    within: int
    asks: bool = False


class Judged(NamedTuple):
    """The risks of one file that nothing guards, and those that callers guard with care.

    The others are in functions that nothing calls, or are guarded by a clause with a fault.
    """

    unguarded: list[Risk]
    guarded: list[Risk]


@dataclass(frozen=True)
class Call:
    """A call of a function that may belong to the submission, e.g. ``load()`` or a method.

    A function that is passed as an argument counts as called: ``load`` in ``map(load, paths)``.
    ``function`` contains the call, named as in `Place`; ``target`` is what it calls. ``caught`` are
    those of ``OSError`` and ``ValueError`` that are caught around it within ``function``,
    ``careful`` those that a clause without a fault catches.
    """

    function: str
    target: Target
    caught: Errors
    careful: Errors


@dataclass
class Program:
    """The risky calls and the calls of functions in one file, filled by :func:`read_program`.

    ``risks`` are sorted by place. The keys of ``calls`` are the calls, each once, in the order in
    which they were found. ``commands`` are the functions that a framework starts at a command of
    the user. ``aliases`` says what names refer to, ``faulty`` which clauses have a fault, by their
    ``id``. ``typed``, ``tested`` and ``later`` are notes that decide, when all is read, which calls
    about a variable or an attribute are ``risks``.
    """

    aliases: Aliases
    faulty: Collection[int]
    risks: list[Risk] = field(default_factory=list)
    calls: dict[Call, None] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    #: Names with a value from ``input()`` or ``sys.argv``, and names that a condition checks, e.g.
    #: ``path`` in ``if path.exists():``. Each with its function (``None`` outside functions).
    typed: set[tuple[ast.AST | None, str]] = field(default_factory=set)
    tested: set[tuple[ast.AST | None, str]] = field(default_factory=set)
    #: Function, name and risk of calls about a name, e.g. ``int(x)`` and ``open(self.path)``. They
    #: are decided at the end, since a statement that is read later may set or check the name.
    later: list[tuple[ast.AST | None, str, Risk]] = field(default_factory=list)


def read_program(nodes: Nodes, aliases: Aliases, faulty: Collection[int] = ()) -> Program:
    """Return the risks, sorted by line and column, and the calls of a file.

    A risk is a call that reads a file, fetches from the network or converts text, with none of its
    errors caught around it in its own function (outside functions: in the module): ``open(path)``,
    not ``open(path, "w")``. If the path is a variable, an attribute or a text, the call is no risk
    if a condition anywhere in the same function asks about it: ``if path.exists():``. The same
    holds for ``x`` in ``int(x)``, ``float(x)`` and ``map(int, x)``; these are risks only if ``x``
    comes from ``input()`` or ``sys.argv``. The calls are those of functions that the file defines
    or imports, and of all methods; a function that is passed as an argument counts as called.
    `nodes` are the module and all its statements, each after the one that contains it. `aliases`
    are those of the file, and `faulty` the clauses and ``with`` with a fault, by their ``id``.
    """
    program = Program(aliases, faulty)
    for statement, place in _placed(nodes, program):
        for node in (statement, *expressions(statement)):
            take = _TAKERS.get(type(node))
            if take is not None:
                take(program, node, place)
    for scope, name, risk in program.later:
        asked, typed = (scope, name) in program.tested, (scope, name) in program.typed
        if not asked and (risk.errors != VALUE or typed):
            program.risks.append(replace(risk, asks=typed))
    program.risks.sort(key=lambda risk: (risk.line, risk.column))
    return program


def _placed(nodes: Nodes, program: Program) -> Iterator[tuple[ast.AST, Place]]:
    """Yield each of `nodes` with its place, in the same order."""
    places, inside = [Place()] * len(nodes), dict[int, Place]()
    for at, (node, parent) in enumerate(nodes):
        place = places[at] = inside.get(id(node), places[parent])
        yield node, place
        inner = _inside(node, place, program)
        if inner is not None:
            body: list[ast.stmt] = getattr(node, "body", [])
            inside |= {id(item): inner for item in body}


def _inside(node: ast.AST, place: Place, program: Program) -> Place | None:
    """Return the place of the body of `node`, or ``None`` if it is `place`, that of `node` itself.

    Only ``body`` is meant: clauses, ``else`` and ``finally`` of a ``try`` keep `place`.
    """
    if isinstance(node, FUNCTIONS):
        return Place(function=_known_as(node, place.owner), scope=node)
    if isinstance(node, ast.ClassDef):
        return replace(place, owner=node.name)
    if not is_try(node) and not isinstance(node, ast.With):
        return None
    clauses = list(_catching(node, program.aliases))
    every = (name for _, names in clauses for name in names)
    careful = (name for one, names in clauses if id(one) not in program.faulty for name in names)
    return replace(place, caught=(*place.caught, *every), careful=(*place.careful, *careful))


def _known_as(function: Function, owner: str) -> str:
    """Return the name under which calls of `function` are looked up.

    ``load`` for a function, ``.load`` for a method of the class `owner`, and for ``__init__`` the
    name of the class, since that is what is called.
    """
    if not owner:
        return function.name
    return owner if function.name == "__init__" else f".{function.name}"


def _catching(node: ast.AST, aliases: Aliases) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Yield each clause of the ``try`` `node` with the errors that it catches in its body.

    A clause that only raises its error again catches nothing. ``with suppress(...)`` is a clause of
    its own.
    """
    if is_try(node):
        handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
        for handler in handlers:
            if not only_raises_again(handler):
                yield handler, caught(handler.type)
    elif isinstance(node, ast.With):
        names = tuple(name for item in node.items for name in suppressed(item, aliases))
        if names:
            yield node, names


def suppressed(item: ast.withitem, aliases: Aliases) -> tuple[str, ...]:
    """Return the errors that an `item` ``contextlib.suppress(...)`` names; () for any other `item`.

    ``suppress`` imported under another name is not recognised.
    Each is the last part of its name, e.g. ``Error`` for ``csv.Error``, or ``?`` if it is computed.
    """
    call = item.context_expr
    if not isinstance(call, ast.Call) or last_name(call.func) != "suppress":
        return ()
    if target_of(call.func, aliases).dotted != "contextlib.suppress":
        return ()
    return tuple(name for given in call.args for name in caught(given))


def _take_call(program: Program, call: ast.Call, place: Place) -> None:
    """Add to `program` the risk of `call`, and the functions that it runs.

    Functions are added if the file defines or imports them, and methods in any case; ``len`` and
    other built-in functions are not.
    """
    target = target_of(call.func, program.aliases)
    _take_risk(program, call, target, place)
    around, careful = _of_either(place.caught), _of_either(place.careful)
    for given in (target, *_handed_over(call, program.aliases)):
        if given.name and (given.module or given.name in program.aliases.own):
            program.calls[Call(place.function, given, around, careful)] = None


def _of_either(names: tuple[str, ...]) -> Errors:
    """Return those of ``OSError`` and ``ValueError`` that clauses for `names` may catch."""
    return tuple(error for error in EITHER if catches(names, error)) if names else ()


def _handed_over(call: ast.Call, aliases: Aliases) -> Iterator[Target]:
    """Yield what each argument of `call` that is a name or attribute means if it is a function.

    The call may run it, e.g. ``load`` in ``map(load, paths)``.
    """
    for given in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(given, ast.Name | ast.Attribute):
            yield target_of(given, aliases)


def _take_risk(program: Program, call: ast.Call, target: Target, place: Place) -> None:
    """Add `call` to the risks of `program` if it may fail and `place` catches none of its errors.

    If the call is about a name, e.g. ``open(path)``, it is added to ``later`` instead. A conversion
    of another expression is a risk only if that is typed: ``int(input())`` is one, ``int("3")`` is
    none.
    """
    errors, what = errors_of(call, target, program.aliases)
    if not errors or any(catches(place.caught, error) for error in errors):
        return
    message = f"`{what}` may fail, and nothing catches the error"
    within = getattr(place.scope, "lineno", 0)
    risk = Risk(place.function, errors, message, call.lineno, call.col_offset + 1, within)
    number = converted(call, target)
    _add(program, risk, place, path_of(call) if number is None else number, number is not None)


def _add(
    program: Program, risk: Risk, place: Place, about: ast.expr | None, converts: bool
) -> None:
    """Add `risk`, which acts on `about`, to ``risks`` or ``later`` of `program`.

    What `converts` a text to a number is a risk only if the user typed the text.
    """
    if risk.errors == VALUE and not converts:  # e.g. `json.load(file)`, whatever file it is
        about = None
    typed = about is not None and is_typed(about)
    name = "" if typed else name_of(about)
    if name:
        program.later.append((place.scope, name, risk))
    elif typed or not converts:
        program.risks.append(replace(risk, asks=typed))


def _take_names(program: Program, node: ast.AST, place: Place) -> None:
    """Add the names that `node` sets to ``typed`` if their value is typed by the user.

    E.g. ``a`` and ``b`` of ``a, b = input().split()``, and ``word`` of ``for word in sys.argv:``.
    """
    value = getattr(node, "iter", None) or getattr(node, "value", None)
    if value is None or not is_typed(value):
        return
    for target in node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]:
        _remember(program, target, place)


def _remember(program: Program, target: ast.expr | None, place: Place) -> None:
    """Add the names in `target` to ``typed``: the name itself, or those of a tuple or list."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    program.typed.update((place.scope, part.id) for part in parts if isinstance(part, ast.Name))


def _take_condition(program: Program, node: Any, place: Place) -> None:
    """Add the names that the condition of `node` asks about to ``tested``."""
    program.tested.update((place.scope, name) for name in asked_about(node.test))


def _take_command(program: Program, function: Function, place: Place) -> None:
    """Add `function` to ``commands`` if a decorator makes it a command of Click or Typer.

    e.g. ``@click.command()``, and ``@cli.command()`` in a file that imports either of them.
    """
    if "command" in decorators(function):
        roots = {name.partition(".")[0] for name in program.aliases.imported.values()}
        if not _COMMANDERS.isdisjoint(roots):
            program.commands.append(_known_as(function, place.owner))


#: What to do with a node, by its kind. It is a table because every node is looked up, 190,000 in
#: 840 files of students, and most kinds say nothing about risks.
_TAKERS: dict[type[ast.AST], Callable[[Program, Any, Place], None]] = {
    ast.Call: _take_call,
    **dict.fromkeys(_SETTING, _take_names),
    **dict.fromkeys(_ASKING, _take_condition),
    **dict.fromkeys(FUNCTIONS, _take_command),
}
