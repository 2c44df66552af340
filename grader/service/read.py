"""Read submissions, reports and exercises. Reading what one may not see raises NotFound."""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.errors import NotFound, Superseded
from grader.domain.report import Receipt, Report
from grader.service.access import Act, Principal, may, no_exercise, sees
from grader.service.ports import Store
from grader.service.records import (
    RubricRecord,
    StoredReport,
    SubmissionRecord,
    SubmissionState,
)


@dataclass(frozen=True)
class Read:
    """The use cases that read a submission, its report or an exercise on behalf of a principal.

    What the principal may not see raises the same NotFound as what does not exist. Only
    :meth:`report` relies on an earlier call of :meth:`submission` for that.
    """

    store: Store

    def submission(self, submission_id: str, principal: Principal) -> SubmissionRecord:
        """Return the submission ``submission_id``.

        Raises:
            NotFound: there is none, or ``principal`` may not see it.
        """
        missing = NotFound(
            f"There is no submission {submission_id!r}.",
            how_to_fix="Use the id from the answer to the upload.",
        )
        try:
            record = self.store.submissions.get(submission_id)
        except NotFound:
            raise missing from None
        if not sees(principal, record):
            raise missing
        return record

    def report(
        self, submission: SubmissionRecord, principal: Principal, report_id: str = ""
    ) -> Report | None:
        """Return the newest report of ``submission`` with its receipt; ``None`` if there is none.

        With a ``report_id`` it is that report, also an old one, and ``None`` if it is not one of
        ``submission``.

        The signals, findings that only staff may see, are left out unless ``principal`` is staff:
        admin, instructor or grader. That ``principal`` may see the submission is not checked here:
        get it from :meth:`submission`.
        """
        if report_id:
            stored = self.store.submissions.one_report(submission.id, report_id)
        else:
            stored = self.store.submissions.report(submission.id)
        if stored is None:
            return None
        report = with_receipt(stored)
        return report if may(principal, Act.READ_FACTS) else report.for_students()

    def exercise(self, exercise: str, principal: Principal) -> RubricRecord:
        """Return the newest rubric version of ``exercise``.

        Raises:
            NotFound: there is no such exercise, or ``principal`` may not see its course.
        """
        record = self.store.rubrics.newest(exercise)
        if record is None or not principal.may_see(record.course):
            raise no_exercise(exercise)
        return record


def require_report_to_come(record: SubmissionRecord) -> None:
    """Raise Superseded if the submission was superseded by a newer attempt: it gets no report.

    For any other state nothing happens, also if there is a report already.
    """
    if record.state is SubmissionState.SUPERSEDED:
        raise Superseded(
            "A newer attempt was handed in before this one was begun, so it was not graded.",
            how_to_fix=f"Ask for the newer one: submission {record.superseded_by}.",
        )


def with_receipt(stored: StoredReport) -> Report:
    """Return a copy of the stored report with its receipt.

    The receipt has the submission's id, student and attempt, and in ISO 8601 the times when the
    submission was received and the report was stored.
    """
    submission = stored.submission
    receipt = Receipt(
        submission=submission.id,
        student=submission.student,
        attempt=submission.attempt,
        received_at=submission.received_at.isoformat(),
        graded_at=stored.graded_at.isoformat(),
    )
    return stored.report.model_copy(update={"receipt": receipt})
