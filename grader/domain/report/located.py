"""What was found in a submission, each thing once, with its place and the criteria it bears on.

It is what a report tells, before it is put into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.domain.check import Catalog, Check, Guidance
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.history import fingerprint
from grader.domain.inspection import Finding, State
from grader.domain.report.next_step import evidence_of
from grader.domain.rubric import CompiledRubric
from grader.domain.source import is_notebook
from grader.domain.unreadable import READABLE, unreadable_guidance


@dataclass(frozen=True)
class Found:
    """One finding at one place: ``line`` is counted in the ``cell`` where there is one."""

    check: str
    finding: Finding
    path: str
    cell: int | None
    line: int
    criteria: tuple[str, ...] = ()

    @staticmethod
    def of(file: FileFacts, check: str, finding: Finding, criteria: tuple[str, ...] = ()) -> Found:
        """A finding in a file, at the place where the file's reader sees it."""
        cell, line = file.place(finding.line)
        return Found(check, finding, file.path, cell, line, criteria)

    @property
    def code(self) -> str:
        """The finding's code."""
        return self.finding.code

    @property
    def column(self) -> int:
        """The column, counted from 1."""
        return self.finding.column

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        return self.finding.message

    @property
    def hunk(self) -> str | None:
        """The change that mends it, as the body of a unified diff; none applies to a notebook."""
        return None if is_notebook(self.path) else self.finding.hunk

    @cached_property
    def fingerprint(self) -> str:
        """See :func:`grader.domain.history.fingerprint`."""
        return fingerprint(self.check, self.finding)


def found_in(compiled: CompiledRubric, facts: SubmissionFacts) -> tuple[Found, ...]:
    """Everything that the criteria count and what is shown whatever they do, in reading order."""
    return tuple(one for file in facts.files for one in _found(compiled, file))


def guidance_of(catalog: Catalog, one: Found) -> Guidance:
    """Return the guidance for a finding: of its check, or of an unreadable file."""
    check = catalog.get(one.check)
    return check.guidance_for(one.code) if check else unreadable_guidance(one.code, one.path)


def _found(compiled: CompiledRubric, file: FileFacts) -> list[Found]:
    found: dict[tuple[str, Finding], list[str]] = {}
    for finding in _beside(compiled, file):
        found.setdefault(finding, [])
    for compiled_criterion in compiled.criteria:
        for _, one in evidence_of(compiled_criterion, [file]):
            ids = found.setdefault((compiled_criterion.criterion.check, one), [])
            if ids[-1:] != [compiled_criterion.id]:
                ids.append(compiled_criterion.id)
    lines = [Found.of(file, *key, tuple(ids)) for key, ids in found.items()]
    return sorted(lines, key=_in_order)


def _beside(compiled: CompiledRubric, file: FileFacts) -> Iterator[tuple[str, Finding]]:
    """(check, finding) of what is shown whatever the criteria: unreadable files, what deceives."""
    yield from ((READABLE, finding) for finding in file.readable.findings)
    if file.readable.state is State.OK:
        for probe in compiled.probes:
            if _is_told(probe.check) and probe.reads(file.path):
                yield from ((probe.check.id, one) for one in file.inspections[probe.key].findings)


def _is_told(check: Check) -> bool:
    return check.always_asked and check.gradable


def _in_order(one: Found) -> tuple[int, int, int, str, str]:
    return one.cell or 0, one.line, one.column, one.code, one.check
