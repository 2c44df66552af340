"""Report a :class:`GraderError` on the command line: a message on stderr and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from grader.cli.output import print_text
from grader.domain.characters import visible
from grader.domain.errors import BadRubric, EngineFault, GraderError, RubricProblem

#: Error code -> advice for the administrator, for errors without a ``how_to_fix``.
_ADVICE = {
    "store-unavailable": "Where the service has its data elsewhere (`grader serve --data-dir`),"
    " set GRADER_DATA_DIR to that, or GRADER_DATABASE_URL; where there is no database yet, run"
    " `grader db upgrade`.",
}


class ExitCode(IntEnum):
    """The exit codes of commands that grade or test rubrics, and of errors in any command.

    ``GRADED`` (0): none of the following. ``UNDER_THRESHOLD`` (1): fewer points than
    ``--fail-under``, or a golden submission did not earn the expected points, also because a check
    failed on it. ``BAD_INPUT`` (2): a :class:`GraderError` other than an :class:`EngineFault`, or a
    mistake in the command line (by click). ``NEEDS_ATTENTION`` (3): an :class:`EngineFault`, or
    outside ``rubric test`` a check that failed by our fault.
    """

    GRADED = 0
    UNDER_THRESHOLD = 1
    BAD_INPUT = 2
    NEEDS_ATTENTION = 3


@contextmanager
def errors_reported() -> Iterator[None]:
    """Print a :class:`GraderError` from the block to standard error, without a traceback, and exit.

    The exit code is 3 for an :class:`EngineFault` and 2 for every other :class:`GraderError`.
    Exceptions of other types, e.g. ``OSError``, pass through.
    """
    try:
        yield
    except EngineFault as fault:
        _print_error(fault)
        sys.exit(ExitCode.NEEDS_ATTENTION)
    except GraderError as error:
        _print_error(error)
        sys.exit(ExitCode.BAD_INPUT)


def print_problems(problems: Iterable[RubricProblem], more: int = 0, *, err: bool = False) -> None:
    """Print each of ``problems`` of a rubric, with its line of the text and carets below it.

    ``more`` is the number of those that are not printed.
    """
    for problem in problems:
        print_text(f"  {visible(str(problem))}", err=err)
        for line in problem.excerpt.splitlines():
            print_text(f"      {visible(line)}", err=err)
    if more:
        print_text(f"  and {more} more", err=err)


def _print_error(error: GraderError) -> None:
    """Print title, details, cause, location and advice of ``error`` on standard error."""
    print_text(f"{error.title} [{error.code}]", err=True)
    if isinstance(error, BadRubric):
        print_problems(error.problems, error.more, err=True)
    else:
        print_text(f"  {visible(error.detail)}", err=True)
    if error.__cause__ is not None:
        reason = str(error.__cause__).partition("\n")[0]
        print_text(f"  Because: {reason}", err=True)
    if error.where:
        print_text(f"  Where: {visible(error.where)}", err=True)
    advice = error.how_to_fix or _ADVICE.get(error.code, "")
    if advice:
        print_text(f"  What to do: {advice}", err=True)
