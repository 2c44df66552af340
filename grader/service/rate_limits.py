"""Rate limits: how many requests and uploads a minute for each token, student and course.

A caller over a limit gets an error with the seconds to wait. The limits share the load fairly; they
are no protection against attacks. If the shared counter is down, each process counts for itself,
and no request is refused because of that.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import NamedTuple, Protocol

from grader.domain.errors import TooMany
from grader.service.access import Principal
from grader.service.records import Role

#: The length of every window, in seconds.
WINDOW = 60


@dataclass(frozen=True)
class Rate:
    """A limit: at most ``most`` requests or uploads in :data:`WINDOW` seconds; 0 means no limit.

    ``name`` is shown to callers: what is counted, a hyphen, and for whom, e.g. ``uploads-student``.
    """

    name: str
    most: int


@dataclass(frozen=True)
class Remaining:
    """What is left of ``rate`` for one key: ``left`` more now, and a further one in ``seconds``.

    ``seconds`` is at least 1.
    """

    rate: Rate
    left: int
    seconds: int


@dataclass(frozen=True)
class LimitKey:
    """What is counted together: a rate, and the ``subject`` that it limits.

    ``subject`` is an actor (the id of a token), ``<course>/<student>``, or a course.
    """

    rate: Rate
    subject: str


class Decision(NamedTuple):
    """The result of counting: the first key that is used up, or ``None``, and what is left.

    If a key is used up, nothing was counted. ``remaining`` has one item for each key, in the order
    of the call, and says what is left after it.
    """

    refused: LimitKey | None
    remaining: Sequence[Remaining]


class Counter(Protocol):
    """Counts requests and uploads by key over the last minute, of all processes or of one only.

    An implementation estimates the count of the last minute. The rate of each key must have
    a limit, ``most`` above 0. Threads may share an instance.
    """

    def count(self, keys: Sequence[LimitKey]) -> Decision:
        """Count one more for each of ``keys``; if one of them is used up, count none of them.

        Return the first key that is used up, or ``None``, and what is left of each.
        """


@dataclass(frozen=True)
class Quotas:
    """How many requests and uploads are allowed a minute; 0 means no limit.

    ``requests_per_student`` limits each token of a student, ``requests_per_token`` each other
    token. Uploads are limited for each student of a course, for each course, and for each token
    of an admin, instructor or grader; not for the token of an LMS, which sends for a whole class.
    Webhook events have no limit.
    """

    requests_per_student: int
    requests_per_token: int
    uploads_per_student: int
    uploads_per_token: int
    uploads_per_course: int


class Cooldowns:
    """Remembers which keys were refused, each until its waiting time is over.

    With it a caller who comes back too early is refused without a call of the shared counter.
    ``clock`` returns seconds that never go back. At most ``most`` keys are kept (10,000 was chosen
    by hand); the one that was added first is dropped, and then no longer counts as refused. Safe to
    share between threads.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, most: int = 10_000) -> None:
        self._clock, self._most = clock, most
        self._until: OrderedDict[LimitKey, float] = OrderedDict()
        self._lock = Lock()

    def start(self, key: LimitKey, seconds: int) -> None:
        """Keep ``key`` as refused for the next ``seconds``, in place of an earlier waiting time."""
        with self._lock:
            self._until[key] = self._clock() + seconds
            while len(self._until) > self._most:
                self._until.popitem(last=False)

    def seconds_left(self, key: LimitKey) -> int:
        """Return for how many seconds, rounded up, ``key`` is still refused; 0 if it is not."""
        with self._lock:
            until = self._until.get(key)
            seconds = math.ceil(until - self._clock()) if until is not None else 0
            if until is not None and seconds <= 0:
                del self._until[key]
        return max(seconds, 0)


class RateLimits:
    """Counts requests and uploads against the quotas, and raises :class:`TooMany` over a limit.

    Once ``counter`` has refused a key, this process refuses it until its waiting time is over,
    without counting; it remembers the last 10,000 such keys. Threads may share an instance.
    """

    def __init__(self, quotas: Quotas, counter: Counter) -> None:
        self._counter = counter
        self._cooldowns = Cooldowns()
        self._requests_of_student = Rate("requests-student", quotas.requests_per_student)
        self._requests = Rate("requests-token", quotas.requests_per_token)
        self._of_student = Rate("uploads-student", quotas.uploads_per_student)
        self._of_token = Rate("uploads-token", quotas.uploads_per_token)
        self._of_course = Rate("uploads-course", quotas.uploads_per_course)

    def count_request(self, principal: Principal) -> None:
        """Count a request of ``principal`` for its token, unless the limit of its role is 0.

        Raises:
            TooMany: the limit of the last minute is used up, or the waiting time of an earlier
                refusal is not over.
        """
        is_student = principal.role is Role.STUDENT
        rate = self._requests_of_student if is_student else self._requests
        self._count([LimitKey(rate, principal.actor)])

    def check_upload(self, principal: Principal, course: str) -> None:
        """Refuse an upload before its body is read if this process just refused one like it.

        Nothing is counted, and the counter is not asked.

        Raises:
            TooMany: this process refused an earlier upload by a limit that also applies to this
                one, and the waiting time of that limit is not over. If ``principal`` is no student,
                the student is not known yet: uploads without a student are checked in its place.
        """
        for key in (self._student_key(course, principal.student), *self._keys(principal, course)):
            self._check_cooldown(key)

    def count_upload(self, principal: Principal, course: str, student: str) -> Remaining | None:
        """Count an upload of ``student`` in ``course``, sent by ``principal``.

        It counts for the student, the course and, unless ``principal`` is a student or an LMS, the
        token. An upload that one limit refuses is not counted for the others. Return what is left
        of the student's limit, or ``None`` if there is no limit for students.

        Raises:
            TooMany: one of these limits is used up, or the waiting time of an earlier refusal by it
                is not over.
        """
        own = self._student_key(course, student)
        remaining = self._count([own, *self._keys(principal, course)])
        return remaining[0] if own.rate.most else None

    def _student_key(self, course: str, student: str) -> LimitKey:
        """Return the key of a student's uploads, which are counted in each course separately."""
        return LimitKey(self._of_student, f"{course}/{student}")

    def _keys(self, principal: Principal, course: str) -> tuple[LimitKey, ...]:
        """Return the keys of an upload other than the student's: of the token and the course.

        Uploads of students and of an LMS have no limit by token.
        """
        of_course = LimitKey(self._of_course, course)
        if principal.role in (Role.STUDENT, Role.LMS):
            return (of_course,)
        return (LimitKey(self._of_token, principal.actor), of_course)

    def _count(self, keys: Sequence[LimitKey]) -> Sequence[Remaining]:
        """Count one more for each of ``keys`` that has a limit; return what is left of those.

        Raises:
            TooMany: one of ``keys`` is used up, or is still refused from an earlier call.
        """
        limited = [key for key in keys if key.rate.most]
        if not limited:
            return ()
        for key in limited:
            self._check_cooldown(key)
        refused, remaining = self._counter.count(limited)
        if refused is not None:
            left = remaining[limited.index(refused)]
            self._cooldowns.start(refused, left.seconds)
            raise _too_many(left)
        return remaining

    def _check_cooldown(self, key: LimitKey) -> None:
        """Raise TooMany if ``key`` was refused before and its waiting time is not over."""
        seconds = self._cooldowns.seconds_left(key)
        if seconds:
            raise _too_many(Remaining(key.rate, 0, seconds))


def _too_many(remaining: Remaining) -> TooMany:
    """Return the error for a rate that is used up."""
    rate = remaining.rate
    what, _, whose = rate.name.partition("-")
    return TooMany(
        f"More than {rate.most} {what} in {WINDOW} seconds for this {whose}.",
        how_to_fix=f"Send it again in {remaining.seconds} seconds, with the same Idempotency-Key "
        "if it is an upload. Nothing was stored.",
        limit=rate.name,
        most=rate.most,
        window=WINDOW,
        seconds=remaining.seconds,
    )
