"""Queue again a submission that needs attention."""

from __future__ import annotations

from dataclasses import dataclass

from grader.service.access import Principal
from grader.service.ports import Clock, Notifier, Store
from grader.service.records import SubmissionRecord


@dataclass(frozen=True)
class Retry:
    """The use case by which staff has a submission that needs attention graded again.

    Call the instance with its id and the principal, whose role and course are not checked here. It
    only queues the submission; a worker grades it later.
    """

    store: Store
    clock: Clock
    notifier: Notifier

    def __call__(self, submission_id: str, principal: Principal) -> SubmissionRecord:
        """Queue the submission, with its count of tries back at 0, and return its new record.

        The workers are notified. ``principal`` is named in the audit log; that it may see the
        submission is not checked here.

        Raises:
            NotFound: there is no such submission.
            Conflict: the submission does not need attention.
        """
        record = self.store.submissions.retry(submission_id, principal.actor, self.clock.now())
        self.notifier.notify(record.lane)
        return record
