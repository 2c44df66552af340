"""Store and read reports and facts. A score to be sent is stored in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, select, update

from grader.domain.facts import SubmissionFacts
from grader.domain.history import Earlier
from grader.domain.report import Report, TotalLine
from grader.service.records import (
    Claim,
    Mark,
    ReportEntry,
    Result,
    StoredReport,
    SubmissionRecord,
    SubmissionState,
)
from grader.store.dialect import InsertInto, for_dialect
from grader.store.ids import new_id
from grader.store.repositories.facts_text import engine_version, join_facts, read_many, split_facts
from grader.store.repositories.passbacks import enqueue_score
from grader.store.repositories.regrade_rows import finish_item
from grader.store.repositories.report_text import total_of
from grader.store.rows import IS_COUNTED, RECORD, RUNNING, AnyRow, record_of
from grader.store.tables import reports, submissions

GRADED = SubmissionState.GRADED.value
#: How many submissions are read at a time where a whole class is read. Chosen by hand.
_PORTION = 50
_KEY = ("submission", "rubric_version", "engine_version")
_WHAT = ("status", "graded_at", "facts", "findings", "report")
#: Finds the row of a valid claim, and locks it until the transaction ends.
_HELD = (
    select(submissions.c.id, submissions.c.regrade)
    .where(submissions.c.id == bindparam("submission"), RUNNING)
    .where(submissions.c.token == bindparam("token"))
    .with_for_update()
)
_KEPT = (reports.c.id, reports.c.status, reports.c.graded_at)
_FIRST = select(*_KEPT).where(*(reports.c[name] == bindparam(name) for name in _KEY))
_END = (
    update(submissions)
    .where(submissions.c.id == bindparam("submission"))
    .values(
        state=bindparam("status"),
        lease_until=None,
        report_id=bindparam("report"),
        graded_at=bindparam("at"),
        problem=bindparam("why"),
    )
)
_WITH_REPORT = (
    reports.c.report,
    reports.c.rubric_version,
    reports.c.graded_at.label("reported_at"),
    *RECORD,
)
_NEWEST_REPORT = (
    select(*_WITH_REPORT)
    .join(submissions, submissions.c.report_id == reports.c.id)
    .where(submissions.c.id == bindparam("submission"))
)
_ONE_REPORT = (
    select(*_WITH_REPORT)
    .join(submissions, submissions.c.id == reports.c.submission)
    .where(reports.c.submission == bindparam("of"), reports.c.id == bindparam("wanted"))
)
_ALL_REPORTS = (
    select(*_WITH_REPORT, reports.c.id.label("report_key"), submissions.c.report_id)
    .join(submissions, submissions.c.id == reports.c.submission)
    .where(reports.c.submission == bindparam("of"))
    .order_by(reports.c.graded_at.desc(), reports.c.id.desc())
)
_NEWEST_VERSION = (
    select(reports.c.rubric_version)
    .join(submissions, submissions.c.report_id == reports.c.id)
    .where(submissions.c.id == bindparam("submission"))
)

_MEASURED = (
    select(reports.c.facts, *RECORD)
    .join(submissions, submissions.c.report_id == reports.c.id)
    .where(submissions.c.exercise == bindparam("exercise"))
    .where(submissions.c.id > bindparam("after"))
    .order_by(submissions.c.id)
    .limit(_PORTION)
)
_MARKS = (
    select(
        *(submissions.c[name] for name in ("student", "attempt", "id", "state", "received_at")),
        reports.c.report,
        reports.c.rubric_version,
        reports.c.graded_at,
    )
    .join(reports, submissions.c.report_id == reports.c.id)
    .where(submissions.c.exercise == bindparam("exercise"))
    .where(submissions.c.student > bindparam("after"))
    .where(IS_COUNTED)
    .order_by(submissions.c.student)
    .limit(_PORTION)
)


@for_dialect
def _report(insert_into: InsertInto) -> Executable:
    """Insert a report, or replace an existing one that needed attention."""
    inserted = insert_into(reports)
    kept = inserted.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: inserted.excluded[name] for name in _WHAT},
        where=reports.c.status == SubmissionState.NEEDS_ATTENTION.value,
    )
    return kept.returning(*_KEPT)


def finish(connection: Connection, held: Claim, result: Result, now: datetime) -> bool:
    """Store report and facts and set the state; return whether the claim ``held`` was valid.

    If the claim was lost, nothing is stored. An existing report of the same rubric and engine
    version stays if it is graded, and the submission then counts as graded by it; one that needed
    attention is replaced. The message with the score, if ``result`` has one, is stored for sending
    only with a report that is stored now and graded. A submission of a regrade takes its place in
    that, and its score is sent if the student's mark is another one than before.
    """
    submission = held.submission.id
    row = connection.execute(_HELD, {"submission": submission, "token": held.token}).one_or_none()
    if row is None:
        return False
    kept, sends = _keep_report(connection, submission, result, now)
    graded = kept.status == GRADED
    connection.execute(
        _END,
        {
            "submission": submission,
            "status": kept.status,
            "report": kept.id,
            "at": kept.graded_at if graded else None,
            "why": "" if graded else problem_of(result.report),
        },
    )
    if row.regrade is not None:
        sends = finish_item(connection, row.regrade, submission, kept.id, graded=graded)
    message = result.score_message
    if sends and graded and message is not None:
        enqueue_score(connection, held.submission, message, kept.id, now)
    return True


def _keep_report(
    connection: Connection, submission_id: str, result: Result, now: datetime
) -> tuple[AnyRow, bool]:
    """Store the report unless one that is graded exists for the same rubric and engine version.

    Return id, status and time of the report that is stored now, and whether it is from ``result``.
    """
    facts, findings = split_facts(result.facts)
    key = {
        "submission": submission_id,
        "rubric_version": result.rubric.version,
        "engine_version": engine_version(result.facts.engine),
    }
    what = {
        "status": result.report.status,
        "graded_at": now,
        "facts": facts,
        "findings": findings,
        "report": result.report.to_json(),
    }
    stored = connection.execute(_report(connection), {"id": new_id(now), **key, **what}).first()
    if stored is not None:
        return stored, True
    return connection.execute(_FIRST, key).one(), False


def problem_of(report: Report) -> str:
    """Return one sentence for an instructor about the faults of ``report``; it names at most 3.

    For more it adds how many. Without faults it says that some points are withheld.
    """
    broken = [f"{fault.check} on {fault.path} ({fault.reason})" for fault in report.faults]
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    named = ", ".join(broken[:3]) or "some points are withheld"
    return f"The grading of this submission broke on our side: {named}{more}."


def newest_report(connection: Connection, submission_id: str) -> StoredReport | None:
    """Return the report of the newest grading that led to one, with its submission as it is now.

    ``None`` if there is no report, or no such submission.
    """
    row = connection.execute(_NEWEST_REPORT, {"submission": submission_id}).one_or_none()
    return None if row is None else _stored(row)


def one_report(connection: Connection, submission_id: str, report_id: str) -> StoredReport | None:
    """Return the report ``report_id`` of a submission, also if it is no longer its newest.

    ``None`` if the submission has no such report.
    """
    row = connection.execute(_ONE_REPORT, {"of": submission_id, "wanted": report_id}).one_or_none()
    return None if row is None else _stored(row)


def all_reports(connection: Connection, submission_id: str) -> Sequence[ReportEntry]:
    """Return the reports of a submission, newest first; empty if there are none."""
    return [
        ReportEntry(
            id=row.report_key,
            rubric_version=row.rubric_version,
            graded_at=row.reported_at,
            total=total_of(row.report),
            is_current=row.report_key == row.report_id,
        )
        for row in connection.execute(_ALL_REPORTS, {"of": submission_id})
    ]


def _stored(row: AnyRow) -> StoredReport:
    """Return the report in ``row``, with its submission."""
    report = Report.model_validate_json(row.report)
    return StoredReport(record_of(row), report, row.rubric_version, row.reported_at)


def newest_version(connection: Connection, submission_id: str) -> int | None:
    """Return the rubric version of the newest report; ``None`` if there is none."""
    return connection.execute(_NEWEST_VERSION, {"submission": submission_id}).scalar()


def newest_facts(connection: Connection, submission_id: str) -> SubmissionFacts | None:
    """Return the facts of the newest grading that led to a report, with their findings.

    ``None`` if there is no report, or no such submission.
    """
    row = connection.execute(
        select(reports.c.facts, reports.c.findings)
        .join(submissions, submissions.c.report_id == reports.c.id)
        .where(submissions.c.id == submission_id)
    ).one_or_none()
    return None if row is None else join_facts(row.facts, row.findings)


def earlier(connection: Connection, submission: SubmissionRecord) -> Earlier | None:
    """Return number, facts and findings of the student's last attempt before ``submission``.

    It is an attempt at the same exercise; ``None`` if there is none. An attempt without a report,
    or whose newest report needs attention, is skipped; one that is being graded again is not.
    """
    row = connection.execute(
        select(reports.c.facts, reports.c.findings, submissions.c.attempt)
        .join(submissions, submissions.c.report_id == reports.c.id)
        .where(submissions.c.exercise == submission.exercise)
        .where(submissions.c.student == submission.student)
        .where(submissions.c.attempt < submission.attempt)
        .where(reports.c.status == GRADED)
        .order_by(submissions.c.attempt.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Earlier(join_facts(row.facts, row.findings), row.attempt)


def measured(
    connection: Connection, exercise: str, after: str
) -> Sequence[tuple[SubmissionRecord, SubmissionFacts]]:
    """Return the next 50 submissions of an exercise that have a report, with their newest facts.

    They start after the submission id ``after`` (empty: at the first), oldest first, and the facts
    are without findings. A report that needs attention counts too. An empty result is the end.
    """
    rows = connection.execute(_MEASURED, {"exercise": exercise, "after": after}).all()
    facts = read_many([row.facts for row in rows])
    return list(zip(map(record_of, rows), facts, strict=True))


def marks(connection: Connection, exercise: str, after: str) -> Sequence[Mark]:
    """Return the marks of the next 50 students of an exercise, after the student ``after``.

    They are sorted by student; an empty ``after`` begins with the first. A student without a report
    is left out; a mark is that of the newest attempt that has one. An empty result is the end.
    """
    rows = connection.execute(_MARKS, {"exercise": exercise, "after": after}).all()
    return [_mark(row, total_of(row.report)) for row in rows]


def _mark(row: AnyRow, total: TotalLine) -> Mark:
    return Mark(
        student=row.student,
        attempt=row.attempt,
        submission=row.id,
        state=SubmissionState(row.state),
        points=total.points,
        max_points=total.max_points,
        rubric_version=row.rubric_version,
        received_at=row.received_at,
        reported_at=row.graded_at,
    )
