"""Access log: reads of other people's work and refused tokens leave entries in the audit log."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from grader.service.access import Principal
from grader.service.ports import Clock, Store
from grader.service.records import Role, SubmissionRecord, TokenRecord

#: The same actor that reads the same thing again within this time leaves no second entry.
ONCE_IN = timedelta(minutes=10)
#: How many recent entries a process remembers, chosen by hand. A forgotten one only means that a
#: repeated read is recorded again.
_MAX_RECENT = 20_000

#: (actor, action, subject) of an entry.
_Key = tuple[str, str, str]


class AccessLog:
    """Records reads once in :data:`ONCE_IN` for each actor and thing; shared between threads.

    A read is recorded before anything is shown. If the store cannot record it, its error is
    raised, so nothing is shown without an entry.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._recent: OrderedDict[_Key, datetime] = OrderedDict()
        self._lock = Lock()

    def record_read(self, what: str, principal: Principal, submission: SubmissionRecord) -> None:
        """Record that ``principal`` reads the ``what`` of ``submission``.

        ``what`` is ``report``, ``facts`` or ``archive``. Students read their own work unrecorded.
        """
        if principal.role is not Role.STUDENT:
            self._record(principal.actor, f"{what}.read", submission.id, submission.course)

    def record_marks_read(self, principal: Principal, exercise: str, course: str) -> None:
        """Record that ``principal`` reads the marks of all students of ``exercise``."""
        self._record(principal.actor, "marks.read", exercise, course)

    def record_refusal(self, token: TokenRecord, reason: str) -> None:
        """Record a request with a ``token`` that is no longer valid.

        ``reason`` is ``expired`` or ``revoked``.
        """
        self._record(token.id, "token.refused", token.id, token.course, why=reason)

    def _record(self, actor: str, action: str, subject: str, course: str, **detail: str) -> None:
        """Append an entry to the audit log unless the same one was appended recently."""
        now = self._clock.now()
        key = (actor, action, subject)
        with self._lock:
            before = self._recent.get(key)
        if before is not None and abs(now - before) < ONCE_IN:
            return
        self._store.audit_log.append(actor, action, subject, course=course, now=now, **detail)
        with self._lock:
            self._recent[key] = now
            self._recent.move_to_end(key)
            while len(self._recent) > _MAX_RECENT:
                self._recent.popitem(last=False)
