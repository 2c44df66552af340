"""The form of the report that a student and an LMS read: ledger, evidence, patch, next step.

No time and no id stands in it but in ``receipt``, which the server adds to what it serves.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.characters import plain_json
from grader.domain.facts import DroppedFile, EngineIdentity
from grader.domain.history import History, Since
from grader.domain.inspection import State
from grader.domain.report.next_step import NextStep
from grader.domain.rubric.policies import Tone
from grader.domain.scoring import ROUNDING, Number

SCHEMA: Literal["grader.report/1"] = "grader.report/1"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TotalLine(_Frozen):
    """The sum of the criteria's points. ``points`` is null while any are withheld.

    ``at_least`` is what stands whatever comes; ``awaiting`` points are still to be given by hand;
    ``capped_at`` is set where the criterion ``capped_by`` limits the total.
    """

    points: Number | None
    at_least: Number
    max_points: Number
    awaiting: Number = 0
    capped_at: Number | None = None
    capped_by: str | None = None


class CriterionLine(_Frozen):
    """One row of the ledger; ``why`` shows the arithmetic that gave ``points`` from ``value``.

    ``how_to_fix`` says how its check is contented, where there are points to win.
    """

    id: str
    title: str
    outcome: str
    points: Number | None
    max_points: Number
    check: str
    measure: str | None
    value: Number | None
    unit: str | None
    label: str | None
    why: str
    how_to_fix: str = ""


class FileLine(_Frozen):
    """One file, with the state in which each check left it.

    One that is as the exercise handed it out counts for no criterion.
    """

    path: str
    checks: dict[str, State]
    handed_out: bool = False


class FindingLine(_Frozen):
    """One finding at one place, with what it means, how to mend it and where to read more.

    ``before`` and ``after`` are the student's own line and the mended one, where that is known.
    ``fingerprint`` stays the same where lines move; equal findings share it. ``since`` says
    whether the last attempt had it, where there was one to compare with. ``cell`` is that of a
    notebook, counted from 1; ``line`` is then counted in the cell.
    """

    check: str
    code: str
    path: str
    cell: int | None = None
    line: int
    column: int
    message: str
    value: int | None = None
    explanation: str
    how_to_fix: str
    url: str
    hunk: str | None = None
    before: str | None = None
    after: str | None = None
    criteria: tuple[str, ...] = ()
    fingerprint: str = ""
    since: Since | None = None


class Fault(_Frozen):
    """A check that broke on a file on our side; it costs no points."""

    path: str
    check: str
    reason: str


class Command(_Frozen):
    """A command line that gives the same verdict at home."""

    check: str
    command: str


class RubricLine(_Frozen):
    """Which rubric judged. ``version`` is null for a rubric that no server has published."""

    exercise: str
    title: str
    version: int | None
    digest: str


class SubmissionLine(_Frozen):
    """What was judged: a digest over the sorted (path, bytes), and the archive's own."""

    digest: str
    archive_sha256: str | None


class Receipt(_Frozen):
    """Who handed in what and when; the only times and ids of a report."""

    submission: str
    student: str
    attempt: int
    received_at: str
    graded_at: str


class Report(_Frozen):
    """The whole report; ``schema`` names the version of this form.

    ``tone`` is how the rubric wants it told to people.
    """

    schema_: Literal["grader.report/1"] = Field(default=SCHEMA, alias="schema")
    status: Literal["graded", "needs_attention"]
    total: TotalLine
    next_step: NextStep | None
    history: History | None = None
    criteria: tuple[CriterionLine, ...]
    files: tuple[FileLine, ...]
    findings: tuple[FindingLine, ...]
    faults: tuple[Fault, ...]
    patch: str | None
    patch_disagreements: tuple[str, ...]
    commands: tuple[Command, ...]
    notes: tuple[str, ...]
    dropped: tuple[DroppedFile, ...]
    #: For whoever teaches; see :meth:`for_students`.
    signals: tuple[FindingLine, ...] = ()
    tone: Tone = "standard"
    rounding: str = ROUNDING
    rubric: RubricLine
    engine: EngineIdentity
    submission: SubmissionLine
    receipt: Receipt | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def for_students(self) -> Report:
        """The report without what only an instructor sees."""
        return self.model_copy(update={"signals": ()})

    def to_json(self) -> str:
        """The report as JSON, keys in a fixed order, ending in a newline."""
        return plain_json(self.model_dump_json(by_alias=True, indent=2)) + "\n"
