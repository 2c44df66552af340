"""Leftovers: files that the program does not use, and what they cost.

They are in no measure, so that a draft neither spoils nor improves what is measured. All of them
together cost a part of each criterion's points, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.domain.check import Guidance
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import Finding, State
from grader.domain.program import Part, Role
from grader.domain.rubric import CompiledRubric

#: The check id of findings about whole files, and their codes.
PROGRAM = "program"
LEFTOVER, UNUSED = "leftover-file", "unused-file"

GUIDANCE = Guidance(
    "The program does not use this file, so none of it is measured. A reader cannot tell whether it"
    " still matters.",
    "Import what the program needs from such a file, or delete it before you hand in.",
    "https://docs.python.org/3/tutorial/modules.html",
)

#: The part of each criterion's points that leftovers cost: their share of all lines, but at least
#: and at most these. e.g. a draft of 3 lines beside 400 costs 5 %, an old script of 300 lines 15 %.
#: Chosen by hand.
LEAST_COST, MOST_COST = Fraction(5, 100), Fraction(15, 100)
#: Roles of the files whose lines leftovers are compared with.
_PROGRAM = frozenset({Role.ENTRY, Role.REACHED, Role.MEMBER})


@dataclass(frozen=True)
class Leftovers:
    """The leftovers of a submission: their paths, and the part of each criterion that they cost."""

    paths: tuple[str, ...] = ()
    cost: Fraction = Fraction()

    @property
    def percent(self) -> str:
        """The cost in percent with at most one decimal, e.g. "5.4"."""
        return f"{round(float(100 * self.cost), 1):g}"


def leftovers_of(files: Sequence[FileFacts]) -> Leftovers:
    """Return the leftovers among `files`, whose parts :func:`settle_parts` has settled.

    The cost is the share of their lines in those of the program and the leftovers, tests aside,
    held between :data:`LEAST_COST` and :data:`MOST_COST`; 0 without leftovers.
    """
    left = [file for file in files if file.part.role is Role.LEFTOVER]
    if not left:
        return Leftovers()
    lines = sum(file.part.lines for file in left)
    program = sum(file.part.lines for file in files if file.part.role in _PROGRAM)
    share = Fraction(lines, max(1, lines + program))
    cost = min(MOST_COST, max(LEAST_COST, share))
    return Leftovers(tuple(file.path for file in left), cost)


def finding_on(file: FileFacts, leftovers: Leftovers) -> Finding | None:
    """Return the finding on a file that criteria do not measure; ``None`` for any other file.

    A leftover has one, and a neutral file only if it cannot be read. Its place is that of the
    syntax error, or else the first line.
    """
    leftover, unreadable = file.part.role is Role.LEFTOVER, file.readable.state is State.UNREADABLE
    if file.part.counts or not (leftover or unreadable):
        return None
    reason = next(iter(file.readable.findings), None)
    what = "The program does not use this file"
    if not leftover:
        what = f"This file counts for no criterion ({file.part.why})"
    why = f", and it cannot be read: {reason.message}" if reason else ""
    cost = f". Leftovers cost {leftovers.percent} % of each criterion" if leftover else ""
    message = f"{what}{why}{cost}"
    place = {"line": reason.line, "column": reason.column} if reason else {}
    return Finding(code=LEFTOVER if leftover else UNUSED, message=message, **place)


def settle_parts(compiled: CompiledRubric, facts: SubmissionFacts) -> SubmissionFacts:
    """Return `facts` with the role of each file under the rubric, which may know more of it.

    A file that the rubric names is part of the program. A leftover that the starter handed out, or
    that no criterion selects, is neutral.
    """
    files = []
    for file in facts.files:
        part = _settled(compiled, file)
        # Most files stay as they are, and copies cost time when a class is judged again.
        files.append(file if part is file.part else file.model_copy(update={"part": part}))
    return facts.model_copy(update={"files": tuple(files)})


def _settled(compiled: CompiledRubric, file: FileFacts) -> Part:
    """Return the part of `file` under the rubric."""
    part = file.part
    if part.counts:
        return part
    if compiled.names(file.path, file.top_folder):
        changes = {"role": Role.MEMBER, "why": "the exercise names it", "needed": True}
        return part.model_copy(update=changes)
    if part.role is Role.LEFTOVER and file.handed_out:
        return part.model_copy(update={"role": Role.NEUTRAL, "why": "it was handed out"})
    if part.role is Role.LEFTOVER and not compiled.takes(file.path, file.top_folder):
        return part.model_copy(update={"role": Role.NEUTRAL, "why": "no criterion asks for it"})
    return part
