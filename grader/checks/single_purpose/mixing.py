"""Decide which jobs of a function are too many for one purpose."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.analysis.syntax.module import Module
from grader.analysis.syntax.statements import LOOPS, Function
from grader.checks.single_purpose.arithmetic import (
    Arithmetic,
    Computed,
    is_ratio,
    names_in,
    returned,
)
from grader.checks.single_purpose.collecting import Collecting, collecting_loops
from grader.checks.single_purpose.jobs import (
    Answers,
    Doing,
    Job,
    counting_lines,
    doings_of,
    verdict_lines,
)

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

#: Number of jobs that are several purposes if one of them is in ``_WORK``. e.g. `read_csv`,
#: `groupby` and `plot`, or asking, computing and printing; to download, save and print is let go.
_MANY = 3
#: Steps on a table from which they are a job. e.g. `rows.dropna()` and `rows.groupby("town")`; only
#: `rows.dropna()` may belong to reading. Chosen by hand.
_STEPS = 2

#: Fewest statements that do work with which a function does several things if it does exactly
#: :data:`_MANY` jobs of ``_OUTSIDE``, none of which is asking. e.g. reading a file, changing lines,
#: storing and printing them; a download that shows how far it is has less. One that asks for a
#: number, reads a file and prints a line of it is caught at any length. Chosen by hand.
_LONG_EXCHANGE = 15
#: The same for a function that asks, prints and decides, but returns no answer. e.g. a card game;
#: let go is a menu that calls a function for each choice. Chosen by hand.
_LONG_DIALOGUE = 15

#: The same for a function with two jobs. e.g. 30 statements that train and score a model; let go is
#: the short function that a search for the best settings calls, which has to do both.
_LONG_PAIR = 25
#: Steps on a table from which they are a job beside printing or storing alone. e.g. four means that
#: are printed; `rows.dropna()`, `rows.sort_values("town")` before `to_csv` belong to saving.
_STEPS_OF_PAIR = 3

#: Fewest statements that do work with which a function that selects and collects in a loop, and
#: then prints, does two things. e.g. a text is put in cipher and printed; a line of a board that is
#: put together from `"#"` and `"."` is let go. Chosen by hand.
_COLLECTING = 10
#: Fewest statements that do work, and fewest conditions, with which a function that prints in
#: branches decides and prints, and fewest of its statements that are neither. e.g. a move in a
#: board game; a function that chooses one of many messages is let go. Chosen by hand.
_LONG_DECISION, _CONDITIONS, _ACTS = 20, 5, 8
#: Branches that print and return a result, from which a function decides and prints.
_VERDICTS = 2

#: Jobs that a test could try out if they were alone.
_WORK = frozenset(
    {
        *(Job.COMPUTES, Job.TRANSFORMS, Job.PARSES, Job.TRAINS, Job.SCORES),
        *(Job.JUDGES, Job.DECIDES, Job.COUNTS, Job.COLLECTS),
    }
)
#: Jobs by which a function exchanges data with a user, a file, a database or another machine.
_OUTSIDE = frozenset(
    {Job.ASKS, Job.READS, Job.NETWORK, Job.DATABASE, Job.PRINTS, Job.CHARTS, Job.WRITES}
)
#: Jobs by which data or a model come from somewhere, or go there.
_KEEPING = frozenset({Job.READS, Job.WRITES, Job.DATABASE})
#: Jobs by which the result of the work on a table is shown or kept.
_PRESENTING = frozenset({Job.PRINTS, Job.WRITES, Job.DATABASE})
#: Jobs that make a picture, and keep it; a curve may be one of how good a model is.
_PICTURE = frozenset({Job.CHARTS, Job.DRAWS, Job.WRITES, Job.LISTENS, Job.SCORES})
#: Jobs that a function which returns a computed value should not do; it may read a file first.
_ASIDE = frozenset({Job.PRINTS, Job.ASKS})

#: Methods that set up an object or a test, whatever that takes.
_SET_UP = frozenset({"__init__", "__post_init__", "setUp", "setUpClass", "setup_method"})
#: Methods that hand out one item in the form that was promised: they may read it and scale it.
_ITEMS = frozenset({"__getitem__", "__iter__", "__next__"})


def mixed_jobs(function: Function, module: Module, work: int) -> Jobs:
    """Return the jobs of ``function`` of ``module`` that are too many for one purpose.

    ``work`` is the number of its statements that do work. The result is empty if it has one
    purpose. It has several

    - if it prints or asks, and returns a computed value;
    - if it exchanges data with the outside, and computes (see :func:`_computes`), unless it only
      prints in a loop, which may show progress;
    - if it returns a ratio of what it reads from a file, a database or another machine;
    - if it trains a model, and reads or stores it or its data, or takes :data:`_STEPS_OF_PAIR`
      steps on a table, and prints or stores the result;
    - if it selects and collects in a loop, and then prints;
    - if :data:`_VERDICTS` of its branches print and return a result;
    - if it decides between :data:`_CONDITIONS` cases in many statements, and prints in them;
    - if it does two jobs in :data:`_LONG_PAIR` statements, drawing and storing a picture aside;
    - if it does :data:`_MANY` jobs, one of them in ``_WORK``;
    - if it does more than that of ``_OUTSIDE``, or as many and asks or is :data:`_LONG_EXCHANGE`.

    ``main`` may put a few things together: only the last two of these count there.
    """
    if function.name in _SET_UP:
        return {}
    doings = doings_of(module, module.functions[function])
    jobs_of_calls = {one.job for one in doings}
    # e.g. only drawing: with arithmetic they would be two
    if _OUTSIDE.isdisjoint(jobs_of_calls) and len(jobs_of_calls) < _MANY - 1:
        return {}
    is_main = function.name.strip("_") == "main"
    arithmetic = Arithmetic(module.functions[function])
    computed = _without_progress(arithmetic.computed, doings, function)
    jobs = _jobs(doings, arithmetic, computed, 0 if is_main else work)
    if not is_main and _mixes(function, doings, arithmetic, computed):
        return _with_computing(jobs, arithmetic, computed)
    if not is_main and (pair := _pair(doings, arithmetic, work)):
        return pair
    verdicts = [] if is_main else verdict_lines(module.functions[function], doings)
    if len(verdicts) >= _VERDICTS:
        return jobs | {Job.DECIDES: verdicts}
    if not is_main and (decided := _decided_and_printed(doings, arithmetic, work)):
        return decided
    if is_main and not _computes(computed, jobs):
        jobs.pop(Job.COMPUTES, None)
    if len(jobs) >= _MANY and not _WORK.isdisjoint(jobs):
        return jobs
    outside = len(_OUTSIDE & jobs.keys())
    asks = Job.ASKS in jobs and not is_main
    several = outside > _MANY or (outside == _MANY and (asks or work >= _LONG_EXCHANGE))
    return jobs if several else {}


def _jobs(
    doings: Sequence[Doing], arithmetic: Arithmetic, computed: Sequence[Computed], work: int
) -> Jobs:
    """Return the jobs of a function with ``work`` statements that are worth counting."""
    jobs: Jobs = {}
    judging, deciding = [], []
    if any(one.job is Job.ASKS for one in doings):
        answers = Answers(arithmetic.statements, doings)
        judging = answers.judging_lines()
        shows = any(one.job is Job.PRINTS for one in doings)
        deciding = answers.deciding_lines() if shows and work >= _LONG_DIALOGUE else []
    for one in doings:
        # e.g. `print("Loading ...")` tells what goes on, while `print("Wrong!")` is a verdict
        if one.speaks or judging or deciding:
            jobs.setdefault(one.job, []).append(one.call.lineno)
    if len(jobs.get(Job.TRANSFORMS, ())) < _STEPS:
        jobs.pop(Job.TRANSFORMS, None)
    # e.g. not how many files were downloaded, which shows how far it is
    if {Job.READS, Job.PRINTS} <= jobs.keys() and not jobs.keys() & {Job.WRITES, Job.NETWORK}:
        jobs[Job.COUNTS] = counting_lines(arithmetic.statements, doings)
    if len(_OUTSIDE & jobs.keys()) > 1:
        jobs[Job.COLLECTS] = [one.line for one in _collecting(arithmetic)]
    if judging:
        jobs[Job.JUDGES] = judging
    elif deciding:
        jobs[Job.DECIDES] = deciding
    # e.g. `x = column * SIZE` before it is drawn belongs to drawing
    if computed and (len(_OUTSIDE & jobs.keys()) > 1 or _computes(computed, jobs)):
        jobs[Job.COMPUTES] = [one.node.lineno for one in computed]
    return {job: lines for job, lines in jobs.items() if lines}


def _mixes(
    function: Function,
    doings: Sequence[Doing],
    arithmetic: Arithmetic,
    computed: Sequence[Computed],
) -> bool:
    """Return whether a function with ``doings`` computes and exchanges data; see `mixed_jobs`."""
    outside = {(one.job, one.in_loop) for one in doings if one.job in _OUTSIDE}
    jobs = {job for job, _ in outside}
    # e.g. `if not count: print("Nothing to divide")` is no output, `print("dividing")` is
    talks = any(one.job in _ASIDE and (one.speaks or not one.in_branch) for one in doings)
    if talks and _returns_a_result(arithmetic, computed):
        return True
    if function.name in _ITEMS and jobs == {Job.READS}:
        return False
    if any(map(is_ratio, returned(arithmetic.statements))) and jobs & {
        Job.READS,
        Job.NETWORK,
        Job.DATABASE,
    }:
        return True
    shows_progress = outside == {(Job.PRINTS, True)} and _share_a_loop(doings, computed, arithmetic)
    return bool(jobs) and not shows_progress and _computes(computed, jobs)


def _share_a_loop(
    doings: Sequence[Doing], computed: Sequence[Computed], arithmetic: Arithmetic
) -> bool:
    """Return whether a loop both computes and prints: it may show how far it is.

    Not so if one loop computes, and another prints the result piece by piece.
    """
    loops = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node, in_loop in arithmetic.statements
        if isinstance(node, LOOPS) and not in_loop
    ]
    printing = [one.call.lineno for one in doings if one.job is Job.PRINTS]
    return any(
        any(line in loop for line in printing) and any(one.node.lineno in loop for one in computed)
        for loop in loops
    )


def _pair(doings: Sequence[Doing], arithmetic: Arithmetic, work: int) -> Jobs:
    """Return the jobs of a function that does two which do not go together; empty if it does not.

    ``doings`` are its calls, and ``work`` is the number of its statements that do work.
    """
    if work >= _COLLECTING and (collected := _collected_and_printed(doings, arithmetic)):
        return collected
    jobs: Jobs = {}
    for one in doings:
        if one.speaks and not (one.job is Job.PRINTS and one.in_loop):
            jobs.setdefault(one.job, []).append(one.call.lineno)
    done = jobs.keys()
    trains = Job.TRAINS in done and bool(done & _KEEPING)
    steps = len(jobs.get(Job.TRANSFORMS, ()))
    presents = steps >= _STEPS_OF_PAIR and bool(done & _PRESENTING)
    if trains or presents:
        return jobs
    groups = {Job.DRAWS if job in _PICTURE else job for job in done}
    return jobs if work >= _LONG_PAIR and len(groups) > 1 else {}


def _collected_and_printed(doings: Sequence[Doing], arithmetic: Arithmetic) -> Jobs:
    """Return where the function collects in a loop and prints after it; empty if it does not."""
    prints = [one.call.lineno for one in doings if one.job is Job.PRINTS and one.speaks]
    loops = _collecting(arithmetic) if prints else []
    after = [line for line in prints if any(line >= one.lines.stop for one in loops)]
    return {Job.COLLECTS: [one.line for one in loops], Job.PRINTS: after} if after else {}


def _decided_and_printed(doings: Sequence[Doing], arithmetic: Arithmetic, work: int) -> Jobs:
    """Return where a long function with ``work`` statements decides and prints; see `mixed_jobs`.

    Empty if it mostly prints.
    """
    printing = [one.call.lineno for one in doings if one.job is Job.PRINTS and one.in_branch]
    conditions = [node.lineno for node, _ in arithmetic.statements if isinstance(node, ast.If)]
    acts = work - len(conditions) - len(printing)
    many = len(conditions) >= _CONDITIONS and work >= _LONG_DECISION and acts >= _ACTS
    if not many or len(printing) < _VERDICTS:
        return {}
    return {Job.DECIDES: conditions, Job.PRINTS: printing}


def _collecting(arithmetic: Arithmetic) -> list[Collecting]:
    """Return the loops that select and collect something which the function does not return.

    e.g. not the loop that keeps the valid lines of a file, for the function to return them.
    """
    results = {name for value in returned(arithmetic.statements) for name in names_in(value)}
    loops = collecting_loops(arithmetic.statements)
    return [one for one in loops if not one.names & results]


def _computes(computed: Sequence[Computed], jobs: set[Job] | Jobs) -> bool:
    """Return whether ``computed`` are enough to be a job beside ``jobs``.

    They are if one of them is in a loop, if there are :data:`_COMPUTING`, or if they have
    :data:`_OPERATORS`. A `self.money -= price` in a loop keeps the state of an object, and in the
    loop of a game there is always one: `seconds = clock.tick(60) / 1000`.
    """
    if _OUTSIDE.isdisjoint(jobs):
        return len(computed) >= _COMPUTING
    if any(one.in_loop and not one.changes for one in computed):
        return True
    least = _OPERATORS_BEFORE_STORING if Job.DATABASE in jobs else _OPERATORS
    operators = sum(one.operators for one in computed)
    # e.g. the places of bars in a chart belong to drawing it
    return len(computed) >= _COMPUTING or (operators >= least and set(jobs) != {Job.CHARTS})


def _returns_a_result(arithmetic: Arithmetic, computed: Sequence[Computed]) -> bool:
    """Return whether the function returns arithmetic, or a name that has a computed value.

    e.g. `return price * count`, or `return total` after `total = price * count`.
    """
    names = {name for one in computed for name in one.names}
    return any(
        arithmetic.operators(value) or names_in(value) & names
        for value in returned(arithmetic.statements)
    )


def _with_computing(jobs: Jobs, arithmetic: Arithmetic, computed: Sequence[Computed]) -> Jobs:
    """Return ``jobs`` with all lines that compute as one job, also those of tables, `return`."""
    lines = [one.node.lineno for one in computed] + [
        node.lineno
        for node, _ in arithmetic.statements
        if isinstance(node, ast.Return) and arithmetic.operators(node.value)
    ]
    return jobs | {Job.COMPUTES: lines + jobs.pop(Job.TRANSFORMS, [])}


def _without_progress(
    computed: Sequence[Computed], doings: Sequence[Doing], function: Function
) -> list[Computed]:
    """Return ``computed`` without what only shows progress: all its uses are in a loop's `print`.

    e.g. not `share = done / size` before `print(f"{share:.0%}")` in the loop of a download.
    """
    shown = {
        id(node)
        for one in doings
        if one.job is Job.PRINTS and one.in_loop
        for node in ast.walk(one.call)
    }
    if not shown or not any(one.in_loop for one in computed):
        return list(computed)
    used = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in shown
    }
    return [one for one in computed if not one.in_loop or not one.names or one.names & used]
