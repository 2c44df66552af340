"""Findings with their location in the submission and the criteria that count them.

Each finding occurs once, in reading order, before a report adds guidance to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.domain import uncounted
from grader.domain.check import Catalog, Guidance
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.history import fingerprint
from grader.domain.inspection import Finding, State
from grader.domain.leftovers import GUIDANCE, PROGRAM, finding_on, leftovers_of
from grader.domain.measures import counts_statements
from grader.domain.report.next_step import evidence_of
from grader.domain.rubric import NEWER_SYNTAX, CompiledRubric
from grader.domain.source import is_notebook
from grader.domain.uncounted import findings_on
from grader.domain.unreadable import READABLE, unreadable_guidance


@dataclass(frozen=True)
class LocatedFinding:
    """A finding of ``check`` in the file ``path``, and the ids of the criteria that count it.

    ``check`` is ``readable`` for a finding of the gate. ``line`` is 1-based; in a notebook it
    counts from the top of ``cell`` (1-based as well), which is ``None`` in other files.
    """

    check: str
    finding: Finding
    path: str
    cell: int | None
    line: int
    criteria: tuple[str, ...] = ()

    @staticmethod
    def of(
        file: FileFacts, check: str, finding: Finding, criteria: tuple[str, ...] = ()
    ) -> LocatedFinding:
        """Return ``finding`` of ``check`` located in ``file`` or in a cell of that notebook.

        ``criteria`` are the ids of the criteria that count it.
        """
        cell, line = file.place(finding.line)
        return LocatedFinding(check, finding, file.path, cell, line, criteria)

    @property
    def code(self) -> str:
        """The finding's code."""
        return self.finding.code

    @property
    def column(self) -> int:
        """The finding's column, from 1."""
        return self.finding.column

    @property
    def message(self) -> str:
        """The finding's message."""
        return self.finding.message

    @property
    def hunk(self) -> str | None:
        """The body of a unified diff that fixes it; ``None`` without one and in a notebook."""
        return None if is_notebook(self.path) else self.finding.hunk

    @cached_property
    def fingerprint(self) -> str:
        """The 16 hexadecimal digits by which it is recognised in another attempt.

        See :func:`grader.domain.history.fingerprint`.
        """
        return fingerprint(self.check, self.finding)


def located_findings(
    compiled: CompiledRubric, facts: SubmissionFacts
) -> tuple[LocatedFinding, ...]:
    """Return the findings that a criterion counts or that are always shown, in reading order.

    Always shown are why the gate refused a file, and the findings of checks that always run, except
    signals. Each finding occurs once, with all its criteria, also if equal ones were found. The
    order is that of the files, then by cell, line and column.
    """
    leftovers = leftovers_of(facts.files)
    found: list[LocatedFinding] = []
    for file in facts.files:
        unused = finding_on(file, leftovers)
        found += [LocatedFinding.of(file, PROGRAM, unused)] if unused else _in_file(compiled, file)
    return tuple(found)


def guidance_of(catalog: Catalog, one: LocatedFinding) -> Guidance:
    """Return the guidance for ``one``: that of its check for its code, or of an unreadable file.

    The latter is for findings whose check is not in ``catalog``, i.e. those of the gate.
    """
    if one.check == PROGRAM:
        return uncounted.GUIDANCE.get(one.code, GUIDANCE)
    check = catalog.get(one.check)
    return check.guidance_for(one.code) if check else unreadable_guidance(one.code, one.path)


def _in_file(compiled: CompiledRubric, file: FileFacts) -> list[LocatedFinding]:
    """Return the findings of ``file`` in reading order, each once with all its criteria."""
    found: dict[tuple[str, Finding], list[str]] = {}
    for finding in _always_shown(compiled, file):
        found.setdefault(finding, [])
    for compiled_criterion in compiled.criteria:
        for _, one in evidence_of(compiled_criterion, [file]):
            ids = found.setdefault((compiled_criterion.criterion.check, one), [])
            if ids[-1:] != [compiled_criterion.id]:
                ids.append(compiled_criterion.id)
    for one in findings_on(file):
        if ids := list(_with_shares(compiled, file)):
            found[PROGRAM, one] = ids
    lines = [LocatedFinding.of(file, *key, tuple(ids)) for key, ids in found.items()]
    return sorted(lines, key=_reading_order)


def _with_shares(compiled: CompiledRubric, file: FileFacts) -> Iterator[str]:
    """Yield the ids of the criteria whose shares count the statements of ``file``."""
    for one in compiled.criteria:
        if one.measure is not None and counts_statements(one.measure):
            if one.takes(file.path, file.top_folder, is_program=file.part.is_program):
                yield one.id


def _always_shown(compiled: CompiledRubric, file: FileFacts) -> Iterator[tuple[str, Finding]]:
    """Yield (check id, finding) of what is shown even if no criterion counts it.

    These are the findings of the gate, and of gradable checks that always run; of syntax only that
    which needs a newer Python than the rubric's.
    """
    yield from ((READABLE, finding) for finding in file.readable.findings)
    if file.readable.state is State.OK:
        for probe in compiled.probes:
            shown = probe.check.always_runs and probe.check.gradable
            if shown and probe.reads(file.path):
                for finding in file.inspections[probe.key].findings:
                    if probe.check.id != NEWER_SYNTAX or _is_newer(finding, compiled):
                        yield probe.check.id, finding


def _is_newer(finding: Finding, compiled: CompiledRubric) -> bool:
    """Return whether the syntax of ``finding`` needs a newer Python than the rubric's."""
    return (finding.value or 0) > compiled.rubric.python_minor


def _reading_order(one: LocatedFinding) -> tuple[int, int, int, str, str]:
    """Return a sort key: cell, line, column, code, check."""
    return one.cell or 0, one.line, one.column, one.code, one.check
