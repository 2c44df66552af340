"""The next step: the one fix that earns the most points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from operator import attrgetter, itemgetter

from pydantic import BaseModel, ConfigDict

from grader.domain.characters import first_few
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.hidden import Hidden
from grader.domain.inspection import Finding, State
from grader.domain.leftovers import GUIDANCE, Leftovers
from grader.domain.limits import hidden_code
from grader.domain.rubric import CompiledCriterion, CompiledRubric
from grader.domain.scoring import Ledger, Outcome, Row, number, points_so_far, round_points


class NextStep(BaseModel):
    """What to do first, as ``text`` says.

    ``gains`` is how many points it can earn; 0 for an unreadable or empty file by which no points
    of the total are lost, e.g. because a cap keeps it down. ``criterion`` is the id of the
    criterion that gains, null for such a file. ``path``, ``cell`` and ``line`` say where to start,
    null where that is unknown; ``cell`` is null outside notebooks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gains: int | float
    text: str
    criterion: str | None = None
    path: str | None = None
    cell: int | None = None
    line: int | None = None


def next_step(compiled: CompiledRubric, ledger: Ledger, facts: SubmissionFacts) -> NextStep | None:
    """Return the step that gains the most points, or ``None`` if no step gains any.

    A step earns one criterion all the points that leftover files leave it. Two others come before:
    to fix the first unreadable file that keeps criteria from earning, and to save one's work if all
    files are empty, even if they gain 0, e.g. because of a cap. To remove the leftover files is the
    step if no criterion gains more. Of equal gains, the first criterion of the rubric wins. If
    several caps hold the total down, so that no single criterion gains anything, it is the step for
    the criterion with the lowest cap, and gains what lifting all caps gains. If leftover files or
    hidden code limit the total, the step is about these. Criteria whose points
    are ``None`` (see :class:`~grader.domain.scoring.Row`) have no step.
    """
    first = _unreadable(ledger, facts) or _empty(ledger, facts)
    if first:
        return first
    return (_lift_limit if ledger.total.limited else _earn_most)(compiled, ledger, facts)


def _earn_most(compiled: CompiledRubric, ledger: Ledger, facts: SubmissionFacts) -> NextStep | None:
    """Return the step that gains the most points where no limit lowers the total."""
    now = points_so_far(ledger.rows)
    gains = [(_points_with(ledger, [row]) - now, row) for row in ledger.rows if _lacks_points(row)]
    best, row = max(gains, key=itemgetter(0), default=(Fraction(), None))
    if row is None:
        return None
    tidied = _points_without_leftovers(ledger.rows) - now
    if tidied > 0 and tidied >= best:
        return _remove_leftovers(ledger.leftovers, tidied)
    if best <= 0:
        return _lift_caps(compiled, ledger, facts)
    return _step_for(compiled, row, best, facts)


def _lift_limit(
    compiled: CompiledRubric, ledger: Ledger, facts: SubmissionFacts
) -> NextStep | None:
    """Return the step that lifts the lowest limit of the total; ``None`` for a small program.

    It gains what higher limits leave of the criteria's points. ``None`` too if that is nothing.
    """
    lowest = min(ledger.limits, key=attrgetter("most"))
    higher = [limit.most for limit in ledger.limits if limit.most > lowest.most]
    is_tidied = lowest.kind == "leftovers"
    points = _points_without_leftovers(ledger.rows) if is_tidied else points_so_far(ledger.rows)
    gain = min([points, *higher]) - lowest.most
    if gain <= 0 or lowest.kind == "size":
        return None
    if is_tidied:
        return _remove_leftovers(ledger.leftovers, gain)
    return _show_hidden(hidden_code(compiled, facts), gain)


def _show_hidden(hidden: Sequence[Hidden], gain: Fraction) -> NextStep:
    """Return the step that makes modules of ``hidden`` code; it gains ``gain`` points."""
    paths = first_few([one.path for one in hidden])
    text = (
        f"No check reads {paths}, which your program runs or names. Put that code into modules"
        " (.py) beside your program and import them, or delete it if nothing needs it."
    )
    return NextStep(gains=number(gain), text=text, path=hidden[0].by, line=hidden[0].line)


def _lift_caps(compiled: CompiledRubric, ledger: Ledger, facts: SubmissionFacts) -> NextStep | None:
    """Return the step that lifts the lowest cap, if lifting all caps together gains points.

    Used when several caps apply, so that lifting any single one gains nothing.
    """
    capping = [
        (cap, row)
        for row in ledger.rows
        if row.points is not None and (cap := row.criterion.cap(row.points)) is not None
    ]
    gain = _gain(ledger, [row for _, row in capping])
    return (
        _step_for(compiled, min(capping, key=itemgetter(0))[1], gain, facts) if gain > 0 else None
    )


def _points_without_leftovers(rows: Sequence[Row]) -> Fraction:
    """Return the total of ``rows``, caps included, as it is without the cost of leftover files."""
    return points_so_far(
        [
            row if row.points is None else replace(row, points=row.points + row.leftover_cost)
            for row in rows
        ]
    )


def _remove_leftovers(leftovers: Leftovers, gain: Fraction) -> NextStep:
    """Return the step that removes the leftover files; it gains ``gain`` points."""
    text = f"The program does not use {first_few(leftovers.paths)}. {GUIDANCE.how_to_fix}"
    return NextStep(gains=number(gain), text=text, path=leftovers.paths[0])


def _lacks_points(row: Row) -> bool:
    """Return whether ``row`` has points, but fewer than its maximum."""
    return row.points is not None and row.points < row.max_points


def _gain(ledger: Ledger, fixed: Sequence[Row]) -> Fraction:
    """Return how much the total rises if the ``fixed`` rows earn all that they can."""
    return _points_with(ledger, fixed) - points_so_far(ledger.rows)


def _points_with(ledger: Ledger, fixed: Sequence[Row]) -> Fraction:
    """Return the total, caps included, if the ``fixed`` rows earn all that leftovers leave them."""
    ids, kept = {row.id for row in fixed}, 1 - ledger.leftovers.cost
    return points_so_far(
        [
            replace(row, points=round_points(kept * row.max_points)) if row.id in ids else row
            for row in ledger.rows
        ]
    )


def _unreadable(ledger: Ledger, facts: SubmissionFacts) -> NextStep | None:
    """Return the step that fixes the first unreadable file, or ``None`` if none costs points."""
    blocked = [row for row in ledger.rows if row.outcome is Outcome.UNREADABLE]
    for file in facts.files:
        rows = [row for row in blocked if file.path in row.blocking_paths]
        if rows:
            finding = next(_reasons(file), Finding(code="unreadable", message="It is no Python."))
            plural = "criterion earns" if len(rows) == 1 else "criteria earn"
            return NextStep(
                gains=number(_gain(ledger, rows)),
                text=f"Mend {_where(file, finding)}: {_sentence(finding.message)} "
                f"Until it can be read, {len(rows)} {plural} nothing.",
                path=file.path,
                cell=file.place(finding.line)[0],
                line=file.place(finding.line)[1],
            )
    return None


def _empty(ledger: Ledger, facts: SubmissionFacts) -> NextStep | None:
    """Return the step "save your work" if each file has 0 bytes, else ``None``."""
    if not facts.files or not all(file.is_empty for file in facts.files):
        return None
    rows = [row for row in ledger.rows if _lacks_points(row)]
    path = facts.files[0].path
    subject = f"{path} is empty" if len(facts.files) == 1 else "All files are empty"
    return NextStep(
        gains=number(_gain(ledger, rows)),
        text=f"{subject}. Save your work in the editor, look whether it is in the file, and hand "
        "it in again.",
        path=path,
    )


def _reasons(file: FileFacts) -> Iterator[Finding]:
    """Yield the findings that say why ``file`` is unreadable: the gate's, then the checks'."""
    for one in (file.readable, *file.inspections.values()):
        if one.state is State.UNREADABLE:
            yield from one.findings


def _sentence(message: str) -> str:
    """Return ``message`` with a full stop, unless it already ends a sentence."""
    return message if message.endswith((".", "!", "?")) else f"{message}."


def _step_for(
    compiled: CompiledRubric, row: Row, gain: Fraction, facts: SubmissionFacts
) -> NextStep | None:
    """Return the step for the criterion of ``row``, which gains ``gain`` points.

    It starts at the finding with the largest value. ``None`` if no check measures the criterion.
    """
    compiled_criterion = next(
        compiled_criterion
        for compiled_criterion in compiled.criteria
        if compiled_criterion.id == row.id
    )
    if compiled_criterion.check is None:
        return None
    check = compiled_criterion.check
    place = next(_places(compiled_criterion, facts.files), None)
    words = check.guidance_for(place[1].code) if place else check.guidance
    step = NextStep(
        gains=number(gain), text=f"{row.criterion.title}: {words.how_to_fix}", criterion=row.id
    )
    return _at(step, facts, *place) if place else step


def _at(step: NextStep, facts: SubmissionFacts, path: str, finding: Finding) -> NextStep:
    """Return ``step`` with the location of ``finding`` in ``path`` as the place to start."""
    file = next(file for file in facts.files if file.path == path)
    cell, line = file.place(finding.line)
    text = f"{step.text} Start at {_where(file, finding)}: {finding.message}"
    return step.model_copy(update={"text": text, "path": path, "cell": cell, "line": line})


def _where(file: FileFacts, finding: Finding) -> str:
    """Return the location of ``finding``: ``main.py, line 3``, ``work.ipynb, cell 2, line 3``."""
    cell, line = file.place(finding.line)
    return f"{file.path}, line {line}" if cell is None else f"{file.path}, cell {cell}, line {line}"


def _places(
    compiled_criterion: CompiledCriterion, files: Sequence[FileFacts]
) -> Iterator[tuple[str, Finding]]:
    """Yield (path, finding) of a criterion's evidence, the largest value first."""
    yield from sorted(
        evidence_of(compiled_criterion, files), key=lambda place: -(place[1].value or 0)
    )


def evidence_of(
    compiled_criterion: CompiledCriterion, files: Sequence[FileFacts]
) -> Iterator[tuple[str, Finding]]:
    """Yield (path, finding) of each finding that ``compiled_criterion`` counts, file by file.

    Nothing for a manual criterion, and nothing in files that the gate refused or that the criterion
    leaves out.
    """
    scale, measure, key = (
        compiled_criterion.criterion.scale,
        compiled_criterion.measure,
        compiled_criterion.probe_key,
    )
    if scale is None or measure is None or key is None:
        return
    for file in files:
        counts = file.part.counts and file.readable.state is State.OK
        if counts and compiled_criterion.takes(
            file.path, file.top_folder, is_program=file.part.is_program
        ):
            for finding in file.inspections[key].findings:
                if measure.evidence(finding, scale.limit):
                    yield file.path, finding
