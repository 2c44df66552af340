"""What was measured of one submission: the input of scoring, stored and judged many times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.inspection import Facts, Finding, Inspection, State

#: Where findings about a file's readability stand among those of the probes.
READABLE_KEY = "readable"
#: The digest of a file without a byte in it.
_OF_NOTHING = hashlib.sha256().hexdigest()
#: path -> probe key -> findings
FindingsByFile = dict[str, dict[str, tuple[Finding, ...]]]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Apart(NamedTuple):
    """What one probe measured of a changed starter file: of the whole of it, and as handed out."""

    whole: Facts
    given: Facts


class Cell(_Frozen):
    """A cell of a notebook, counted from 1: ``line`` is where it begins in the joined code.

    So many blank lines at its top as ``skipped`` are not in the joined code.
    """

    number: int
    line: int
    skipped: int = 0


def _number(cell: Cell) -> int:
    return cell.number


class FileFacts(_Frozen):
    """One file: whether it is readable, and each probe's inspection by the probe's key.

    Probes that do not read such a file have no inspection of it. Where ``readable.state`` is not
    ``ok`` there are none at all, and every probe that reads it has that state. ``cells`` are those
    of a notebook that hold code. ``top_folder`` (empty, or ending in a slash) is the folder around
    all files of the submission; a rubric's patterns may leave it out.

    ``handed_out`` and ``apart`` are for judging (see :func:`grader.domain.starter.own`), and never
    stored: the facts of a file do not depend on what was handed out.
    """

    path: str
    sha256: str
    readable: Inspection = Inspection()
    inspections: dict[str, Inspection] = Field(default_factory=dict)
    handed_out: bool = Field(default=False, exclude=True)
    #: By the probe's key, where the inspection holds only what is the student's.
    apart: dict[str, Apart] = Field(default_factory=dict, exclude=True)
    cells: tuple[Cell, ...] = ()
    top_folder: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is not a byte in the file."""
        return self.sha256 == _OF_NOTHING

    def place(self, line: int) -> tuple[int | None, int]:
        """Where a line of the code stands: in which cell, if any, and on which line there."""
        cell = max((one for one in self.cells if one.line <= line), key=_number, default=None)
        return (cell.number, line - cell.line + 1 + cell.skipped) if cell else (None, line)

    def inspection(self, probe_key: str) -> Inspection:
        """The outcome of one probe that reads this file."""
        if self.readable.state is not State.OK:
            return self.readable
        return self.inspections[probe_key]


class DroppedFile(_Frozen):
    """A file that is not graded, and why."""

    path: str
    reason: str


class EngineIdentity(_Frozen):
    """What measured: versions of the grader, of the tools, of the interpreter and its grammar."""

    grader: str
    python: str
    grammar: str
    tools: dict[str, str]
    checks: dict[str, int]


class SubmissionFacts(_Frozen):
    """All facts of a submission, files sorted by path."""

    files: tuple[FileFacts, ...]
    dropped: tuple[DroppedFile, ...] = ()
    digest: str
    archive_sha256: str = ""
    engine: EngineIdentity

    def without_findings(self) -> SubmissionFacts:
        """The same facts with every finding left out: all that points depend on, and small."""

        def clear(path: str, key: str, one: Inspection) -> Inspection:
            return one.model_copy(update={"findings": ()}) if one.findings else one

        return self._with(clear)

    def findings(self) -> FindingsByFile:
        """Every finding by path and probe key (:data:`READABLE_KEY` for readability)."""
        return {
            file.path: {
                key: one.findings
                for key, one in [(READABLE_KEY, file.readable), *file.inspections.items()]
                if one.findings
            }
            for file in self.files
        }

    def with_findings(self, findings: FindingsByFile) -> SubmissionFacts:
        """The inverse of taking facts and findings apart, for facts that have none."""

        def put(path: str, key: str, one: Inspection) -> Inspection:
            found = findings.get(path, {}).get(key, ())
            return one.model_copy(update={"findings": found}) if found else one

        return self._with(put)

    def _with(self, change: Callable[[str, str, Inspection], Inspection]) -> SubmissionFacts:
        files = tuple(
            file.model_copy(
                update={
                    "readable": change(file.path, READABLE_KEY, file.readable),
                    "inspections": {
                        key: change(file.path, key, one) for key, one in file.inspections.items()
                    },
                }
            )
            for file in self.files
        )
        return self.model_copy(update={"files": files})
