"""A report in the order in which it is told: what is right, what to win, what was found where.

First comes what earned all its points, then the one next step, then each criterion that has points
to win with what to mend for them, then the details file by file.
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
    """Criteria that ended alike, under one heading. ``id`` is ``full``, ``lost`` and so on."""

    id: str
    title: str
    note: str
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class Group:
    """Findings of one code in one file.

    ``costs`` names the criteria in which they cost points. ``first`` is whether no earlier group
    of the report has this code, so that a rendering can say how to mend it once.
    """

    findings: tuple[FindingLine, ...]
    costs: tuple[str, ...]
    first: bool

    @property
    def lead(self) -> FindingLine:
        """The finding whose words stand for all of them."""
        return self.findings[0]

    @cached_property
    def messages(self) -> dict[str, list[FindingLine]]:
        """Each distinct message with the findings that say it, in order."""
        said: dict[str, list[FindingLine]] = {}
        for finding in self.findings:
            said.setdefault(finding.message, []).append(finding)
        return said

    @property
    def change(self) -> Change | None:
        """The first of the student's own lines that can be shown before and after."""
        return change_in(self.findings)

    @property
    def hunks(self) -> tuple[FindingLine, ...]:
        """Those findings that show what a tool would change."""
        return tuple(finding for finding in self.findings if finding.hunk)


@dataclass(frozen=True)
class FileFindings:
    """Everything found in one file, what costs most first."""

    path: str
    unreadable: bool
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(group.findings) for group in self.groups)


def lost(line: CriterionLine) -> Number:
    """Points of a criterion that were not earned; 0 where they are still open."""
    return 0 if line.points is None else line.max_points - line.points


def parts(report: Report) -> tuple[Part, ...]:
    """The criteria in parts, what can be won first; the parts that are empty are left out."""
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
    """Which part a criterion belongs to."""
    if line.outcome in (Outcome.MANUAL, Outcome.WITHHELD):
        return line.outcome
    if line.points is None or line.max_points == 0:
        return "aside"
    return "full" if line.points >= line.max_points else "lost"


def strengths(report: Report) -> tuple[str, ...]:
    """The titles of the criteria that earned all their points."""
    return tuple(line.title for line in report.criteria if part_of(line) == "full")


@dataclass(frozen=True)
class Task:
    """What a criterion asks to mend: findings of one code, with the files in which they stand."""

    code: str
    times: int
    paths: tuple[str, ...]


def tasks(report: Report, criterion: str) -> tuple[Task, ...]:
    """What to mend for a criterion, the most frequent first."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if criterion in finding.criteria:
            found.setdefault(finding.code, []).append(finding.path)
    told = (Task(code, len(paths), tuple(dict.fromkeys(paths))) for code, paths in found.items())
    return tuple(sorted(told, key=lambda task: -task.times))


def findings_by_file(report: Report) -> tuple[FileFindings, ...]:
    """Findings by file, unreadable files first, then in the report's order."""
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
    """Paths of files that cannot be read, for a reason of the student's."""
    return tuple(file.path for file in report.files if State.UNREADABLE in file.checks.values())
