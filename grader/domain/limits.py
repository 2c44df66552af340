"""Limits of the total that no criterion sets: for small programs, and for large leftovers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.domain.facts import FileFacts
from grader.domain.inspection import State
from grader.domain.rubric import CompiledRubric

#: The most that a submission earns whose leftovers have this many times the statements of its
#: program. Twice: an old script beside the modules that replaced it is often longer than they are.
#: Chosen by hand.
MOSTLY_LEFTOVERS, TIMES = Fraction(60), 2


def limits_of(
    compiled: CompiledRubric, files: Sequence[FileFacts]
) -> Iterator[tuple[Fraction, str]]:
    """Yield the limits of the total that no criterion sets, each with its reason in words.

    The words end where the limit is to follow: "the total stays at". The program may be smaller
    than the exercise asks for, or than half of what is left over beside it, unless it has the files
    that the exercise names.
    """
    program = [file for file in files if file.part.is_measured]
    statements = sum(map(_size, program))
    smallest = compiled.rubric.smallest
    if smallest is not None and statements < smallest.statements:
        yield Fraction(smallest.caps_total_at), (
            f"This exercise asks for at least {smallest.statements} statements that do something,"
            f" are used and repeat nothing; yours has {statements}. Until then the total stays at"
        )
    yield from _limit_by_leftovers(compiled, files, program, statements)


def _limit_by_leftovers(
    compiled: CompiledRubric,
    files: Sequence[FileFacts],
    program: Sequence[FileFacts],
    statements: int,
) -> Iterator[tuple[Fraction, str]]:
    """Yield the limit that leftovers among ``files`` set to a ``program`` of ``statements``."""
    left = sum(file.part.statements for file in files if file.part.is_leftover)
    named = any(compiled.names(file.path, file.top_folder) for file in program)
    if left > TIMES * statements and not named:
        yield MOSTLY_LEFTOVERS, (
            f"Files that the program does not use have {left} statements, more than twice its own"
            f" {statements}. Until it uses them, or they are gone, the total stays at"
        )


def _size(file: FileFacts) -> int:
    """Return the number of statements of ``file`` that count.

    Each line of a needed file that cannot be read is one: its criteria earn nothing anyway.
    """
    if file.readable.state is State.UNREADABLE and file.part.needed:
        return file.part.lines
    return file.part.size
