"""Queue again submissions that need attention."""

from __future__ import annotations

from dataclasses import dataclass

from grader.service.access import Principal, course_of
from grader.service.ports import Clock, Notifier, Store
from grader.service.read import Read
from grader.service.records import SubmissionRecord


@dataclass(frozen=True)
class Retry:
    """The use case by which staff has what needs attention graded again: one submission, or all.

    It only queues submissions; a worker grades them later, with all their tries. That the role of
    the principal allows it is not checked here.
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

    def all(self, principal: Principal, *, course: str = "", exercise: str = "") -> int:
        """Queue all that needs attention and that ``principal`` may see; return how many that are.

        Only those of ``course`` and of ``exercise``, if these are not empty. Each has an entry in
        the audit log. The workers are notified. If the database fails midway, some are queued.

        Raises:
            NotFound: there is no such exercise, or ``principal`` may not see it or the course.
        """
        course = course_of(principal, course)
        if exercise:
            Read(self.store).exercise(exercise, principal)
        now, lanes, count = self.clock.now(), set(), 0
        for record in self.store.submissions.retry_all(course, exercise, principal.actor, now):
            lanes.add(record.lane)
            count += 1
        for lane in lanes:
            self.notifier.notify(lane)
        return count
