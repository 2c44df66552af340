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
    """A section of a report for people: the criteria with the same kind of result.

    ``id`` is ``lost``, ``manual``, ``withheld``, ``full`` or ``aside``; see :func:`part_of`.
    ``note`` is shown under ``title``, unless it is empty.
    """

    id: str
    title: str
    note: str
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class Group:
    """All findings of one check and code in one file, which are shown and explained together.

    ``costs`` has the titles of those criteria that count the findings and lost points. ``first`` is
    true if no earlier group, in this or another file of the report, has this check and code, so
    that a rendering can explain the fix only once.
    """

    findings: tuple[FindingLine, ...]
    costs: tuple[str, ...]
    first: bool

    @property
    def lead(self) -> FindingLine:
        """The first finding, whose guidance is shown for the whole group."""
        return self.findings[0]

    @cached_property
    def messages(self) -> dict[str, list[FindingLine]]:
        """The findings by message, in the order of each message's first finding."""
        by_message: dict[str, list[FindingLine]] = {}
        for finding in self.findings:
            by_message.setdefault(finding.message, []).append(finding)
        return by_message

    @property
    def change(self) -> Change | None:
        """The example of how to fix the group, or ``None``; see :func:`change_in`."""
        return change_in(self.findings)

    @property
    def hunks(self) -> tuple[FindingLine, ...]:
        """The findings that have a diff with their fix (``hunk``)."""
        return tuple(finding for finding in self.findings if finding.hunk)


@dataclass(frozen=True)
class FileFindings:
    """All findings of one file in groups: those that say why it cannot be read, then the others.

    The others are sorted by the points that the criteria that count them lost, most first.
    ``unreadable`` is true if the file cannot be read because of what the student wrote.
    """

    path: str
    unreadable: bool
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """The number of findings."""
        return sum(len(group.findings) for group in self.groups)


def lost(line: CriterionLine) -> Number:
    """Return the points that ``line`` lost; 0 if it has no points, e.g. because withheld."""
    return 0 if line.points is None else line.max_points - line.points


def parts(report: Report) -> tuple[Part, ...]:
    """Return the criteria of ``report`` in sections: lost, manual, withheld, full, aside.

    Sections without criteria are left out. Criteria that lost points are sorted by the loss,
    largest first; others keep their order.
    """
    rows = {name: [c for c in report.criteria if part_of(c) == name] for name in _PARTS}
    rows["lost"].sort(key=lost, reverse=True)
    return tuple(Part(name, *_PARTS[name], tuple(rows[name])) for name in _PARTS if rows[name])


#: Id of a section -> (its heading, the sentence under it, which may be empty).
_PARTS = {
    "lost": ("Points still to win", "The largest first."),
    "manual": ("To be given by your instructor", "A person reads this part. Nothing is lost yet."),
    "withheld": ("Withheld, not lost", "Our side broke here; nothing that you did."),
    "full": ("All points earned", ""),
    "aside": ("Left out of the total", ""),
}


def part_of(line: CriterionLine) -> str:
    """Return the id of the section of ``line``, a key of ``_PARTS``.

    ``manual`` if a person gives its points, ``withheld`` if a check failed on our side. Else
    ``aside`` if it left the total, as there was nothing to measure, or has 0 points to earn. Else
    ``lost`` if any point is missing, and ``full`` if none is.
    """
    if line.outcome in (Outcome.MANUAL, Outcome.WITHHELD):
        return line.outcome
    if line.points is None or line.max_points == 0:
        return "aside"
    return "full" if line.points >= line.max_points else "lost"


def strengths(report: Report) -> tuple[str, ...]:
    """Return the titles of the criteria that earned all their points, in their order.

    Criteria with 0 points to earn are left out.
    """
    return tuple(line.title for line in report.criteria if part_of(line) == "full")


@dataclass(frozen=True)
class Task:
    """The findings of one code that a criterion counts: how many (``times``), in which files.

    ``paths`` has each file once, in the order of the report.
    """

    code: str
    times: int
    paths: tuple[str, ...]


def tasks(report: Report, criterion: str) -> tuple[Task, ...]:
    """Return the findings to fix for the criterion with id ``criterion``, one task for each code.

    The most frequent code comes first; of equally frequent ones, that which the report has first.
    It is empty if no finding of the report counts for the criterion, or there is no such criterion.
    """
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if criterion in finding.criteria:
            found.setdefault(finding.code, []).append(finding.path)
    by_code = (Task(code, len(paths), tuple(dict.fromkeys(paths))) for code, paths in found.items())
    return tuple(sorted(by_code, key=lambda task: -task.times))


def findings_by_file(report: Report) -> tuple[FileFindings, ...]:
    """Return the findings by file: unreadable files first, otherwise in the report's order.

    Files without findings are left out.
    """
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
    """Yield the findings of one file in groups by (check, code).

    Findings that say that the file cannot be read come first, then the group that costs most
    points. ``prices`` is (points lost, title) by id of the criterion; ``seen`` collects the keys of
    the groups of all files so far.
    """
    grouped: dict[tuple[str, str], list[FindingLine]] = {}
    for finding in findings:
        grouped.setdefault((finding.check, finding.code), []).append(finding)

    def price(key: tuple[str, str]) -> tuple[bool, Number]:
        """Return the sort key of a group: unreadable first, then most points lost."""
        ids = {name for finding in grouped[key] for name in finding.criteria}
        return key[0] != READABLE, -sum(prices[name][0] for name in ids if name in prices)

    for key in sorted(grouped, key=price):
        yield Group(tuple(grouped[key]), _costs(grouped[key], prices), key not in seen)
        seen.add(key)


def _costs(
    findings: Sequence[FindingLine], prices: dict[str, tuple[Number, str]]
) -> tuple[str, ...]:
    """Return the titles of the criteria of ``findings`` that lost points."""
    ids = dict.fromkeys(name for finding in findings for name in finding.criteria)
    return tuple(prices[name][1] for name in ids if name in prices and prices[name][0] > 0)


def unreadable(report: Report) -> tuple[str, ...]:
    """Return the paths of the files that some check cannot read because of what the student wrote.

    A file on which a check failed on our side is not among them for that.
    """
    return tuple(file.path for file in report.files if State.UNREADABLE in file.checks.values())
