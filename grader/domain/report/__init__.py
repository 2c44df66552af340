"""The report that a student and an LMS read: ledger, findings, patch and next step.

Only ``receipt``, which the server adds, has times and ids, so that equal facts under one rubric
give equal bytes.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.characters import plain_json
from grader.domain.facts import DroppedFile, EngineIdentity
from grader.domain.history import History, Since
from grader.domain.inspection import State
from grader.domain.program import Role
from grader.domain.report.next_step import NextStep
from grader.domain.rubric.policies import Tone
from grader.domain.scoring import ROUNDING, Number

SCHEMA: Literal["grader.report/1"] = "grader.report/1"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TotalLine(_Frozen):
    """The total of a report. ``points`` is null while the points of a criterion are withheld.

    It leaves out points that are still to be given by hand. ``at_least`` is earned whatever becomes
    of points that are withheld or still to be given; ``awaiting`` points, a part of ``max_points``,
    are still to be given by hand. ``max_points`` leaves out optional criteria with nothing to
    measure. ``capped_at`` is the limit that the criterion with the id ``capped_by`` sets to the
    total; null if none lowers it. If the program is smaller than the exercise asks for, or than its
    leftovers, or runs code that no check reads, ``limited`` is a sentence about that limit, and
    ``capped_by`` is null.
    """

    points: Number | None
    at_least: Number
    max_points: Number
    awaiting: Number = 0
    capped_at: Number | None = None
    capped_by: str | None = None
    limited: str = ""


class CriterionLine(_Frozen):
    """The result of one criterion; ``why`` shows the arithmetic from ``value`` to ``points``.

    ``outcome`` is a value of :class:`~grader.domain.scoring.Outcome`. ``points`` is null while
    withheld or to be given by hand, and for an optional criterion with nothing to measure.
    ``value`` is null if nothing was measured; ``measure`` and ``unit`` are null for a manual
    criterion. ``label`` names the level that was reached, if the scale has levels. ``how_to_fix``
    says how to earn the missing points; it is empty if none are missing or ``points`` is null.
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
    """One file that some check reads, with the state of each such check, by the check's id.

    For a file that the gate refused, each check has the state of the gate. If a check ran with
    several sets of options, its first state of ``failed``, ``unreadable``, ``ok`` and
    ``not_applicable`` is shown. A file with ``handed_out`` has no line of code of the student's
    own: it is starter code, so states other than ``failed`` are ``not_applicable``, except those of
    the few checks that judge starter files too. ``role`` is the place of the file in the program
    under the rubric, and ``why`` the reason in words; neutral files and leftovers count for no
    criterion.
    """

    path: str
    checks: dict[str, State]
    handed_out: bool = False
    role: Role = Role.MEMBER
    why: str = ""


class FindingLine(_Frozen):
    """One finding with its location, what it means, how to fix it and where to read more.

    ``before`` and ``after`` are the student's line and its fixed version, null without a fix (only
    the first few findings of a code in a file have one). ``hunk`` is the body of a diff that fixes
    it; null if there is none, and in a notebook. ``criteria`` are the ids of those that count it,
    maybe none. ``fingerprint`` does not change if lines move; equal findings share it. ``since``
    says whether the last attempt had it, null for a signal and if there was none to compare with.
    ``line`` counts from 1 in the file, or in the ``cell`` (from 1) of a notebook.
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
    """A check that failed on a file on our side, so that the report needs attention.

    Points of the criteria that need it are withheld, not lost, unless another file that they need
    cannot be read: they earn 0 then. ``check`` is ``readable`` if we failed to read the file.
    ``reason`` is a word such as ``crash`` or ``timeout``.
    """

    path: str
    check: str
    reason: str


class Command(_Frozen):
    """A command line for the student's own machine: the tool behind ``check`` (an id).

    It has the rubric's options; the files are to be appended. The tool may report less than the
    check does, e.g. for ``naming`` only names in the wrong case.
    """

    check: str
    command: str


class RubricLine(_Frozen):
    """The rubric of the report. ``version`` is null if no server has published it.

    ``digest`` is the hexadecimal SHA-256 of the rubric's text.
    """

    exercise: str
    title: str
    version: int | None
    digest: str


class SubmissionLine(_Frozen):
    """The judged submission, identified by the SHA-256 of its files and of the uploaded archive.

    They are hexadecimal. ``digest`` is over the sorted paths and contents of the files that intake
    kept.
    ``archive_sha256`` is null for a folder or a single file.
    """

    digest: str
    archive_sha256: str | None


class Receipt(_Frozen):
    """The submission's id, student, attempt (from 1) and times (ISO 8601); added by the server."""

    submission: str
    student: str
    attempt: int
    received_at: str
    graded_at: str


class WithheldPatch(_Frozen):
    """A file that the patch leaves out because it would not be safe: its path, and the reason."""

    path: str
    reason: str


class Report(_Frozen):
    """The report on one submission. ``schema`` names the version of its form.

    ``status`` is ``needs_attention`` if a check failed on our side, else ``graded``. ``history`` is
    null if attention is needed, and without an earlier attempt that can be compared. ``patch`` is
    null if the rubric wants none or has no criterion on ``formatting`` or ``import_order``, or if
    nothing is to be changed; ``patch_disagreements`` are the paths of files on which Black and
    isort disagree, ``patch_withheld`` the files that it leaves out. ``dropped`` are the files that
    were not graded, ``tone`` is that of renderings for people, set by the rubric. ``receipt`` is
    null unless the server made the report.
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
    patch_withheld: tuple[WithheldPatch, ...] = ()
    commands: tuple[Command, ...]
    notes: tuple[str, ...]
    dropped: tuple[DroppedFile, ...]
    #: For instructors only; see :meth:`for_students`.
    signals: tuple[FindingLine, ...] = ()
    tone: Tone = "standard"
    rounding: str = ROUNDING
    rubric: RubricLine
    engine: EngineIdentity
    submission: SubmissionLine
    receipt: Receipt | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def for_students(self) -> Report:
        """Return a copy of the report without its signals, which only instructors see."""
        return self.model_copy(update={"signals": ()})

    def to_json(self) -> str:
        """Return the report as indented JSON with a fixed order of keys and a final newline.

        Hidden characters are written as JSON escapes. Signals are included; see
        :meth:`for_students`.
        """
        return plain_json(self.model_dump_json(by_alias=True, indent=2)) + "\n"
