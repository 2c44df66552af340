"""Who saw what: reads of other people's work leave an entry in the audit log."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from grader.service.ports import Clock, Store
from grader.service.records import Role, SubmissionRecord, TokenRecord

#: The same token that sees the same thing again within so long leaves no second entry.
ONCE_IN = timedelta(minutes=10)
_MOST = 20_000

_Key = tuple[str, str, str]


class Witness:
    """Notes what was seen, once in a while for each token and thing; shared between threads.

    What cannot be noted is not shown: the error of the store goes to whoever asked.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lately: OrderedDict[_Key, datetime] = OrderedDict()
        self._lock = Lock()

    def saw(self, what: str, token: TokenRecord, submission: SubmissionRecord) -> None:
        """A token is shown the ``report``, ``facts`` or ``archive`` of a submission.

        Students see their own work unnoted.
        """
        if token.role is not Role.STUDENT:
            action, course = f"{what}.read", submission.course
            self._note(token.id, action, submission.id, course)

    def saw_marks(self, token: TokenRecord, exercise: str, course: str) -> None:
        """A token is shown what a class earned."""
        self._note(token.id, "marks.read", exercise, course)

    def refused(self, token: TokenRecord, why: str) -> None:
        """A token that is ``expired`` or ``revoked`` was used all the same."""
        self._note(token.id, "token.refused", token.id, token.course, why=why)

    def _note(self, actor: str, action: str, subject: str, course: str, **detail: str) -> None:
        now = self._clock.now()
        key = (actor, action, subject)
        if self._was_noted(key, now):
            return
        self._store.trail.note(actor, action, subject, course=course, now=now, **detail)
        with self._lock:
            self._lately[key] = now
            self._lately.move_to_end(key)
            while len(self._lately) > _MOST:
                self._lately.popitem(last=False)

    def _was_noted(self, key: _Key, now: datetime) -> bool:
        with self._lock:
            before = self._lately.get(key)
        return before is not None and abs(now - before) < ONCE_IN
