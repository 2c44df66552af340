"""Take a submission out of ``needs_attention``."""

from __future__ import annotations

from dataclasses import dataclass

from grader.service.access import Principal
from grader.service.ports import Clock, Notifier, Store
from grader.service.records import SubmissionRecord


@dataclass(frozen=True)
class Retry:
    """The use case."""

    store: Store
    clock: Clock
    notifier: Notifier

    def __call__(self, submission_id: str, principal: Principal) -> SubmissionRecord:
        """The submission, queued again with fresh tries.

        Raises:
            NotFound: no such submission. Conflict: it does not need attention.
        """
        record = self.store.submissions.retry(submission_id, principal.actor, self.clock.now())
        self.notifier.notify(record.lane)
        return record
