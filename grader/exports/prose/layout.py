"""The order of a report for people: criteria grouped by result, findings grouped by file.

Renderings show the criteria with full points first, then the next step, then each criterion that
lost points with what to fix, then the findings file by file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.domain.inspection import State
from grader.domain.report import CriterionLine, FindingLine, Report
from grader.domain.scoring import Number, Outcome
from grader.domain.unreadable import READABLE
from grader.exports.prose.changes import Change, change_in


@dataclass(frozen=True)
class Part:
    """A section of criteria with the same result; ``id`` is a key of ``_PARTS``."""

    id: str
    title: str
    note: str
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class Group:
    """Findings of one code in one file.

    ``costs`` lists the titles of the criteria in which they cost points. ``first`` is whether no
    earlier group of the report has this code, so that a rendering can explain the fix only once.
    """

    findings: tuple[FindingLine, ...]
    costs: tuple[str, ...]
    first: bool

    @property
    def lead(self) -> FindingLine:
        """The finding whose guidance is shown for all of the group."""
        return self.findings[0]

    @cached_property
    def messages(self) -> dict[str, list[FindingLine]]:
        """Findings by message, in order."""
        by_message: dict[str, list[FindingLine]] = {}
        for finding in self.findings:
            by_message.setdefault(finding.message, []).append(finding)
        return by_message

    @property
    def change(self) -> Change | None:
        """The first change of the student's own lines that can be shown as before and after."""
        return change_in(self.findings)

    @property
    def hunks(self) -> tuple[FindingLine, ...]:
        """The findings that contain the diff of a tool."""
        return tuple(finding for finding in self.findings if finding.hunk)


@dataclass(frozen=True)
class FileFindings:
    """All findings of one file in groups, the group that costs most points first."""

    path: str
    unreadable: bool
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """The number of findings."""
        return sum(len(group.findings) for group in self.groups)


def lost(line: CriterionLine) -> Number:
    """Return the points that ``line`` lost; 0 if they are withheld or still to be given."""
    return 0 if line.points is None else line.max_points - line.points


def parts(report: Report) -> tuple[Part, ...]:
    """Return the criteria of ``report`` in sections, those with lost points first, no empty one."""
    rows = {name: [c for c in report.criteria if part_of(c) == name] for name in _PARTS}
    rows["lost"].sort(key=lost, reverse=True)
    return tuple(Part(name, *_PARTS[name], tuple(rows[name])) for name in _PARTS if rows[name])


#: id -> heading, and a sentence under it.
_PARTS = {
    "lost": ("Points still to win", "The largest first."),
    "manual": ("To be given by your instructor", "A person reads this part. Nothing is lost yet."),
    "withheld": ("Withheld, not lost", "Our side broke here; nothing that you did."),
    "full": ("All points earned", ""),
    "aside": ("Left out of the total", ""),
}


def part_of(line: CriterionLine) -> str:
    """Return the key of ``_PARTS`` for ``line``."""
    if line.outcome in (Outcome.MANUAL, Outcome.WITHHELD):
        return line.outcome
    if line.points is None or line.max_points == 0:
        return "aside"
    return "full" if line.points >= line.max_points else "lost"


def strengths(report: Report) -> tuple[str, ...]:
    """Return the titles of the criteria that earned all their points."""
    return tuple(line.title for line in report.criteria if part_of(line) == "full")


@dataclass(frozen=True)
class Task:
    """What to fix for a criterion: ``times`` findings of one code, in the files ``paths``."""

    code: str
    times: int
    paths: tuple[str, ...]


def tasks(report: Report, criterion: str) -> tuple[Task, ...]:
    """Return what to fix for the criterion with id ``criterion``, the most frequent code first."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if criterion in finding.criteria:
            found.setdefault(finding.code, []).append(finding.path)
    by_code = (Task(code, len(paths), tuple(dict.fromkeys(paths))) for code, paths in found.items())
    return tuple(sorted(by_code, key=lambda task: -task.times))


def findings_by_file(report: Report) -> tuple[FileFindings, ...]:
    """Return the findings by file: unreadable files first, each sort by path."""
    prices = {line.id: (lost(line), line.title) for line in report.criteria}
    by_path: dict[str, list[FindingLine]] = {}
    for finding in report.findings:
        by_path.setdefault(finding.path, []).append(finding)
    broken = unreadable(report)
    seen: set[tuple[str, str]] = set()
    return tuple(
        FileFindings(path, path in broken, tuple(_groups(by_path[path], prices, seen)))
        for path in sorted(by_path, key=lambda path: path not in broken)
    )


def _groups(
    findings: Iterable[FindingLine],
    prices: dict[str, tuple[Number, str]],
    seen: set[tuple[str, str]],
) -> Iterator[Group]:
    grouped: dict[tuple[str, str], list[FindingLine]] = {}
    for finding in findings:
        grouped.setdefault((finding.check, finding.code), []).append(finding)

    def price(key: tuple[str, str]) -> tuple[bool, Number]:
        ids = {name for finding in grouped[key] for name in finding.criteria}
        return key[0] != READABLE, -sum(prices[name][0] for name in ids if name in prices)

    for key in sorted(grouped, key=price):
        yield Group(tuple(grouped[key]), _costs(grouped[key], prices), key not in seen)
        seen.add(key)


def _costs(
    findings: Sequence[FindingLine], prices: dict[str, tuple[Number, str]]
) -> tuple[str, ...]:
    ids = dict.fromkeys(name for finding in findings for name in finding.criteria)
    return tuple(prices[name][1] for name in ids if name in prices and prices[name][0] > 0)


def unreadable(report: Report) -> tuple[str, ...]:
    """Return the paths of files that cannot be read because of what the student wrote."""
    return tuple(file.path for file in report.files if State.UNREADABLE in file.checks.values())
