"""Limits of the total that no criterion sets: for small programs, leftovers and hidden code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from grader.domain.characters import first_few
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.hidden import Hidden, is_much
from grader.domain.inspection import State
from grader.domain.rubric import CompiledRubric

#: The most that a submission earns whose leftovers have this many times the statements of its
#: program. Twice: an old script beside the modules that replaced it is often longer than they are.
#: Chosen by hand.
MOSTLY_LEFTOVERS, TIMES = Fraction(60), 2
#: Leftovers with more than this part of the program's statements are a signal. Chosen by hand.
MANY_LEFTOVERS = Fraction(1, 2)
#: The most that a submission earns with much hidden code. As with leftovers.
MUCH_HIDDEN = Fraction(60)


@dataclass(frozen=True)
class Limit:
    """The most that a total can be, for a reason of ``kind``.

    ``why`` are the words of the reason. They end where the limit is to follow: "the total stays
    at".
    """

    kind: Literal["size", "leftovers", "hidden"]
    most: Fraction
    why: str


def limits_of(compiled: CompiledRubric, facts: SubmissionFacts) -> Iterator[Limit]:
    """Yield the limits of the total that no criterion sets.

    The program may be smaller than the exercise asks for, or than half of what is left over beside
    it, unless it has the files that the exercise names; or much of it may be hidden.
    """
    statements = program_statements(facts.files)
    smallest = compiled.rubric.smallest
    if smallest is not None and statements < smallest.statements:
        why = (
            f"This exercise asks for at least {smallest.statements} statements that do something,"
            f" are used and repeat nothing; yours has {statements}. Until then the total stays at"
        )
        yield Limit("size", Fraction(smallest.caps_total_at), why)
    left = unnamed_leftovers(compiled, facts.files)
    if left > TIMES * statements:
        why = (
            f"Files that the program does not use have {left} statements, more than twice its own"
            f" {statements}. Until it uses them, or they are gone, the total stays at"
        )
        yield Limit("leftovers", MOSTLY_LEFTOVERS, why)
    hidden = hidden_code(compiled, facts)
    if is_much(hidden, statements):
        places = first_few([one.place for one in hidden])
        why = (
            f"The program runs or names code that no check reads: {places}. Until that code is in"
            " modules which the program imports, the total stays at"
        )
        yield Limit("hidden", MUCH_HIDDEN, why)


def program_statements(files: Sequence[FileFacts]) -> int:
    """Return how many statements of the program among ``files`` are used and repeat nothing."""
    return sum(_size(file) for file in files if file.part.is_measured)


def unnamed_leftovers(compiled: CompiledRubric, files: Sequence[FileFacts]) -> int:
    """Return how many statements the leftovers among ``files`` have.

    0 if the program has a file that the exercise names: an old script beside it is no program that
    is started in secret.
    """
    program = [file for file in files if file.part.is_measured]
    if any(compiled.names(file.path, file.top_folder) for file in program):
        return 0
    return sum(file.part.statements for file in files if file.part.is_leftover)


def hidden_code(compiled: CompiledRubric, facts: SubmissionFacts) -> tuple[Hidden, ...]:
    """Return the hidden code of a submission that was not handed out to the student."""
    handed_out = {file.path for file in facts.files if file.handed_out}
    starter = tuple(f"/{path}" for path in compiled.rubric.starter)
    return tuple(
        one
        for one in facts.hidden
        if one.path not in handed_out and not f"/{one.path}".endswith(starter)
    )


def _size(file: FileFacts) -> int:
    """Return the number of statements of ``file`` that count.

    Each line of a needed file that cannot be read is one: its criteria earn nothing anyway.
    """
    if file.readable.state is State.UNREADABLE and file.part.needed:
        return file.part.lines
    return file.part.size
