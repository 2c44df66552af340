"""Find the calls with which a function does a job, e.g. prints, or trains a model.

What functions of the file do that it calls, or that are inside it, does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import bodies
from grader.analysis.syntax.stdlib_effects import Effect
from grader.analysis.syntax.walk import walk
from grader.checks.single_purpose.arithmetic import Looped, names_in, returned


class Job(StrEnum):
    """A kind of work. Its value completes a sentence about the function that does it."""

    ASKS = "asks"
    JUDGES = "judges the answer"
    DECIDES = "decides what happens"
    LISTENS = "reads keys, mouse or fields"
    READS = "reads a file"
    NETWORK = "uses the network"
    DATABASE = "uses a database"
    COUNTS = "counts"
    COLLECTS = "selects and collects"
    COMPUTES = "computes"
    TRANSFORMS = "works on a table"
    PARSES = "takes a page apart"
    TRAINS = "trains a model"
    SCORES = "scores a model"
    PRINTS = "prints"
    CHARTS = "draws a chart"
    DRAWS = "draws"
    WRITES = "writes a file"


class Doing(NamedTuple):
    """A call that does a job, or the assignment of a column of a table.

    ``in_branch``: it is in a loop or branch. ``speaks``: it is no `print` of constants, as
    `print("Done")` is.
    """

    call: ast.Call | ast.Assign
    job: Job
    in_loop: bool
    in_branch: bool
    speaks: bool

    @property
    def is_progress(self) -> bool:
        """Whether it prints in a loop, which may show how far that is."""
        return self.job is Job.PRINTS and self.in_loop


#: The job of each effect; effects that are no job of their own, e.g. logging, are left out.
_JOBS = {
    effect: Job[effect.name]
    for effect in (
        *(Effect.ASKS, Effect.LISTENS, Effect.READS, Effect.NETWORK, Effect.DATABASE),
        *(Effect.TRANSFORMS, Effect.PARSES, Effect.TRAINS, Effect.SCORES),
        *(Effect.PRINTS, Effect.CHARTS, Effect.DRAWS, Effect.WRITES),
    )
}

#: Jobs beside which work on a table counts.
_WITH_TABLES = frozenset(
    {Job.READS, Job.WRITES, Job.DATABASE, Job.PRINTS, Job.CHARTS, Job.NETWORK, Job.TRAINS}
)
#: Functions that only read the texts of a column.
_CONVERTING = frozenset({"astype", "strip", "to_datetime", "to_numeric"})
#: Functions that end the program.
_EXITS = frozenset({"exit", "quit", "_exit"})


def doings_of(module: Module, scope: Scope) -> list[Doing]:
    """Return the calls in ``scope``, a function's of ``module``, that do a job.

    Left out is what reports a failure: printing to stderr, in an ``except``, or just before the
    function gives up (see :func:`_complaints`).
    """
    found = list(_calls_with_jobs(module, scope))
    done = {one.job for one in found}
    if done & _WITH_TABLES:
        columns = _columns(module, scope)
        found += [Doing(node, Job.TRANSFORMS, False, True, True) for node in columns]
    if Job.PRINTS in done:
        complaints = set(_complaints(scope))
        found = [one for one in found if one.call not in complaints]
    return found


def _calls_with_jobs(module: Module, scope: Scope) -> Iterator[Doing]:
    """Yield each call in ``scope`` that does a job."""
    for block in scope.blocks:
        in_branch = block is not scope.blocks[0]
        for call in block.calls:
            if job := _job_of(call, module, scope):
                speaks = job is not Job.PRINTS or _speaks(call)
                yield Doing(call, job, block.in_loop, in_branch, speaks)


def _columns(module: Module, scope: Scope) -> Iterator[ast.Assign]:
    """Yield the assignments in ``scope`` that compute a column of a table.

    e.g. `sales["total"] = sales["price"] * sales["count"]`; not `sales["day"] =
    pd.to_datetime(sales["day"])`, which only reads the texts of it.
    """
    for block in scope.blocks:
        for node in block.statements:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(target, ast.Subscript) and isinstance(node, ast.Assign):
                computes = (
                    not isinstance(node.value, ast.Call)
                    or last_name(node.value.func) not in _CONVERTING
                )
                if computes and module.kind_of(target.value, scope) == "frame":
                    yield node


def _job_of(call: ast.Call, module: Module, scope: Scope) -> Job | None:
    """Return the job that ``call`` does, ``None`` if it does none."""
    effect = module.effect_of(call, scope)
    if effect is None or (effect is Effect.PRINTS and _to_stderr(call)):
        return None
    return _JOBS.get(effect)


def _to_stderr(call: ast.Call) -> bool:
    """Return whether ``call`` prints to stderr, e.g. `print("cannot open", file=sys.stderr)`."""
    return any(one.arg == "file" and last_name(one.value) == "stderr" for one in call.keywords)


def _speaks(call: ast.Call) -> bool:
    """Return whether ``call``, a `print`, shows more than constants, e.g. not for `"-" * 20`."""
    return any(
        isinstance(node, ast.Name | ast.Attribute | ast.Call)
        for argument in call.args
        for node in walk(argument)
    )


def _complaints(scope: Scope) -> Iterator[ast.Call]:
    """Yield the calls in ``scope`` that report a failure, or nothing to do.

    They are those in an ``except``, and a statement in a branch that ``return``, ``return None``,
    ``raise``, ``continue`` or the end of the program follows: `if not rows: print("Nothing");
    return`.
    """
    for block in scope.blocks:
        for statement in block.statements:
            for handler in getattr(statement, "handlers", ()):
                yield from _calls_in(handler.body)
    for block in scope.blocks[1:]:
        for statement, after in zip(block.statements, block.statements[1:], strict=False):
            if isinstance(statement, ast.Expr) and _gives_up(after):
                yield from _calls_in([statement])


def _calls_in(statements: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls in ``statements``."""
    yield from (node for node in walk(*statements) if isinstance(node, ast.Call))


def _gives_up(statement: ast.stmt) -> bool:
    """Return whether ``statement`` leaves the function or the round of a loop without a result."""
    if isinstance(statement, ast.Return):
        value = statement.value
        return value is None or (isinstance(value, ast.Constant) and not value.value)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return last_name(statement.value.func) in _EXITS
    return isinstance(statement, ast.Raise | ast.Continue)


def verdict_lines(scope: Scope, doings: Sequence[Doing]) -> list[int]:
    """Return the lines of the branches of ``scope`` that print something and return a result.

    e.g. `print(guess, "is too high"); return lives - 1`; not `return False`, which gives up.
    """
    spoken = {one.call for one in doings if one.job is Job.PRINTS and one.speaks}
    return [
        block.statements[-1].lineno
        for block in scope.blocks[1:]
        if not spoken.isdisjoint(block.calls)
        and isinstance(block.statements[-1], ast.Return)
        and not _gives_up(block.statements[-1])
    ]


def counting_lines(statements: Sequence[Looped], doings: Sequence[Doing]) -> list[int]:
    """Return the lines of those ``statements`` that count some things, to print how many they are.

    e.g. `if mark < 40: failed += 1` before `print(failed, "failed")`; not `line += 1` in each round
    of a loop.
    """
    shown = _shown(doings)
    return [
        node.lineno for node, _ in statements if isinstance(node, ast.If) and _counted(node) & shown
    ]


def _shown(doings: Sequence[Doing]) -> set[str]:
    """Return the names in what ``doings`` print."""
    calls = [one.call for one in doings if one.job is Job.PRINTS]
    return {node.id for node in walk(*calls) if isinstance(node, ast.Name)}


class Answers:
    """What a function that asks does with what its user enters.

    ``are_returned``: the function returns it, so that its conditions make sure of a valid answer.
    """

    def __init__(self, statements: Sequence[Looped], doings: Sequence[Doing]) -> None:
        """Look for answers in ``statements``, those of a function with ``doings``."""
        self._statements = statements
        self._asking = {one.call for one in doings if one.job is Job.ASKS}
        self._names = {
            target.id
            for node, _ in statements
            if isinstance(node, ast.Assign) and self._asking.intersection(walk(node.value))
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self._shown = _shown(doings)
        self.are_returned = any(self._names & names_in(each) for each in returned(statements))

    def judging_lines(self) -> list[int]:
        """Return the lines of the conditions that judge an answer of the user.

        They compare it with a value of the program (`if guess == secret:`), or count because of it
        (`if answer == "Paris": score += 1`), or count what is printed in the end. Not so `while age
        < 0:`, and there are none in a function that returns an answer.
        """
        if self.are_returned:
            return []
        return [
            node.lineno
            for node, _ in self._statements
            if isinstance(node, ast.If | ast.While) and self._judges(node)
        ]

    def deciding_lines(self) -> list[int]:
        """Return the lines of all branches; none in a function that returns an answer."""
        if self.are_returned:
            return []
        kinds = (ast.If, ast.Match)
        return [node.lineno for node, _ in self._statements if isinstance(node, kinds)]

    def _judges(self, node: ast.If | ast.While) -> bool:
        """Return whether the condition of ``node`` compares an answer to judge it, or counts."""
        counted = _counted(node)
        if counted & self._shown:
            return True
        for test in walk(node.test):
            if isinstance(test, ast.Compare):
                sides = [test.left, *test.comparators]
                rest = [one for one in sides if not self._is_answer(one)]
                if len(rest) < len(sides) and (counted or _compares(test, rest)):
                    return True
        return False

    def _is_answer(self, value: ast.expr) -> bool:
        """Return whether ``value`` has an answer of the user in it."""
        nodes = list(walk(value))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        return bool(self._names & names or self._asking.intersection(nodes))


def _compares(test: ast.Compare, rest: Sequence[ast.expr]) -> bool:
    """Return whether ``test`` compares with a value of ``rest`` that varies; not by ``in``."""
    varies = any(
        isinstance(node, ast.Name | ast.Attribute) and not last_name(node).isupper()
        for one in rest
        for node in walk(one)
    )
    return varies and not isinstance(test.ops[0], ast.In | ast.NotIn | ast.Is | ast.IsNot)


def _counted(node: ast.If | ast.While) -> set[str]:
    """Return the names that a branch of ``node``, an ``if``, counts up: `score += 1`."""
    if not isinstance(node, ast.If):
        return set()
    return {
        each.target.id
        for body in bodies(node)
        for each in body
        if isinstance(each, ast.AugAssign)
        and isinstance(each.value, ast.Constant)
        and isinstance(each.target, ast.Name)
    }
