"""Decide which jobs of a function are too many for one purpose."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from grader.analysis.syntax.module import Module
from grader.analysis.syntax.statements import Function
from grader.checks.single_purpose.arithmetic import is_ratio, names_in, outer_loops, returned
from grader.checks.single_purpose.counted import OUTSIDE, Code, Jobs, computes, lines_by_job
from grader.checks.single_purpose.jobs import Doing, Job, doings_of, verdict_lines

#: Number of jobs that are several purposes if one of them is in ``_WORK``. e.g. `read_csv`,
#: `groupby` and `plot`, or asking, computing and printing; to download, save and print is let go.
_MANY = 3

#: Fewest statements that do work with which a function does several things if it does exactly
#: :data:`_MANY` jobs of ``OUTSIDE``, none of which is asking. e.g. reading a file, changing lines,
#: storing and printing them; a download that shows how far it is has less. One that asks for a
#: number, reads a file and prints a line of it is caught at any length. Chosen by hand.
_LONG_EXCHANGE = 15

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

#: Jobs by which data or a model come from somewhere, or go there.
_KEEPING = frozenset({Job.READS, Job.WRITES, Job.DATABASE})

#: Jobs by which the result of the work on a table is shown or kept.
_PRESENTING = frozenset({Job.PRINTS, Job.WRITES, Job.DATABASE})

#: Jobs by which data come in.
_SOURCES = frozenset({Job.READS, Job.NETWORK, Job.DATABASE})

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
    - if it does more than that of ``OUTSIDE``, or as many and asks or is :data:`_LONG_EXCHANGE`.

    ``main`` may put a few things together: only the last two of these count there.
    """
    scope = module.functions[function]
    doings = [] if function.name in _SET_UP else doings_of(module, scope)
    done = {one.job for one in doings}
    # e.g. only drawing: with arithmetic they would be two
    if OUTSIDE.isdisjoint(done) and len(done) < _MANY - 1:
        return {}
    code = Code(function, scope, doings, work)
    rules = _RULES[-1:] if code.is_main else _RULES
    return next((jobs for rule in rules if (jobs := rule(code))), {})


def _returns_and_talks(code: Code) -> Jobs:
    """Return the jobs of a function that prints or asks, and returns a computed value."""
    # e.g. `if not count: print("Nothing to divide")` is no output, `print("dividing")` is
    talks = any(one.job in _ASIDE and (one.speaks or not one.in_branch) for one in code.doings)
    return _with_computing(code) if talks and _returns_a_result(code) else {}


def _exchanges_and_computes(code: Code) -> Jobs:
    """Return the jobs of a function that computes, and exchanges data with the outside."""
    outside = [one for one in code.doings if one.job in OUTSIDE]
    done = {one.job for one in outside}
    if not done or (code.name in _ITEMS and done == {Job.READS}):
        return {}
    mixes = _returns_a_ratio(code, done) or (
        computes(code.computed, done) and not _shows_progress(outside, code)
    )
    return _with_computing(code) if mixes else {}


def _returns_a_ratio(code: Code, done: set[Job]) -> bool:
    """Return whether a function that does the jobs ``done`` returns a ratio of what comes in."""
    return bool(done & _SOURCES) and any(map(is_ratio, returned(code.arithmetic.statements)))


def _shows_progress(outside: Sequence[Doing], code: Code) -> bool:
    """Return whether all of ``outside`` are prints in loops that compute, too."""
    return all(one.job is Job.PRINTS and one.in_loop for one in outside) and _share_a_loop(code)


def _share_a_loop(code: Code) -> bool:
    """Return whether a loop both computes and prints: it may show how far it is.

    Not so if one loop computes, and another prints the result piece by piece.
    """
    printing = {one.call.lineno for one in code.doings if one.job is Job.PRINTS}
    computing = {one.node.lineno for one in code.computed}
    return any(
        not printing.isdisjoint(lines) and not computing.isdisjoint(lines)
        for lines in outer_loops(code.arithmetic.statements)
    )


def _collects_and_prints(code: Code) -> Jobs:
    """Return where a function collects in a loop and prints after it."""
    prints = code.lines_of(Job.PRINTS)
    loops = code.collecting() if prints and code.work >= _COLLECTING else []
    after = [line for line in prints if any(line >= one.lines.stop for one in loops)]
    return {Job.COLLECTS: [one.line for one in loops], Job.PRINTS: after} if after else {}


def _does_a_pair(code: Code) -> Jobs:
    """Return the jobs of a function that does two which do not go together."""
    jobs = lines_by_job(one for one in code.doings if one.speaks and not one.is_progress)
    if code.work >= _LONG_PAIR and len(jobs.keys() - _PICTURE) + bool(_PICTURE & jobs.keys()) > 1:
        return jobs
    trains = Job.TRAINS in jobs and _KEEPING & jobs.keys()
    steps = len(jobs.get(Job.TRANSFORMS, ()))
    presents = steps >= _STEPS_OF_PAIR and _PRESENTING & jobs.keys()
    return jobs if trains or presents else {}


def _decides_and_prints(code: Code) -> Jobs:
    """Return where a function decides and prints: in its results, or in many statements."""
    verdicts = verdict_lines(code.scope, code.doings)
    if len(verdicts) >= _VERDICTS:
        return code.jobs | {Job.DECIDES: verdicts}
    conditions = [node.lineno for node, _ in code.arithmetic.statements if isinstance(node, ast.If)]
    if code.work < _LONG_DECISION or len(conditions) < _CONDITIONS:
        return {}
    branches = lines_by_job(one for one in code.doings if one.in_branch)
    printing = branches.get(Job.PRINTS, [])
    acts = code.work - len(conditions) - len(printing)
    does = len(printing) >= _VERDICTS and acts >= _ACTS
    return {Job.DECIDES: conditions, Job.PRINTS: printing} if does else {}


def _does_many(code: Code) -> Jobs:
    """Return the jobs of a function that does at least :data:`_MANY`."""
    if len(code.jobs) >= _MANY and not _WORK.isdisjoint(code.jobs):
        return code.jobs
    outside = len(OUTSIDE & code.jobs.keys())
    asks = Job.ASKS in code.jobs and not code.is_main
    several = outside == _MANY and (asks or code.work >= _LONG_EXCHANGE)
    return code.jobs if several or outside > _MANY else {}


#: The rules by which a function has several purposes; only the last one holds for ``main``.
_RULES: tuple[Callable[[Code], Jobs], ...] = (
    _returns_and_talks,
    _exchanges_and_computes,
    _collects_and_prints,
    _does_a_pair,
    _decides_and_prints,
    _does_many,
)


def _returns_a_result(code: Code) -> bool:
    """Return whether the function returns arithmetic, or a name that has a computed value.

    e.g. `return price * count`, or `return total` after `total = price * count`.
    """
    names = {name for one in code.computed for name in one.names}
    return any(
        code.arithmetic.operators(value) or names_in(value) & names
        for value in returned(code.arithmetic.statements)
    )


def _with_computing(code: Code) -> Jobs:
    """Return the jobs of ``code`` with all lines that compute, also those of tables, `return`."""
    lines = [one.node.lineno for one in code.computed] + [
        node.lineno
        for node, _ in code.arithmetic.statements
        if isinstance(node, ast.Return) and code.arithmetic.operators(node.value)
    ]
    jobs: Jobs = {job: at for job, at in code.jobs.items() if job is not Job.TRANSFORMS}
    jobs[Job.COMPUTES] = lines + code.jobs.get(Job.TRANSFORMS, [])
    return jobs
