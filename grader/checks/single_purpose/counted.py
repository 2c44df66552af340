"""Count the jobs of one function, with the lines on which it does them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from itertools import filterfalse

from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import Function
from grader.analysis.syntax.walk import walk
from grader.checks.single_purpose.arithmetic import Arithmetic, Computed, names_in, returned
from grader.checks.single_purpose.collecting import Collecting, collecting_loops
from grader.checks.single_purpose.jobs import Answers, Doing, Job, counting_lines

#: The lines of each job of a function.
Jobs = dict[Job, list[int]]

#: Number of assignments of computed values, outside loops, from which a function computes: one or
#: two may only prepare what is printed. e.g. `width = longest * 2` before
#: `print(name.ljust(width))` is let go; a mean, a variance and a deviation before a `print` are
#: caught. Chosen by hand.
_COMPUTING = 3

#: Number of operators in such values from which a function computes, too. e.g. the two assignments
#: of `extra = max(hours - 40, 0)`, `wage = (hours - extra) * rate + extra * rate * 1.5` have 4; the
#: `total = price * count` of a printed line has 1. Chosen by hand.
_OPERATORS = 3

#: The same, if the value goes to a database or another machine. e.g. `net = gross * (1 - TAX)`.
_OPERATORS_BEFORE_STORING = 2

#: Steps on a table from which they are a job. e.g. `rows.dropna()` and `rows.groupby("town")`; only
#: `rows.dropna()` may belong to reading. Chosen by hand.
_STEPS = 2

#: The same for a function that asks, prints and decides, but returns no answer. e.g. a card game;
#: let go is a menu that calls a function for each choice. Chosen by hand.
_LONG_DIALOGUE = 15

#: Jobs by which a function exchanges data with a user, a file, a database or another machine.
OUTSIDE = frozenset(
    {Job.ASKS, Job.READS, Job.NETWORK, Job.DATABASE, Job.PRINTS, Job.CHARTS, Job.WRITES}
)

#: Jobs by which files or pages are copied, as a download does.
_MOVING = frozenset({Job.WRITES, Job.NETWORK})


class Code:
    """A function whose jobs are counted.

    ``doings`` are the calls in its ``scope`` that do a job, ``work`` is the number of its
    statements that do work, ``computed`` are its assignments of computed values, and ``jobs`` those
    of its jobs that are worth counting, with their lines.
    """

    def __init__(
        self, function: Function, scope: Scope, doings: Sequence[Doing], work: int
    ) -> None:
        """Read the statements of ``function`` and count its jobs."""
        self.name, self.scope, self.doings, self.work = function.name, scope, doings, work
        self.is_main = function.name.strip("_") == "main"
        self.arithmetic = Arithmetic(scope)
        self.computed = _without_progress(self.arithmetic.computed, doings, function)
        self.jobs = self._count_jobs()

    def lines_of(self, job: Job) -> list[int]:
        """Return the lines of the calls that do ``job``, but a `print` of constants."""
        return [one.call.lineno for one in self.doings if one.job is job and one.speaks]

    def collecting(self) -> list[Collecting]:
        """Return the loops that select and collect something which the function does not return.

        e.g. not the loop that keeps the valid lines of a file, for the function to return them.
        """
        values = returned(self.arithmetic.statements)
        results = {name for value in values for name in names_in(value)}
        loops = collecting_loops(self.arithmetic.statements)
        return [one for one in loops if not one.names & results]

    def _count_jobs(self) -> Jobs:
        """Return the jobs that are worth counting, with their lines."""
        dialogue = self._dialogue()
        # e.g. `print("Loading ...")` tells what goes on, while `print("Wrong!")` is a verdict
        jobs = lines_by_job(one for one in self.doings if one.speaks or dialogue)
        if len(jobs.get(Job.TRANSFORMS, ())) < _STEPS:
            jobs.pop(Job.TRANSFORMS, None)
        jobs |= dialogue
        jobs[Job.COUNTS] = self._counting_lines(jobs)
        self._add_work(jobs, several=len(OUTSIDE & jobs.keys()) > 1)
        return {job: lines for job, lines in jobs.items() if lines}

    def _add_work(self, jobs: Jobs, several: bool) -> None:
        """Add to ``jobs`` where the function collects and computes.

        ``several``: it does two jobs of ``OUTSIDE`` or more, beside which little counts.
        """
        jobs[Job.COLLECTS] = [one.line for one in self.collecting()] if several else []
        # e.g. `x = column * SIZE` before it is drawn belongs to drawing
        if computes(self.computed, jobs) or (several and not self.is_main):
            jobs[Job.COMPUTES] = [one.node.lineno for one in self.computed]

    def _dialogue(self) -> Jobs:
        """Return where the function judges answers of the user, or decides in a long dialogue."""
        if not any(one.job is Job.ASKS for one in self.doings):
            return {}
        answers = Answers(self.arithmetic.statements, self.doings)
        if judging := answers.judging_lines():
            return {Job.JUDGES: judging}
        prints = any(one.job is Job.PRINTS for one in self.doings)
        is_long = self.work >= _LONG_DIALOGUE and not self.is_main
        deciding = answers.deciding_lines() if prints and is_long else []
        return {Job.DECIDES: deciding} if deciding else {}

    def _counting_lines(self, jobs: Jobs) -> list[int]:
        """Return where the function counts things that it reads; ``jobs`` are its other jobs."""
        # e.g. not how many files were downloaded, which shows how far it is
        counts = {Job.READS, Job.PRINTS} <= jobs.keys() and not jobs.keys() & _MOVING
        return counting_lines(self.arithmetic.statements, self.doings) if counts else []


def lines_by_job(doings: Iterable[Doing]) -> Jobs:
    """Return the lines of ``doings`` by job."""
    jobs: Jobs = {}
    for one in doings:
        jobs.setdefault(one.job, []).append(one.call.lineno)
    return jobs


def computes(computed: Sequence[Computed], jobs: set[Job] | Jobs) -> bool:
    """Return whether ``computed`` are enough to be a job beside ``jobs``.

    They are if one of them is in a loop, if there are :data:`_COMPUTING`, or if they have
    :data:`_OPERATORS`. A `self.money -= price` in a loop keeps the state of an object, and in the
    loop of a game there is always one: `seconds = clock.tick(60) / 1000`.
    """
    if OUTSIDE.isdisjoint(jobs):
        return len(computed) >= _COMPUTING
    if any(one.in_loop and not one.changes for one in computed):
        return True
    least = _OPERATORS_BEFORE_STORING if Job.DATABASE in jobs else _OPERATORS
    operators = sum(one.operators for one in computed)
    # e.g. the places of bars in a chart belong to drawing it
    return len(computed) >= _COMPUTING or (operators >= least and set(jobs) != {Job.CHARTS})


def _without_progress(
    computed: Sequence[Computed], doings: Sequence[Doing], function: Function
) -> list[Computed]:
    """Return ``computed`` without what only shows progress: all its uses are in a loop's `print`.

    e.g. not `share = done / size` before `print(f"{share:.0%}")` in the loop of a download.
    """
    printing = [one.call for one in doings if one.is_progress]
    looped = [one for one in computed if one.names and one.in_loop]
    if not printing or not looped:
        return list(computed)
    used = _read([function], set(map(id, walk(*printing))))
    progress = [one for one in looped if one.names.isdisjoint(used)]
    return list(filterfalse(progress.__contains__, computed))


def _read(nodes: Sequence[ast.AST], left_out: Collection[int]) -> set[str]:
    """Return the names that are read in ``nodes``, but for those whose `id` is in ``left_out``."""
    names = (node for node in walk(*nodes) if isinstance(node, ast.Name))
    return {one.id for one in names if isinstance(one.ctx, ast.Load) and id(one) not in left_out}
