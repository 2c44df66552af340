"""Building a report: a pure function of facts, a compiled rubric and the last attempt's facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

from grader.domain.check import PATCH, AnyCheck, Catalog
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.history import Compared, Earlier, History, Since, compare, history_of
from grader.domain.inspection import Inspection, State
from grader.domain.judging import judge_submission
from grader.domain.leftovers import GUIDANCE
from grader.domain.report import (
    Command,
    CriterionLine,
    Fault,
    FileLine,
    FindingLine,
    Report,
    RubricLine,
    SubmissionLine,
    TotalLine,
    WithheldPatch,
)
from grader.domain.report.located import LocatedFinding, guidance_of, located_findings
from grader.domain.report.next_step import next_step
from grader.domain.report.patch import git_patch
from grader.domain.rubric import CompiledRubric, Probe
from grader.domain.scoring import Ledger, Number, Outcome, Row, number
from grader.domain.signals import SIGNALS, signals_of
from grader.domain.source import is_document, is_notebook
from grader.domain.unreadable import AS_A_SCRIPT, READABLE


def build_report(
    compiled: CompiledRubric,
    facts: SubmissionFacts,
    *,
    digest: str,
    version: int | None = None,
    starter: SubmissionFacts | None = None,
    earlier: Earlier | None = None,
) -> Report:
    """Return the report of one submission's ``facts`` under the ``compiled`` rubric.

    ``digest`` and ``version`` are those of the rubric's text, without a ``version`` if no server
    has published it. ``starter`` are the facts of the starter files (``None`` if there are none),
    which are subtracted from both attempts. With an ``earlier`` attempt, which is judged by the
    same rubric, the report says what changed since, unless a check failed on our side in either
    attempt or the two cannot be compared (:meth:`Earlier.answers`). The report has signals, which
    only instructors may see, and no receipt.
    """
    rubric = compiled.rubric
    now = _judged(compiled, facts, starter)
    then = _earlier_attempt(compiled, now, starter, earlier)
    compared = compare(then.found, now.found) if then else None
    ledger = now.ledger
    patch = _patch(compiled, now.facts)
    return Report(
        status="needs_attention" if now.needs_attention else "graded",
        total=_total(ledger),
        next_step=next_step(compiled, ledger, now.facts),
        history=then and compared and then.history(compared),
        criteria=tuple(_criterion(row, compiled.catalog) for row in ledger.rows),
        files=tuple(_file(file, compiled.probes) for file in now.facts.files),
        findings=tuple(_findings(compiled.catalog, now.found, compared)),
        faults=now.faults,
        patch=patch.text,
        patch_disagreements=patch.disagreements,
        patch_withheld=patch.withheld,
        commands=tuple(_commands(compiled.probes, now.facts.files)),
        notes=(*_starter_notes(now.facts.files), *_notes(now, patch)),
        dropped=facts.dropped,
        signals=tuple(_finding(compiled.catalog, one) for one in _signals(compiled, now.facts)),
        tone=rubric.feedback.tone,
        rubric=RubricLine(
            exercise=rubric.exercise, title=rubric.title, version=version, digest=digest
        ),
        engine=facts.engine,
        submission=SubmissionLine(digest=facts.digest, archive_sha256=facts.archive_sha256 or None),
    )


@dataclass(frozen=True)
class _Judged:
    """One attempt, judged by the rubric: its ledger, its findings, and failures on our side.

    ``facts`` are those without the starter. ``attempt`` is the attempt's number, if known.
    """

    facts: SubmissionFacts
    ledger: Ledger
    found: tuple[LocatedFinding, ...]
    faults: tuple[Fault, ...]
    attempt: int | None = None

    @property
    def needs_attention(self) -> bool:
        return self.ledger.needs_attention or bool(self.faults)

    def history(self, compared: Compared[LocatedFinding]) -> History:
        """Return what changed since this attempt, whose points must not be withheld."""
        points = self.ledger.total.points
        assert points is not None, "points are withheld only where attention is needed"
        return history_of(compared, self.attempt, number(points))


def _judged(
    compiled: CompiledRubric,
    facts: SubmissionFacts,
    starter: SubmissionFacts | None,
    attempt: int | None = None,
) -> _Judged:
    """Judge ``facts`` without the ``starter``; ``attempt`` is their number."""
    own, ledger = judge_submission(compiled, facts, starter)
    faults = tuple(_faults(own, compiled.probes))
    return _Judged(own, ledger, located_findings(compiled, own), faults, attempt)


def _earlier_attempt(
    compiled: CompiledRubric, now: _Judged, starter: SubmissionFacts | None, earlier: Earlier | None
) -> _Judged | None:
    """Return the judged ``earlier`` attempt, or ``None`` if it cannot be compared with ``now``.

    It cannot if a check failed on our side in either attempt, or if another engine measured it.
    """
    if earlier is None or now.needs_attention or not earlier.answers(compiled, now.facts.engine):
        return None
    then = _judged(compiled, earlier.facts, starter, earlier.attempt)
    return None if then.needs_attention else then


def _optional_number(value: Fraction | None) -> Number | None:
    return None if value is None else number(value)


def _total(ledger: Ledger) -> TotalLine:
    total = ledger.total
    return TotalLine(
        points=_optional_number(total.points),
        at_least=number(total.at_least),
        max_points=number(total.max_points),
        awaiting=number(total.awaiting),
        capped_at=_optional_number(total.cap),
        capped_by=total.capped_by or None,
        limited=total.limited,
    )


def _criterion(row: Row, catalog: Catalog) -> CriterionLine:
    """Return the report's line on ``row`` of the ledger."""
    check = catalog.get(row.criterion.check)
    lost_points = row.points is not None and row.points < row.max_points
    return CriterionLine(
        id=row.id,
        title=row.criterion.title,
        outcome=row.outcome.value,
        points=_optional_number(row.points),
        max_points=number(row.max_points),
        check=row.criterion.check,
        measure=row.measure.id if row.measure else None,
        value=_optional_number(row.value),
        unit=row.measure.unit if row.measure else None,
        label=row.label or None,
        why=row.why,
        how_to_fix=_how_to_earn(row, check) if check and lost_points else "",
    )


def _how_to_earn(row: Row, check: AnyCheck) -> str:
    """Return how to earn the missing points of ``row``, which ``check`` measures.

    It is the check's advice, or a general sentence if there was nothing to measure or read.
    """
    if row.outcome is Outcome.UNREADABLE:
        return "First mend what keeps the file from being read; that is told beside the file."
    if row.outcome is Outcome.NOT_APPLICABLE:
        return "Hand in what this is about: it is measured as soon as there is some of it."
    if row.points is not None and row.points + row.leftover_cost == row.max_points:
        return GUIDANCE.how_to_fix
    return check.guidance.how_to_fix


#: If a check ran on a file with several sets of options, its first state in this order is shown.
_WORST_FIRST = (State.FAILED, State.UNREADABLE, State.OK, State.NOT_APPLICABLE)


def _file(file: FileFacts, probes: Sequence[Probe]) -> FileLine:
    """Return the report's line on ``file``, with one state for each check that reads it."""
    states: dict[str, State] = {}
    for probe in probes:
        if not probe.reads(file.path):
            continue
        state = file.inspection(probe.key).state
        known = states.get(probe.check.id, state)
        states[probe.check.id] = min(state, known, key=_WORST_FIRST.index)
    return FileLine(
        path=file.path,
        checks=states,
        handed_out=file.handed_out,
        role=file.part.role,
        why=file.part.why,
    )


def _findings(
    catalog: Catalog, found: Sequence[LocatedFinding], compared: Compared[LocatedFinding] | None
) -> Iterator[FindingLine]:
    """Yield the report's line on each finding; without a comparison ``since`` is ``None``."""
    sinces = compared.since if compared else repeat(None, len(found))
    for one, since in zip(found, sinces, strict=True):
        yield _finding(catalog, one, since)


def _finding(catalog: Catalog, one: LocatedFinding, since: Since | None = None) -> FindingLine:
    """Return the report's line on the finding ``one``, with its guidance from ``catalog``."""
    guidance = guidance_of(catalog, one)
    finding = one.finding
    return FindingLine(
        check=one.check,
        code=finding.code,
        path=one.path,
        cell=one.cell,
        line=one.line,
        column=finding.column,
        message=finding.message,
        value=finding.value,
        explanation=guidance.explanation,
        how_to_fix=guidance.how_to_fix,
        url=guidance.url,
        hunk=one.hunk,
        before=finding.before,
        after=finding.after,
        criteria=one.criteria,
        fingerprint=one.fingerprint,
        since=since,
    )


def _signals(compiled: CompiledRubric, facts: SubmissionFacts) -> Iterator[LocatedFinding]:
    """Yield the located signals, of graded and of dropped files."""
    graded = {file.path: file for file in facts.files}
    for path, finding in signals_of(compiled, facts):
        file = graded.get(path) or FileFacts(path=path, sha256="")
        yield LocatedFinding.of(file, SIGNALS, finding)


def _faults(facts: SubmissionFacts, probes: Sequence[Probe]) -> Iterator[Fault]:
    """Yield a fault for each failed inspection; for a failed gate only one for the file.

    Files that no criterion measures have none, nor has a patch that failed: it is withheld.
    """
    for file in facts.files:
        if not file.part.counts:
            continue
        if file.readable.state is State.FAILED:
            yield Fault(path=file.path, check=READABLE, reason=file.readable.reason)
            continue
        for probe in (probe for probe in probes if probe.check.id != PATCH):
            if probe.reads(file.path) and file.inspection(probe.key).state is State.FAILED:
                reason = file.inspection(probe.key).reason
                yield Fault(path=file.path, check=probe.check.id, reason=reason)


@dataclass(frozen=True)
class _Patch:
    """The patch of a report, ``None`` if there is nothing to change, and where it is incomplete.

    ``disagreements`` are the paths on which Black and isort disagree.
    """

    text: str | None = None
    disagreements: tuple[str, ...] = ()
    withheld: tuple[WithheldPatch, ...] = ()


def _patch(compiled: CompiledRubric, facts: SubmissionFacts) -> _Patch:
    """Return the patch for the files that a criterion of layout or imports counts.

    It is empty if the rubric asks for none.
    """
    mend = next((probe for probe in compiled.probes if probe.check.id == PATCH), None)
    if mend is None:
        return _Patch()
    files = filter(lambda file: compiled.mends(file.path, file.top_folder), facts.files)
    mends = {file.path: file.inspection(mend.key) for file in files}
    disagreements = tuple(
        path for path, one in mends.items() if one.facts.counts.get("disagreements")
    )
    text = git_patch(dict(_hunks(mends))) or None
    return _Patch(text, disagreements, tuple(_withheld(mends)))


def _withheld(mends: Mapping[str, Inspection]) -> Iterator[WithheldPatch]:
    """Yield the files without a patch, with the reason; also where making it failed."""
    for path, one in mends.items():
        if one.state is State.FAILED:
            yield WithheldPatch(path=path, reason="isort or Black broke on it")
        for finding in one.findings:
            if finding.code == "withheld":
                yield WithheldPatch(path=path, reason=finding.message)


def _hunks(mends: Mapping[str, Inspection]) -> Iterator[tuple[str, str]]:
    """Yield (path, hunks) of each file that the patch changes."""
    for path, one in mends.items():
        for finding in one.findings:
            if finding.code == "patch" and finding.hunk:
                yield path, finding.hunk


def _commands(probes: Sequence[Probe], files: Sequence[FileFacts]) -> Iterator[Command]:
    """Yield the command line of each probe whose check has one, for a submission with `files`."""
    paths = tuple(file.path for file in files)
    for probe in probes:
        if probe.check.command is not None:
            command = probe.check.command(probe.options, paths)
            yield Command(check=probe.check.id, command=command)


def _starter_notes(files: Sequence[FileFacts]) -> Iterator[str]:
    """Yield a note on the unchanged starter files, and one on the changed ones."""
    handed_out = [file.path for file in files if file.handed_out]
    changed = [file.path for file in files if file.starter_deltas]
    if handed_out:
        yield f"As handed out, so neither blamed nor praised: {', '.join(handed_out)}."
    if changed:
        yield (
            f"You were given a part of {', '.join(changed)}: only what you wrote yourself "
            "counts there, for and against you."
        )


def _notes_on_files(facts: SubmissionFacts) -> Iterator[str]:
    """Yield a note on each graded TOML file, and on each graded or dropped notebook."""
    for path in (file.path for file in facts.files):
        if is_document(path) and path.lower().endswith(".toml"):
            yield (
                f"{path} was read as a text and set up no tool: every submission is graded "
                "with the exercise's own settings."
            )
        if is_notebook(path):
            yield (
                f"{path} was read as one script, one cell after the other, with its magics left "
                "out. Where a message itself names lines, they are those of that script."
            )
    for path in (file.path for file in facts.dropped):
        if is_notebook(path):
            yield (
                f"{path} is a notebook, and was not graded: scripts (.py) are asked for. Export "
                f"it {AS_A_SCRIPT}, put the code into functions, and hand that in."
            )


def _empty_notes(files: Sequence[FileFacts]) -> Iterator[str]:
    """Yield a note on the files with 0 bytes, except ``__init__.py``, if there are any."""
    empty = [file.path for file in files if file.is_empty and not _is_package(file.path)]
    if empty:
        yield (
            f"{', '.join(empty)}: there is not a single character in there. If there should be, "
            "save your work, make the zip again and hand it in."
        )


def _is_package(path: str) -> bool:
    """Return whether ``path`` is an ``__init__.py``, which may be empty."""
    return path.split("/")[-1] == "__init__.py"


def _notes(now: _Judged, patch: _Patch) -> Iterator[str]:
    """Yield all notes except those on starter files."""
    yield from _empty_notes(now.facts.files)
    yield from _notes_on_files(now.facts)
    silenced = sum(1 for one in now.found if one.check == "suppressions")
    if silenced:
        yield (
            f"Comments that silence a tool were found in {silenced} place(s) and had no effect: "
            "the checks read the code behind them. Take them out before you compare at home."
        )
    if patch.disagreements:
        paths = ", ".join(patch.disagreements)
        yield f"Black and isort disagree for ever on {paths}, so there is no patch for it."
    for one in patch.withheld:
        yield f"There is no patch for {one.path}: {one.reason}. That costs no points."
    if now.faults:
        yield (
            "Some checks broke on our side. That costs no points: an instructor has been "
            "asked to look, and everything that did run is shown."
        )
