"""How the command line says that something is wrong: one kind message, one exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click

from grader.domain.characters import visible
from grader.domain.errors import BadRubric, EngineFault, GraderError

#: For whoever runs the installation, where the error itself gives none.
_ADVICE = {
    "store-unavailable": "Where the service has its data elsewhere (`grader serve --data-dir`),"
    " set GRADER_DATA_DIR to that, or GRADER_DATABASE_URL; where there is no database yet, run"
    " `grader db upgrade`.",
}


class Exit(IntEnum):
    """What the exit code of ``grader check`` says."""

    GRADED = 0
    UNDER_THRESHOLD = 1
    BAD_INPUT = 2
    NEEDS_ATTENTION = 3


@contextmanager
def kind_errors() -> Iterator[None]:
    """Turn our errors into a message on stderr and an exit code; never a traceback."""
    try:
        yield
    except EngineFault as fault:
        complain(fault)
        sys.exit(Exit.NEEDS_ATTENTION)
    except GraderError as error:
        complain(error)
        sys.exit(Exit.BAD_INPUT)


def say(text: str, *, err: bool = False) -> None:
    """Print lines, whatever they quote: nothing in them is hidden or steers the terminal."""
    click.echo(visible(text.removesuffix("\n"), keep="\n\t"), err=err)


def complain(error: GraderError) -> None:
    """Say what is wrong, where, and what to do."""
    say(f"{error.title} [{error.code}]", err=True)
    lines = [str(p) for p in error.problems] if isinstance(error, BadRubric) else [error.detail]
    for line in lines:
        say(f"  {visible(line)}", err=True)
    if error.__cause__ is not None:
        reason = str(error.__cause__).partition("\n")[0]
        say(f"  Because: {reason}", err=True)
    if error.where:
        say(f"  Where: {visible(error.where)}", err=True)
    advice = error.how_to_fix or _ADVICE.get(error.code, "")
    if advice:
        say(f"  What to do: {advice}", err=True)
