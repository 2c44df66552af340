"""The sentences that every rendering for people shares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.domain.report import CriterionLine, Fault, FindingLine, Report
from grader.domain.scoring import Number
from grader.domain.unreadable import READABLE, cannot_be_read
from grader.exports.prose.changes import Change
from grader.exports.prose.layout import Group, part_of, tasks, unreadable

PATCH_RAISES = "It makes Black and isort content. Read it before you apply it."
PATCH_ELSEWHERE = (
    "If your folder lies inside a larger git repository, run git apply at the top of that "
    "repository, with --directory= and your folder's path: elsewhere git skips files in silence."
)

FOR_TEACHERS = "For the instructor: what a person should look at"
SIGNALS_NOTE = "This costs no points, proves nothing, and is not shown to students."

#: So many kinds of findings are named beside a criterion.
_MOST_TASKS = 4

#: Code in prose of ours: what stands between two backticks.
TICKED = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)")
_FAULTS = {
    "crash": "the tool crashed",
    "timeout": "it took too long",
    "cpu": "it used up its processor time",
    "memory": "it needed too much memory",
    "output": "it wrote too much",
    "recursion": "the code is nested too deeply for the tool",
    "confined": "the tool asked for a file, a process or a connection, and may have none",
    "grammar": "its syntax is newer than ours",
    "error": "the check broke",
    "gave_up": "too much broke or took too long before it",
}


def amount(value: Number | None) -> str:
    """Points for people: ``12``, ``7.5``; a dash where there are none yet."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def score(report: Report) -> str:
    """``71.5 / 100``, or ``at least 71 / 100`` while points are withheld."""
    total = report.total
    if total.points is None:
        return f"at least {amount(total.at_least)} / {amount(total.max_points)}"
    return f"{amount(total.points)} / {amount(total.max_points)}"


def attention(report: Report) -> str:
    """What to say where our side broke; empty where it did not."""
    asked = "an instructor has been asked to look."
    if report.total.points is None:
        return f"Some points are withheld, not lost: checks broke on our side, and {asked}"
    if report.status == "needs_attention":
        return f"A check broke on our side. It costs no points, and {asked}"
    return ""


def about_total(report: Report) -> tuple[str, ...]:
    """Sentences that belong right under the total: points to come, a cap in force."""
    total, said = report.total, []
    if total.awaiting:
        said.append(
            f"{amount(total.awaiting)} of the {amount(total.max_points)} points are still to be "
            "given by your instructor."
        )
    if total.capped_at is not None:
        title = next((c.title for c in report.criteria if c.id == total.capped_by), "")
        said.append(
            f"The criteria add up to {amount(earned(report))}, but the total stays at "
            f"{amount(total.capped_at)} as long as “{title}” earns nothing."
        )
    return tuple(said)


def earned(report: Report) -> Number:
    """The sum of the points of all criteria, before any cap."""
    tenths = sum(round((line.points or 0) * 100) for line in report.criteria)
    return tenths // 100 if tenths % 100 == 0 else tenths / 100


def first_thing(report: Report) -> tuple[str, str]:
    """(heading, text) of what to do first, also where there is nothing left to do."""
    step = report.next_step
    if step is not None:
        noun = "point" if step.gains == 1 else "points"
        wins = f": it can win {amount(step.gains)} {noun}" if step.gains > 0 else ""
        return f"Do this first{wins}", step.text
    open_parts = {part_of(line) for line in report.criteria}
    if report.total.points == report.total.max_points:
        return "Full marks", "There is nothing left to mend. Well done."
    if open_parts & {"manual", "withheld"} and "lost" not in open_parts:
        return (
            "Nothing to do for now",
            "All that can be earned so far is yours; the rest is with us.",
        )
    return "No single first step", "No one mend raises the total by itself: see the criteria below."


def points_of(line: CriterionLine) -> str:
    """``7.5 / 10``; ``– / 5`` while open; ``not counted`` where it leaves the total."""
    if line.points is None and part_of(line) == "aside":
        return "not counted"
    return f"{amount(line.points)} / {amount(line.max_points)}"


def on_lines(findings: Sequence[FindingLine], most: int = 12) -> str:
    """``on line 3``; ``on lines 3, 9, 12 and 15 more``; ``on line 2 of cell 4``."""
    distinct = sorted({(one.cell or 0, one.line) for one in findings})
    shown = ", ".join(
        f"{line} of cell {cell}" * bool(cell) or str(line) for cell, line in distinct[:most]
    )
    more = f" and {len(distinct) - most} more" if len(distinct) > most else ""
    return f"on line{'' if len(distinct) == 1 else 's'} {shown}{more}"


def since_last(report: Report) -> str:
    """What changed since the last attempt, in one sentence; empty where there is none."""
    one = report.history
    if one is None:
        return ""
    what = "the earlier version" if one.previous_attempt is None else "your last attempt"
    now = report.total.points or 0
    points = f"from {amount(one.points_before)} to {amount(now)} points"
    if now == one.points_before:
        points = f"{amount(now)} points, as before"
    told = f"{one.fixed} fixed, {one.new} new, {one.still_there} still there"
    return f"Since {what}: {told}; {points}."


def news_of(group: Group) -> str:
    """Which findings of a group the last attempt did not have; empty where it had them all."""
    fresh = [finding for finding in group.findings if finding.since == "new"]
    if len(fresh) == len(group.findings):
        return "new" if len(fresh) == 1 else "all new"
    return f"new {on_lines(fresh)}" if fresh else ""


def group_title(group: Group) -> str:
    """``27 x E501 on lines 3, 9, 12``, and which of them are new."""
    news = news_of(group)
    title = f"{len(group.findings)} x {group.lead.code} {group_lines(group)}"
    return f"{title}, {news}" if news else title


def price_of(group: Group) -> str:
    """What a group of findings costs, in words."""
    if group.lead.check == READABLE:
        return "nothing can be earned until this is mended"
    titles = ", ".join(f"“{title}”" for title in group.costs)
    return f"costs points in {titles}" if titles else "costs no points"


def to_mend(report: Report, line: CriterionLine) -> str:
    """``28 x E501 in 2 files, 1 x F401 in main.py``, or how where nothing is found at a place."""
    if part_of(line) != "lost":
        return ""
    told = [
        f"{task.times} x {task.code} in {_files(task.paths)}" for task in tasks(report, line.id)
    ]
    if not told:
        return line.how_to_fix.removesuffix(".")
    rest = len(told) - _MOST_TASKS
    return ", ".join(told[:_MOST_TASKS]) + (f" and {rest} more kinds" if rest > 0 else "")


def _files(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{len(paths)} files"


def change_title(change: Change) -> str:
    """What the lines below are: ``Your line 9, and the line mended:``."""
    last = change.line + len(change.before) - 1
    own = (
        f"Your line {change.line}" if last == change.line else f"Your lines {change.line} to {last}"
    )
    own += f" of cell {change.cell}" if change.cell else ""
    if not change.after:
        return f"{own} can go:"
    fill = " (fill in what `...` stands for)" if change.is_shape else ""
    return f"{own}, and how to write it{fill}:"


def lesson_of(group: Group) -> str:
    """The check whose lesson says more about a group; empty where there is no lesson."""
    return "" if group.lead.check == READABLE else group.lead.check


def files_read(report: Report) -> str:
    """``5 files were graded; 1 of them cannot be read as Python.``"""
    broken = unreadable(report)
    was = "file was" if len(report.files) == 1 else "files were"
    tail = f"; {len(broken)} of them {cannot_be_read(broken)}" if broken else ""
    return f"{len(report.files)} {was} graded{tail}."


def fault_of(fault: Fault) -> str:
    """Why a check broke, in words."""
    return _FAULTS.get(fault.reason, fault.reason or "it broke")


def rubric_of(report: Report) -> str:
    """Which rubric judged."""
    line = report.rubric
    version = f"version {line.version}" if line.version is not None else "not published"
    return f"{line.exercise}, {version}"


def receipt_of(report: Report) -> str:
    """Who handed in and when; empty where nobody did."""
    one = report.receipt
    if one is None:
        return ""
    return f"{one.student}, attempt {one.attempt}, received {moment(one.received_at)}"


def moment(time: str) -> str:
    """A time for people, from ISO 8601: ``2026-11-23 01:02 UTC``; any other text as it is."""
    fit = _MOMENT.fullmatch(time)
    return f"{fit[1]} {fit[2]} UTC" if fit else time


def engine_of(report: Report) -> str:
    """What measured: versions of the grader, the interpreter and the tools."""
    engine = report.engine
    tools = ", ".join(f"{name} {version}" for name, version in sorted(engine.tools.items()))
    return (
        f"Grader {engine.grader}, Python {engine.python} (grammar {engine.grammar})"
        f"{', ' if tools else ''}{tools}"
    )


def origins_of(report: Report) -> Iterator[tuple[str, str]]:
    """(name, value) of what identifies what was judged, when, and by what."""
    if report.receipt:
        yield "Submission id", report.receipt.submission
        yield "Graded", moment(report.receipt.graded_at)
    yield "SHA-256 of the files", report.submission.digest
    if report.submission.archive_sha256:
        yield "SHA-256 of the archive", report.submission.archive_sha256
    yield "Rubric", rubric_of(report)
    yield "SHA-256 of the rubric", report.rubric.digest


def group_heading(group: Group) -> str:
    """What a group of findings says, where they all say the same; else how many there are."""
    if len(group.messages) == 1:
        return group.lead.message
    return f"{len(group.findings)} places"


def group_lines(group: Group) -> str:
    """Where the findings of a group stand."""
    return on_lines(group.findings)
