"""Take a submission out of ``needs_attention``."""

from __future__ import annotations

from dataclasses import dataclass

from grader.service.ports import Clock, Store, Waker
from grader.service.records import SubmissionRecord


@dataclass(frozen=True)
class Retry:
    """The use case."""

    store: Store
    clock: Clock
    waker: Waker

    def __call__(self, submission_id: str, actor: str) -> SubmissionRecord:
        """The submission, queued again with fresh tries.

        Raises:
            NotFound: no such submission. Conflict: it does not need attention.
        """
        record = self.store.submissions.retry(submission_id, actor, self.clock.now())
        self.waker.wake(record.lane)
        return record
