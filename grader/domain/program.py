"""The role of one file in a submission: part of the program, or left over."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from grader.domain.inspection import Facts

#: Names of the counts that each file of the program adds to the facts of a criterion.
STATEMENTS, COUNTED = "program_statements", "program_counted"
MODULES, STARTS, CLEAN_STARTS = "program_modules", "program_starts", "program_clean_starts"
#: The lines of files that cannot be read. To a share each is a bad statement.
UNREADABLE = "program_unreadable"


class Role(StrEnum):
    """The role of one file in its submission."""

    #: The program starts here: a ``main.py``, a guarded script, a declared console script, or a
    #: file that a framework starts or finds.
    ENTRY = "entry"
    #: An entry or a test imports the file, directly or through others.
    REACHED = "reached"
    #: Nothing says where the program starts, so each of its files is part of it; or the program
    #: runs code that may be in the file; or the rubric names it.
    MEMBER = "member"
    TEST = "test"
    #: Not reached, and no fault: a tool runs the file by its name (``setup.py``) or makes it for
    #: every project, or the file has no statement or only literals.
    NEUTRAL = "neutral"
    #: Not reached by the program: a draft, an old script.
    LEFTOVER = "leftover"


class Uncounted(BaseModel):
    """Statements of a function that are in no good part of a share, and why.

    ``unused``: no part of the program uses the function ``name``. ``dead``: they never run, or are
    texts that are run as code. ``repeated``: they do what other statements of the program do, with
    other names and constants. ``boxed``: half of those of a function that passes its values
    on in an argument which other functions write to as well. ``outside``: they are in no function,
    and ``line`` is the first. ``users`` goes on after "nothing that runs uses it" with what does
    use it: ": only `total` (line 4) does, and nothing uses `total`"; else it is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Literal["unused", "dead", "repeated", "boxed", "outside"]
    name: str
    line: int
    statements: int
    users: str = ""


class Part(BaseModel):
    """One file as a part of its submission.

    ``why`` is the reason for ``role`` in words, ``lines`` the number of lines that are not blank.
    ``statements`` are those that do something (see :func:`works`), in functions and outside of
    them; ``counted`` of them are used and repeat nothing. ``demanded`` are further ones that a
    framework demands outside functions; equal ones are one. A test has none. ``uncounted`` are the
    first of those that are in no good part, by function. Where a ``needed`` file cannot be read,
    the criteria that read it earn nothing; a member that nothing imports is not needed. The
    defaults are those of facts which were stored before files had roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role = Role.MEMBER
    why: str = ""
    lines: int = 0
    statements: int = 0
    counted: int = 0
    demanded: int = 0
    uncounted: tuple[Uncounted, ...] = ()
    needed: bool = True
    #: It is a module with functions that count, beside the file where the program starts.
    is_module: bool = False
    #: The program starts here: ``clean`` if importing the file starts nothing, else ``open``. Of a
    #: library, of which nothing starts, each module is a clean start. Else empty.
    start: Literal["", "clean", "open"] = ""

    @property
    def counts(self) -> bool:
        """Whether criteria measure the file; a leftover or neutral file is in no measure."""
        return self.role not in (Role.NEUTRAL, Role.LEFTOVER)

    @property
    def is_measured(self) -> bool:
        """Whether the file is part of the program, tests aside."""
        return self.counts and self.role is not Role.TEST

    @property
    def is_leftover(self) -> bool:
        """Whether the program does not use the file, and ought to."""
        return self.role is Role.LEFTOVER

    @property
    def is_program(self) -> bool:
        """Whether the program starts here or imports the file, also if it is named like a test."""
        return self.role in (Role.ENTRY, Role.REACHED)

    @property
    def size(self) -> int:
        """The number of statements that may have faults: they are used, and repeat nothing."""
        return self.counted + self.demanded

    @property
    def facts(self) -> Facts:
        """The statements of the file as facts, which measures compare those of a check with."""
        return Facts(
            counts={
                STATEMENTS: self.statements,
                COUNTED: self.size,
                MODULES: int(self.is_module),
                STARTS: int(self.start != ""),
                CLEAN_STARTS: int(self.start == "clean"),
            }
        )
