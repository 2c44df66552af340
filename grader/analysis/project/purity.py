"""Functions that do nothing but return a value, and statements whose result nothing reads.

A call of such a function whose result goes nowhere does nothing: ``value = scale(value)`` where
nothing reads ``value`` afterwards uses no function ``scale``. Everything that cannot be seen to be
so counts as an effect: a call of an unknown function, ``raise``, a change of an argument.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from grader.analysis.project.mentions import LOOKED_AT, FileNames, makes_a_table, mentions_in
from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.statements import DEFINITIONS, Function, bodies, own_parts
from grader.analysis.syntax.walk import walk

#: Built-in functions that only return a value. Not ``next``, which changes an iterator.
_BUILTINS = frozenset(
    "abs all any bin bool chr complex dict divmod enumerate filter float format frozenset hash hex"
    " int isinstance issubclass len list map max min oct ord pow range repr reversed round set"
    " sorted str sum tuple type zip".split()
)
#: Modules of the standard library of which each function only returns a value.
_MODULES = frozenset({"cmath", "math", "operator", "statistics"})
#: Methods of texts that no other usual object has. Not ``replace``, which a path has too, nor
#: ``join``, which a thread has.
_OF_TEXTS = frozenset(
    "capitalize casefold center endswith isalnum isalpha isdigit isupper ljust lower lstrip rjust"
    " rstrip split splitlines startswith strip swapcase title upper zfill".split()
)
#: Methods of lists, sets and dicts, which may change them: fine for one that the function made.
_OF_TABLES = frozenset(
    "add append clear copy count discard extend get index insert items keys pop remove reverse"
    " setdefault sort update values".split()
)
#: Types of which a value cannot be changed, so that ``price += 1`` changes no argument.
_FIXED = frozenset({"bool", "complex", "float", "int", "str", "tuple"})
#: Statements that a function without effect may have.
_QUIET = (
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.If, ast.For, ast.While),
    *(ast.Pass, ast.Break, ast.Continue),
)
#: Expressions that are an effect of their own.
_ACTING = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
#: Functions that read a clock: a program that measures time may drop the results of what it runs.
_CLOCKS = frozenset("monotonic now perf_counter perf_counter_ns process_time time time_ns".split())
#: Functions that may read any variable of the function around them.
_READING_ALL = frozenset({"eval", "exec", "locals", "vars"})
#: Statements in which an error of a call may be what matters: ``try: parse(text)``.
_SHIELDS = frozenset({"Try", "TryStar", "With", "AsyncWith"})
_CARRIERS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)


class Dropped(NamedTuple):
    """A statement whose result nothing reads.

    ``needs``: the mentions of functions that it calls, or hands to functions (after ``~``).
    ``mentions``: all that it reads, which is used if one of these functions has an effect.
    """

    needs: tuple[str, ...]
    mentions: tuple[str, ...]


def needs_of(function: ast.stmt, names: FileNames) -> tuple[str, ...] | None:
    """Return the functions that must be without effect for `function` to be so.

    They are mentions, of those that it calls and, after ``~``, of what it passes on. ``None``: it
    may have an effect, or it is no function without decorator.
    """
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return None
    statements = [statement for statement, _ in own_statements(function)]
    if not all(isinstance(statement, _QUIET) for statement in statements):
        return None
    own, found = _Locals.of(function), set[str]()
    for statement in statements:
        if not own.keeps_others(statement):
            return None
        needs = needs_of_values(own_parts(statement), names, own)
        if needs is None:
            return None
        found |= needs
    return tuple(sorted(found))


class _Locals(NamedTuple):
    """The variables of a function: its parameters, those with a new table, those with a value.

    ``shared`` are names whose value others may have too: parameters that may be changed, and
    variables such as ``x`` after ``x = rows``.
    """

    parameters: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    @staticmethod
    def of(function: Function) -> _Locals:
        """Return the variables of `function`."""
        every = function.args
        arguments = [*every.posonlyargs, *every.args, *every.kwonlyargs]
        arguments += [one for one in (every.vararg, every.kwarg) if one]
        parameters = frozenset(one.arg for one in arguments)
        shared = {one.arg for one in arguments if last_name(one.annotation) not in _FIXED}
        made, others = set[str](), set(parameters)
        for targets, value in _bindings(function):
            (made if makes_a_table(value) else others).update(_bound(targets))
            if value is None or isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                shared |= _bound(targets)
        return _Locals(parameters, frozenset(made - others), frozenset(shared))

    def keeps_others(self, statement: ast.stmt) -> bool:
        """Return whether `statement` binds no more than variables, and items of a new table."""
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            return statement.target.id not in self.shared or _is_number(statement.value)
        targets: Sequence[ast.expr] = ()
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For):
            targets = (statement.target,)
        return all(map(self._is_own, targets))

    def _is_own(self, target: ast.expr) -> bool:
        if isinstance(target, ast.Subscript):
            return isinstance(target.value, ast.Name) and target.value.id in self.made
        return all(isinstance(one, ast.Name | ast.Tuple) for one in walk(target))


def _bindings(function: Function) -> Iterator[tuple[Sequence[ast.expr], ast.expr | None]]:
    """Yield the targets of each assignment in `function` with the value, and those of loops.

    The value of the latter, also of those in comprehensions, is ``None``.
    """
    for node in walk(*function.body):
        if isinstance(node, ast.Assign):
            yield node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield [node.target], node.value
        elif isinstance(node, ast.For | ast.comprehension):
            yield [node.target], None


def _bound(targets: Iterable[ast.AST]) -> set[str]:
    """Return the variables that `targets` bind: not ``rows`` of ``rows[0] = 3``."""
    names = (node for node in walk(*targets) if isinstance(node, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float)


def needs_of_values(
    nodes: Iterable[ast.AST], names: FileNames, own: _Locals = _Locals()
) -> set[str] | None:
    """Return the functions on which it depends that evaluating `nodes` has no effect.

    `own` are the variables of the function around them. ``None``: it may have an effect.
    """
    found: set[str] = set()
    for node in walk(*nodes):
        if isinstance(node, _ACTING) or _combines_definitions(node, names):
            return None
        if isinstance(node, ast.Call):
            called = _called(node.func, names, own)
            if called is None:
                return None
            found.update([called] if called else ())
            found |= {LOOKED_AT + one for one in mentions_in(_passed(node), names)}
    return found


def _passed(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of `call` that may be functions: ``key`` in ``sorted(rows, key=key)``."""
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    yield from (one for one in arguments if isinstance(one, ast.Name | ast.Attribute))


def _combines_definitions(node: ast.AST, names: FileNames) -> bool:
    """Return whether `node` is an operator on a definition: ``extract >> load`` of a pipeline.

    What it does is up to the class of that definition, or its decorator.
    """
    if not isinstance(node, ast.BinOp):
        return False
    sides = (side for side in (node.left, node.right) if isinstance(side, ast.Name))
    return any(names.knows(side.id) for side in sides)


def _called(function: ast.expr, names: FileNames, own: _Locals) -> str | None:
    """Return the mention of the called `function`, empty if it is known to have no effect.

    ``None`` if it may have one.
    """
    name, _ = root_of(function)
    modules = names.imported.get(name, frozenset())
    if modules and modules <= _MODULES:
        return ""
    if isinstance(function, ast.Name):
        return _called_by_name(name, names, own)
    if not isinstance(function, ast.Attribute):
        return None
    if modules:
        return names.attribute(function)
    is_own_table = isinstance(function.value, ast.Name) and name in own.made
    is_quiet = _is_of_texts(function) or (is_own_table and function.attr in _OF_TABLES)
    return "" if is_quiet else None


def _called_by_name(name: str, names: FileNames, own: _Locals) -> str | None:
    """Return what :func:`_called` does, of a function that is called by its bare `name`."""
    if name in own.parameters:
        return None
    if name in names.defined or name in names.imported:
        return name
    return "" if name in _BUILTINS and not names.has_star else None


def _is_of_texts(function: ast.Attribute) -> bool:
    """Return whether `function` is a method of a text, which changes nothing: ``", ".join``."""
    return function.attr in _OF_TEXTS or isinstance(function.value, ast.Constant)


def dropped_in(function: Function, names: FileNames) -> Mapping[int, tuple[str, ...]]:
    """Return the statements of `function` whose result nothing reads, with the needs of each.

    By the ``id`` of each statement. They are assignments to variables that are never read, other
    than in such statements, and calls whose result is dropped: ``scale(3)``. Not those in a ``try``
    or ``with``, nor in a function that reads a clock. A statement with an effect has none.
    """
    flow = _Flow(function, names)
    return dict(flow.dropped()) if flow.carriers and not flow.is_open else {}


def own_statements(function: Function) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield each statement of `function`, and whether a ``try`` or ``with`` is around it.

    Of a definition in it, only the definition itself.
    """
    waiting = [(statement, False) for statement in function.body]
    while waiting:
        statement, shielded = waiting.pop()
        yield statement, shielded
        if not isinstance(statement, DEFINITIONS):
            shields = shielded or type(statement).__name__ in _SHIELDS
            waiting.extend((one, shields) for body in bodies(statement) for one in body)


class _Carrier(NamedTuple):
    """A statement that may do no more than to move a value from variables to others."""

    statement: ast.stmt
    sets: Sequence[str]
    reads: Collection[str]


class _Flow:
    """Finds the statements of one function whose results never leave it.

    ``carriers`` are those that may be. ``is_open``: something may read every variable, or measures
    time.
    """

    def __init__(self, function: Function, names: FileNames) -> None:
        self._function, self._names = function, names
        self.carriers: list[_Carrier] = []
        self.is_open = False
        self._live: set[str] = set()
        statements = list(own_statements(function))
        moving = {id(one): self._moves(one) for one, shielded in statements if not shielded}
        if any(targets is not None for targets in moving.values()):
            for statement, _ in statements:
                self._add(statement, moving.get(id(statement)))

    def _moves(self, statement: ast.stmt) -> Sequence[str] | None:
        """Return the variables that `statement` sets if it may be a carrier, else ``None``."""
        targets = _targets(statement)
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and _called(call.func, self._names, _Locals()) is None:
            return None  # e.g. `print(total)`; most lone calls are of this kind
        if not isinstance(statement, ast.AugAssign) or _is_number(statement.value):
            return targets
        # e.g. `rows += more`, where the caller has `rows` too
        return targets if self._locals.keeps_others(statement) else None

    @cached_property
    def _locals(self) -> _Locals:
        return _Locals.of(self._function)

    def _add(self, statement: ast.stmt, targets: Sequence[str] | None) -> None:
        """Note what `statement` reads, and sets if it may be a carrier."""
        reads: set[str] = set()
        if isinstance(statement, ast.Global | ast.Nonlocal):
            reads.update(statement.names)
        parts = [statement] if isinstance(statement, DEFINITIONS) else own_parts(statement)
        for node in walk(*parts):
            if isinstance(node, ast.Name):
                # the variable of `rows += more` is read, though its context is not
                if isinstance(node.ctx, ast.Load) or targets is None:
                    reads.add(node.id)
            elif isinstance(node, ast.Call):
                self.is_open |= last_name(node.func) in _CLOCKS | _READING_ALL
        if targets is None:
            self._live |= reads
        else:
            self.carriers.append(_Carrier(statement, targets, reads))

    def dropped(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield each carrier that sets no variable which something reads, with its needs."""
        live = self._reaching(self._live)
        dead = [one for one in self.carriers if live.isdisjoint(one.sets)]
        needs = [needs_of_values(own_parts(one.statement), self._names) for one in dead]
        acting = (one for one, of in zip(dead, needs, strict=True) if of is None)
        live = self._reaching(live.union(*(one.reads for one in acting)))
        for one, of in zip(dead, needs, strict=True):
            if of is not None and live.isdisjoint(one.sets):
                yield id(one.statement), tuple(sorted(of))

    def _reaching(self, names: Collection[str]) -> set[str]:
        """Return the variables of which a value may get into one of `names`, and `names`."""
        reads: dict[str, set[str]] = {}
        for carrier in self.carriers:
            for name in carrier.sets:
                reads.setdefault(name, set()).update(carrier.reads)
        waiting, found = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(reads.get(name, ()))
        return found


def _targets(statement: ast.stmt) -> Sequence[str] | None:
    """Return the variables that `statement` sets, if all that it does is to compute their value.

    ``None`` for another statement. A lone call sets none; other lone expressions may have an effect
    that only their operators know, e.g. ``extract >> load``.
    """
    if isinstance(statement, ast.Expr):
        return () if isinstance(statement.value, ast.Call) else None
    if isinstance(statement, ast.Assign):
        targets: Sequence[ast.expr] = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        targets = (statement.target,)
    else:
        return None
    nodes = list(walk(*targets))
    if not all(isinstance(node, ast.Name | ast.Tuple) for node in nodes):
        return None
    return [node.id for node in nodes if isinstance(node, ast.Name)]
