"""Sentences that the renderings for people share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.domain.characters import first_few
from grader.domain.leftovers import LEFTOVER, PROGRAM
from grader.domain.program import Role
from grader.domain.report import CriterionLine, Fault, FindingLine, Report
from grader.domain.scoring import Number, Outcome
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

#: How many kinds of findings are named beside a criterion; chosen by hand.
_MAX_TASKS = 4

#: Code in prose: a text between single backticks, e.g. "Run `black`."; not "Run ``black``.".
TICKED = re.compile(r"(?<!`)`([^`]+)`(?!`)")
#: A UTC time in ISO 8601, e.g. ``2026-11-23T01:02:03.5Z``; not ``2026-11-23T01:02:03+01:00``.
_UTC_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)")
#: Reason of a fault -> why the check failed, in words.
_FAULTS = {
    "crash": "the tool crashed",
    "timeout": "it took too long",
    "killed": "its process was ended from outside",
    "no_child": "no process could be started for it",
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
    """Return ``value`` rounded to 2 decimals, such as ``12`` or ``7.5``; a dash for ``None``."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def score(report: Report) -> str:
    """Return the total, e.g. ``71.5 / 100``, or ``at least 71 / 100`` while points are withheld."""
    total = report.total
    if total.points is None:
        return f"at least {amount(total.at_least)} / {amount(total.max_points)}"
    return f"{amount(total.points)} / {amount(total.max_points)}"


def withheld(report: Report) -> Number:
    """Return how many points are withheld, because a check failed on our side."""
    return sum(line.max_points for line in report.criteria if line.outcome == Outcome.WITHHELD)


def leftovers(report: Report) -> list[FindingLine]:
    """Return the findings on files that the program does not use; they name what these cost."""
    return [one for one in report.findings if (one.check, one.code) == (PROGRAM, LEFTOVER)]


def attention(report: Report) -> str:
    """Return the sentence about checks that failed on our side, and whether that costs points.

    It is empty if none failed.
    """
    asked = "an instructor has been asked to look."
    if report.total.points is None:
        return f"Some points are withheld, not lost: checks broke on our side, and {asked}"
    if report.status == "needs_attention":
        return f"A check broke on our side. It costs no points, and {asked}"
    return ""


def about_total(report: Report) -> tuple[str, ...]:
    """Return the sentences below the total, none if nothing needs to be said.

    They are about points that the instructor still has to give, and about a cap that applies.
    """
    total, sentences = report.total, []
    if total.awaiting:
        sentences.append(
            f"{amount(total.awaiting)} of the {amount(total.max_points)} points are still to be "
            "given by your instructor."
        )
    if total.limited:
        sentences.append(total.limited)
    elif total.capped_at is not None:
        (line,) = (line for line in report.criteria if line.id == total.capped_by)
        sentences.append(
            f"The criteria add up to {amount(earned(report))}, but the total stays at "
            f"{amount(total.capped_at)} as long as “{line.title}” earns {_share_earned(line)}."
        )
    return tuple(sentences)


def _share_earned(line: CriterionLine) -> str:
    """Return "nothing" or e.g. "only 3 of 20 points", for a criterion whose points are known."""
    if not line.points:
        return "nothing"
    return f"only {amount(line.points)} of {amount(line.max_points)} points"


def earned(report: Report) -> Number:
    """Return the sum of the points of all criteria, before any cap.

    Criteria whose points are ``None`` (e.g. withheld) add nothing. Each is rounded to 2 decimals; a
    whole sum is an ``int``.
    """
    hundredths = sum(round((line.points or 0) * 100) for line in report.criteria)
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def first_thing(report: Report) -> tuple[str, str]:
    """Return (heading, text) about what to do first, or about why there is no such step.

    The step is ``next_step`` of ``report``. Without one, the reasons are full marks, points that
    are withheld or that the instructor gives, or that no single fix raises the total.
    """
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
    """Return the points of ``line``, e.g. ``7.5 / 10``, or ``– / 5`` if withheld or not given yet.

    It is ``not counted`` if there was nothing to measure, so that the criterion left the total.
    """
    if line.points is None and part_of(line) == "aside":
        return "not counted"
    return f"{amount(line.points)} / {amount(line.max_points)}"


def on_lines(findings: Sequence[FindingLine], most: int = 12) -> str:
    """Return the distinct line numbers of ``findings``, which are in one file, in words.

    E.g. ``on line 3``, ``on lines 3, 9, 12``, ``on lines 2 of cell 1, 5 of cell 4``. The first
    ``most`` are named, sorted by cell and line, then the number of the others: with ``most=2``,
    ``on lines 3, 9 and 15 more``. There must be findings.
    """
    distinct = sorted({(one.cell or 0, one.line) for one in findings})
    shown = ", ".join(
        f"{line} of cell {cell}" * bool(cell) or str(line) for cell, line in distinct[:most]
    )
    more = f" and {len(distinct) - most} more" if len(distinct) > most else ""
    return f"on line{'' if len(distinct) == 1 else 's'} {shown}{more}"


def since_last(report: Report) -> str:
    """Return what changed since the last attempt, in one sentence: findings and points.

    The sentence says how many findings are fixed, new and still there. It calls an attempt without
    a number ``the earlier version``. It is empty if ``report`` has no history: a first attempt, or
    one that cannot be compared.
    """
    one = report.history
    if one is None:
        return ""
    what = "the earlier version" if one.previous_attempt is None else "your last attempt"
    now = report.total.points or 0
    points = f"from {amount(one.points_before)} to {amount(now)} points"
    if now == one.points_before:
        points = f"{amount(now)} points, as before"
    counts = f"{one.fixed} fixed, {one.new} new, {one.still_there} still there"
    return f"Since {what}: {counts}; {points}."


def news_of(group: Group) -> str:
    """Return which findings of ``group`` are new since the last attempt; empty if none are.

    E.g. ``new`` (the only one), ``all new``, ``new on lines 3, 9``. Without an attempt to compare
    with, none are.
    """
    fresh = [finding for finding in group.findings if finding.since == "new"]
    if len(fresh) == len(group.findings):
        return "new" if len(fresh) == 1 else "all new"
    return f"new {on_lines(fresh)}" if fresh else ""


def group_title(group: Group) -> str:
    """Return e.g. ``3 x E501 on lines 3, 9, 12, new on line 9``: count, code, lines, new ones."""
    news = news_of(group)
    title = f"{len(group.findings)} x {group.lead.code} {group_lines(group)}"
    return f"{title}, {news}" if news else title


def price_of(group: Group) -> str:
    """Return which criteria lost points and count ``group``, e.g. ``costs points in “Style”``.

    Or ``costs no points``; for an unreadable file, that nothing can be earned until it is fixed.
    """
    if group.lead.check == READABLE:
        return "nothing can be earned until this is mended"
    if group.lead.code == LEFTOVER:
        return "costs points in every criterion"
    titles = ", ".join(f"“{title}”" for title in group.costs)
    return f"costs points in {titles}" if titles else "costs no points"


def to_fix(report: Report, line: CriterionLine) -> str:
    """Return what to fix for a criterion that lost points; empty for any other.

    E.g. ``28 x E501 in 2 files, 1 x F401 in main.py``, most frequent first, at most 4 kinds and how
    many more there are. If no finding of the report counts for the criterion, it is the advice in
    ``line.how_to_fix``, without the full stop.
    """
    if part_of(line) != "lost":
        return ""
    kinds = [
        f"{task.times} x {task.code} in {_files(task.paths)}" for task in tasks(report, line.id)
    ]
    if not kinds:
        return line.how_to_fix.removesuffix(".")
    rest = len(kinds) - _MAX_TASKS
    return ", ".join(kinds[:_MAX_TASKS]) + (f" and {rest} more kinds" if rest > 0 else "")


def _files(paths: Sequence[str]) -> str:
    """Return the only path of ``paths``, or their number, e.g. ``2 files``."""
    return paths[0] if len(paths) == 1 else f"{len(paths)} files"


def change_title(change: Change) -> str:
    """Return the heading of a change, such as ``Your line 9, and how to write it:``.

    It names the cell of a notebook. If the lines are to be deleted, it says that they can go; if
    ``...`` is to be filled in (:attr:`Change.is_shape`), it says so.
    """
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
    """Return the id of the check that found ``group``; empty for an unreadable file.

    ``grader explain`` shows the lesson of that check.
    """
    return "" if group.lead.check in (READABLE, PROGRAM) else group.lead.check


def files_read(report: Report) -> str:
    """Return how many files were graded and, if there are any, how many of them cannot be read.

    E.g. ``5 files were graded; 1 of them cannot be read as Python.``
    """
    broken = unreadable(report)
    was = "file was" if len(report.files) == 1 else "files were"
    tail = f"; {len(broken)} of them {cannot_be_read(broken)}" if broken else ""
    return " ".join([f"{len(report.files)} {was} graded{tail}.", *_about_program(report)])


def _about_program(report: Report) -> Iterator[str]:
    """Yield sentences on what was taken for the program: where it starts, and what it uses.

    None if nothing says where the program starts: then every file is program.
    """
    entries = [f"{file.path} ({file.why})" for file in report.files if file.role is Role.ENTRY]
    roles = (Role.REACHED, Role.MEMBER) if entries else (Role.REACHED,)
    reached = [file.path for file in report.files if file.role in roles]
    if entries:
        yield f"The program starts at {first_few(entries, 5)}."
    if reached:
        yield (
            f"It uses {first_few(reached, 5)}."
            if entries
            else f"Tests use {first_few(reached, 5)}."
        )


def fault_of(fault: Fault) -> str:
    """Return in words why a check failed on our side, e.g. ``it took too long``.

    A reason without words of its own is returned as it is; without a reason it is ``it broke``.
    """
    return _FAULTS.get(fault.reason, fault.reason or "it broke")


def rubric_of(report: Report) -> str:
    """Return the exercise of the rubric and its version, e.g. ``numbers, version 3``.

    Without a version it is ``numbers, not published``.
    """
    line = report.rubric
    version = f"version {line.version}" if line.version is not None else "not published"
    return f"{line.exercise}, {version}"


def receipt_of(report: Report) -> str:
    """Return the student, the attempt's number and when it was received, in one line.

    It is empty for a report without a receipt, i.e. one that no server made.
    """
    one = report.receipt
    if one is None:
        return ""
    return f"{one.student}, attempt {one.attempt}, received {utc_time(one.received_at)}"


def utc_time(time: str) -> str:
    """Return a UTC time in ISO 8601 as ``2026-11-23 01:02 UTC``; any other text unchanged.

    Seconds are dropped. A time without an offset, or with one other than zero, is other text.
    """
    fit = _UTC_TIME.fullmatch(time)
    return f"{fit[1]} {fit[2]} UTC" if fit else time


def engine_of(report: Report) -> str:
    """Return the versions of Grader, Python, its grammar and the tools, in one line.

    Tools are sorted by name.
    """
    engine = report.engine
    tools = ", ".join(f"{name} {version}" for name, version in sorted(engine.tools.items()))
    return (
        f"Grader {engine.grader}, Python {engine.python} (grammar {engine.grammar})"
        f"{', ' if tools else ''}{tools}"
    )


def origins_of(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (name, value) pairs that identify the submission, the rubric and the grading.

    The id and the time of grading are left out without a receipt, and the hash of the archive if
    there was no archive. Other hashes are of the files and of the rubric.
    """
    if report.receipt:
        yield "Submission id", report.receipt.submission
        yield "Graded", utc_time(report.receipt.graded_at)
    yield "SHA-256 of the files", report.submission.digest
    if report.submission.archive_sha256:
        yield "SHA-256 of the archive", report.submission.archive_sha256
    yield "Rubric", rubric_of(report)
    yield "SHA-256 of the rubric", report.rubric.digest


def group_heading(group: Group) -> str:
    """Return the message of ``group`` if all findings share it.

    Else return the number of findings, e.g. ``27 places``.
    """
    if len(group.messages) == 1:
        return group.lead.message
    return f"{len(group.findings)} places"


def group_lines(group: Group) -> str:
    """Return the lines of the findings of ``group`` in words, at most 12; see :func:`on_lines`."""
    return on_lines(group.findings)
