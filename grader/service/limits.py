"""How often: so many requests and uploads a minute for each token, student and course.

Whoever asks too often is told when to come back. The count is a courtesy among callers and no
lock: where it cannot be kept together, each process counts for itself, and nothing is refused
because the place where it is kept is away.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Protocol

from grader.domain.errors import TooMany
from grader.service.records import Role, TokenRecord

#: The length of every window, in seconds.
WINDOW = 60


@dataclass(frozen=True)
class Rate:
    """At most ``most`` in :data:`WINDOW` seconds; 0 for no limit. ``name`` is for callers."""

    name: str
    most: int


@dataclass(frozen=True)
class Standing:
    """What is left of a rate, and in how many whole seconds (at least 1) there is more."""

    rate: Rate
    left: int
    seconds: int


class Counter(Protocol):
    """Counts of the last minute, kept together for all processes where that is possible."""

    def take(self, rate: Rate, key: str) -> bool:
        """Count one more for a key; ``False``, and not counted, where that is one too many."""

    def standing(self, rate: Rate, key: str) -> Standing:
        """How much is left for a key just now."""


@dataclass(frozen=True)
class Quotas:
    """How much is allowed a minute; 0 for no limit.

    A token of an LMS speaks for its whole class: its uploads are held to the limit of the course.
    """

    requests_per_student: int
    requests_per_token: int
    uploads_per_student: int
    uploads_per_token: int
    uploads_per_course: int


_Wanted = tuple[Rate, str]


class Rests:
    """Who was told to come back later, so that who comes sooner costs no more than a look here.

    ``clock`` gives seconds that never go back. Safe to share between threads.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, most: int = 10_000) -> None:
        self._clock, self._most = clock, most
        self._until: OrderedDict[_Wanted, float] = OrderedDict()
        self._lock = Lock()

    def begin(self, wanted: _Wanted, seconds: int) -> None:
        """Let something rest for so long; of too many the oldest is forgotten."""
        with self._lock:
            self._until[wanted] = self._clock() + seconds
            while len(self._until) > self._most:
                self._until.popitem(last=False)

    def left(self, wanted: _Wanted) -> int:
        """Seconds, rounded up; 0 once the rest is over."""
        with self._lock:
            until = self._until.get(wanted)
            seconds = math.ceil(until - self._clock()) if until is not None else 0
            if until is not None and seconds <= 0:
                del self._until[wanted]
        return max(seconds, 0)


class RateLimits:
    """The use case: each method counts, or raises TooMany."""

    def __init__(self, quotas: Quotas, counter: Counter) -> None:
        self._counter = counter
        self._rests = Rests()
        self._requests_of_student = Rate("requests-student", quotas.requests_per_student)
        self._requests = Rate("requests-token", quotas.requests_per_token)
        self._of_student = Rate("uploads-student", quotas.uploads_per_student)
        self._of_token = Rate("uploads-token", quotas.uploads_per_token)
        self._of_course = Rate("uploads-course", quotas.uploads_per_course)

    def request(self, token: TokenRecord) -> None:
        """Any request of a token."""
        is_student = token.role is Role.STUDENT
        self._take((self._requests_of_student if is_student else self._requests, token.id))

    def check_upload(self, token: TokenRecord, course: str) -> None:
        """Before an upload is read: raises for whoever was told to come back later."""
        for wanted in (self._own(course, token.student), *self._shared(token, course)):
            self._check_rest(wanted)

    def upload(self, token: TokenRecord, course: str, student: str) -> Standing | None:
        """Count an upload; what is left to the student (``None``: no limit).

        The student's own limit comes first, so that whoever is over it uses up nothing that
        others share.
        """
        own = self._own(course, student)
        for wanted in (own, *self._shared(token, course)):
            self._take(wanted)
        return self._counter.standing(*own) if self._of_student.most else None

    def _own(self, course: str, student: str) -> _Wanted:
        return (self._of_student, f"{course}/{student}")

    def _shared(self, token: TokenRecord, course: str) -> tuple[_Wanted, ...]:
        of_course = (self._of_course, course)
        if token.role in (Role.STUDENT, Role.LMS):
            return (of_course,)
        return ((self._of_token, token.id), of_course)

    def _take(self, wanted: _Wanted) -> None:
        rate, key = wanted
        if not rate.most:
            return
        self._check_rest(wanted)
        if not self._counter.take(rate, key):
            standing = self._counter.standing(rate, key)
            self._rests.begin(wanted, standing.seconds)
            raise _too_many(standing)

    def _check_rest(self, wanted: _Wanted) -> None:
        seconds = self._rests.left(wanted)
        if seconds:
            raise _too_many(Standing(wanted[0], 0, seconds))


def _too_many(standing: Standing) -> TooMany:
    rate = standing.rate
    what, _, whose = rate.name.partition("-")
    return TooMany(
        f"More than {rate.most} {what} in {WINDOW} seconds for this {whose}.",
        how_to_fix=f"Send it again in {standing.seconds} seconds, with the same Idempotency-Key "
        "if it is an upload. Nothing was stored.",
        limit=rate.name,
        most=rate.most,
        window=WINDOW,
        seconds=standing.seconds,
    )
