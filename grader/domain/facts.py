"""Facts of one submission: the input of scoring, measured once and judged by any rubric."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.hidden import Hidden
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.program import Part

#: The key of a file's readability findings, beside the keys of the probes.
READABLE_KEY = "readable"
#: The SHA-256 of an empty file.
_EMPTY_SHA256 = hashlib.sha256().hexdigest()
#: path -> probe key -> findings
FindingsByFile = dict[str, dict[str, tuple[Finding, ...]]]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StarterDelta(NamedTuple):
    """One probe's facts of a starter file that the student changed: as submitted, as handed out.

    If what is left after subtraction has nothing that a criterion could measure, and less is better
    for its measure, the criterion judges by how much worse such files have become.
    """

    submitted: Facts
    starter: Facts


class Cell(_Frozen):
    """The position of a code cell of a notebook in the joined code, to locate findings in it.

    The joined code is that of all code cells that are not blank, one after the other, with two
    blank lines between. ``number`` counts all cells from 1, those of text too. ``line`` is the
    1-based line of the joined code at which the cell begins, and ``skipped`` the number of blank
    lines at its top that the joined code lacks.
    """

    number: int
    line: int
    skipped: int = 0


def _number(cell: Cell) -> int:
    return cell.number


class FileFacts(_Frozen):
    """One file: its readability, and an inspection for each probe that reads it, by probe key.

    A probe is a check with its options. ``readable`` is the result of the gate: if its state is not
    ``ok``, there are no inspections, and that state holds for each probe. ``sha256`` is that of the
    file's bytes. ``cells`` are the code cells of a notebook that are not blank; empty for other
    files. ``top_folder`` is the outermost folder with a slash ("alice-hw1/"), if all files that
    intake kept are in it, or empty; path patterns of a rubric may omit it.

    ``handed_out`` (no line of code is the student's) and ``starter_deltas`` are set by
    :func:`grader.domain.starter.subtract_starter` for judging and never stored, because stored
    facts must not depend on the starter.
    """

    path: str
    sha256: str
    readable: Inspection = Inspection()
    inspections: dict[str, Inspection] = Field(default_factory=dict)
    handed_out: bool = Field(default=False, exclude=True)
    #: By probe key, for inspections from which a starter file's facts were subtracted.
    starter_deltas: dict[str, StarterDelta] = Field(default_factory=dict, exclude=True)
    cells: tuple[Cell, ...] = ()
    top_folder: str = ""
    part: Part = Part()

    @property
    def is_empty(self) -> bool:
        """Whether the file has 0 bytes."""
        return self.sha256 == _EMPTY_SHA256

    def place(self, line: int) -> tuple[int | None, int]:
        """Return (cell number, line in that cell) of ``line``; (``None``, ``line``) without cells.

        ``line`` is a line of the file, or of a notebook's joined code. All numbers are 1-based.
        """
        cell = max((one for one in self.cells if one.line <= line), key=_number, default=None)
        return (cell.number, line - cell.line + 1 + cell.skipped) if cell else (None, line)

    def inspection(self, probe_key: str) -> Inspection:
        """Return the inspection by the probe with ``probe_key``, which must read this file.

        For a file that is not readable, it is ``readable``, which says why.

        Raises:
            KeyError: the file is readable, but that probe has not inspected it.
        """
        if self.readable.state is not State.OK:
            return self.readable
        return self.inspections[probe_key]


class DroppedFile(_Frozen):
    """A file of the upload that was not measured and is not graded, with the reason in words.

    It may also be a folder that a tool left, e.g. ``.git/``. With ``…`` as ``path`` it stands for
    further files with one reason, and ``reason`` has their number.
    """

    path: str
    reason: str


class EngineIdentity(_Frozen):
    """Versions on which facts depend: of grader, Python, each tool and each check.

    Only facts with equal identities can be compared, e.g. those of two attempts. ``grammar`` is the
    version of Python whose syntax the parser knows, e.g. ``3.11``. ``checks`` also has the version
    of the gate, which decides whether a file is readable.
    """

    grader: str
    python: str
    grammar: str
    tools: dict[str, str]
    checks: dict[str, int]


class SubmissionFacts(_Frozen):
    """What the probes of a rubric measured in a submission: the input of scoring and reports.

    ``files`` are those that some probe reads, also unreadable ones, sorted by path; ``dropped`` are
    those that intake or the engine left out, e.g. notebooks that the rubric refuses. ``hidden`` is
    code that the program runs where no check looks; of facts stored before that was found, nothing.
    ``digest`` is the hexadecimal SHA-256 over the paths and contents of the files that intake kept,
    ``archive_sha256`` that of the uploaded archive, empty for a folder or a single file.
    """

    files: tuple[FileFacts, ...]
    dropped: tuple[DroppedFile, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    digest: str
    archive_sha256: str = ""
    engine: EngineIdentity

    def without_findings(self) -> SubmissionFacts:
        """Return a copy without any findings, which still has everything that points depend on."""

        def clear(path: str, key: str, one: Inspection) -> Inspection:
            return one.model_copy(update={"findings": ()}) if one.findings else one

        return self._with(clear)

    def findings(self) -> FindingsByFile:
        """Return the findings by path and probe key (:data:`READABLE_KEY` for readability).

        Each file has an entry, if only an empty one; a probe without findings has none.
        """
        return {
            file.path: {
                key: one.findings
                for key, one in [(READABLE_KEY, file.readable), *file.inspections.items()]
                if one.findings
            }
            for file in self.files
        }

    def with_findings(self, findings: FindingsByFile) -> SubmissionFacts:
        """Return a copy with ``findings``, as :meth:`findings` returned them, put back.

        Files and probes that ``findings`` does not have keep theirs; paths and keys that these
        facts do not have are ignored.
        """

        def put(path: str, key: str, one: Inspection) -> Inspection:
            found = findings.get(path, {}).get(key, ())
            return one.model_copy(update={"findings": found}) if found else one

        return self._with(put)

    def _with(self, change: Callable[[str, str, Inspection], Inspection]) -> SubmissionFacts:
        """Return the facts with each inspection replaced by ``change(path, key, inspection)``."""
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
