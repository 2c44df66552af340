"""Access log: adds an entry to the audit log for a read of students' work or a refused token."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from grader.service.access import Principal
from grader.service.ports import Clock, Store
from grader.service.records import Role, SubmissionRecord, TokenRecord

#: The same action of the same actor on the same subject within this time adds no second entry.
#: Chosen by hand.
ONCE_IN = timedelta(minutes=10)
#: How many recent entries a process remembers, chosen by hand. If one is forgotten, a repeated
#: read is recorded again.
_MAX_RECENT = 20_000

#: (actor, action, subject) of an entry.
_Key = tuple[str, str, str]


class AccessLog:
    """Records in the audit log reads of students' work, and refused tokens (expired or revoked).

    A student's own reads are not recorded. An entry is an (actor, action, subject). A process adds
    the same one only once in :data:`ONCE_IN`, 10 minutes, unless too many others came between. Call
    a method before the data is shown: it raises the store's error if it cannot record, so only a
    student's own work is shown without an entry. Threads may share it.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._recent: OrderedDict[_Key, datetime] = OrderedDict()
        self._lock = Lock()

    def record_read(self, what: str, principal: Principal, submission: SubmissionRecord) -> None:
        """Record that ``principal`` reads the ``what`` of ``submission``; do nothing for a student.

        ``what`` is ``report``, ``facts`` or ``archive``. Students can read only their own work.
        Repetitions are mostly left out, as the class says.
        """
        if principal.role is not Role.STUDENT:
            self._record(principal.actor, f"{what}.read", submission.id, submission.course)

    def record_marks_read(self, principal: Principal, exercise: str, course: str) -> None:
        """Record that ``principal`` reads the marks of all students of ``exercise``, in ``course``.

        Repetitions are mostly left out, as the class says.
        """
        self._record(principal.actor, "marks.read", exercise, course)

    def record_refusal(self, token: TokenRecord, reason: str) -> None:
        """Record a request that was refused because ``token`` is no longer valid.

        ``reason`` is ``expired`` or ``revoked``. Repetitions, also with the other reason, are
        mostly left out, as the class says.
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
