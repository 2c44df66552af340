"""Grade a class again by the newest version of a rubric; cancel that, or undo it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.errors import NotFound
from grader.service.access import Principal
from grader.service.lanes import Lane
from grader.service.ports import Clock, Notifier, Store
from grader.service.records import NewRegrade, RegradeRecord, RegradeScope, RubricRecord
from grader.service.score_messages import ScoreMessages


@dataclass(frozen=True)
class Regrade:
    """The use case by which an instructor has the submissions of an exercise graded again.

    It only queues them; workers grade them after every upload. That the role of the principal
    allows it is not checked here.
    """

    store: Store
    clock: Clock
    notifier: Notifier
    score_messages: ScoreMessages

    def __call__(
        self, rubric: RubricRecord, scope: RegradeScope, reason: str, principal: Principal
    ) -> RegradeRecord:
        """Queue the submissions of the exercise of ``rubric``, its newest version.

        Return the regrade. ``reason`` and ``principal`` are kept, and named in the audit log. That
        ``principal`` may see the exercise is not checked here.

        Raises:
            Conflict: no submission has a report that could be made again.
        """
        new = NewRegrade(
            exercise=rubric.exercise,
            course=rubric.course,
            rubric_version=rubric.version,
            scope=scope,
            reason=reason,
            actor=principal.actor,
        )
        record = self.store.regrades.create(new, self.clock.now())
        self.notifier.notify(Lane.REGRADE)
        return record

    def find(self, regrade_id: str, principal: Principal) -> RegradeRecord:
        """Return a regrade with its progress.

        Raises:
            NotFound: there is none, or ``principal`` may not see its course.
        """
        missing = NotFound(
            f"There is no regrade {regrade_id!r}.",
            how_to_fix="Use the id from the answer that created it, or list those of the exercise:"
            " GET /api/v1/exercises/EXERCISE/regrades",
        )
        try:
            record = self.store.regrades.get(regrade_id)
        except NotFound:
            raise missing from None
        if not principal.may_see(record.course):
            raise missing
        return record

    def cancel(self, regrade: RegradeRecord, principal: Principal) -> RegradeRecord:
        """Take out of the queue what waits for its turn; return the regrade as it is then.

        Raises:
            Conflict: nothing waits.
        """
        return self.store.regrades.cancel(regrade.id, principal.actor, self.clock.now())

    def undo(self, regrade: RegradeRecord, principal: Principal) -> RegradeRecord:
        """Give the submissions of a regrade their old reports back; return it as it is then.

        An LMS that was sent another score is sent the old one again.

        Raises:
            Conflict: it was undone before, or there is nothing to undo.
        """
        now = self.clock.now()
        write = self.score_messages.write
        record = self.store.regrades.undo(regrade.id, principal.actor, now, write)
        self.notifier.notify_delivery()
        return record
