"""How often: so many requests and uploads a minute for each token, student and course.

Whoever asks too often is told when to come back. The count is a courtesy among callers and no
lock: where it cannot be kept together, each process counts for itself, and nothing is refused
because the place where it is kept is away.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class Wanted:
    """One more of a rate; ``key`` says for whom."""

    rate: Rate
    key: str


#: The first that is used up, if any, and what is left of each from now on.
Taken = tuple[Wanted | None, Sequence[Standing]]


class Counter(Protocol):
    """Counts of the last minute, kept together for all processes where that is possible."""

    def take(self, wanted: Sequence[Wanted]) -> Taken:
        """Count one more for each, or none at all where one of them is used up."""


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


class Rests:
    """Who was told to come back later, so that who comes sooner costs no more than a look here.

    ``clock`` gives seconds that never go back. Safe to share between threads.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, most: int = 10_000) -> None:
        self._clock, self._most = clock, most
        self._until: OrderedDict[Wanted, float] = OrderedDict()
        self._lock = Lock()

    def begin(self, wanted: Wanted, seconds: int) -> None:
        """Let something rest for so long; of too many the oldest is forgotten."""
        with self._lock:
            self._until[wanted] = self._clock() + seconds
            while len(self._until) > self._most:
                self._until.popitem(last=False)

    def left(self, wanted: Wanted) -> int:
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
        rate = self._requests_of_student if is_student else self._requests
        self._take([Wanted(rate, token.id)])

    def check_upload(self, token: TokenRecord, course: str) -> None:
        """Before an upload is read: raises for whoever was told to come back later."""
        for wanted in (self._own(course, token.student), *self._shared(token, course)):
            self._check_rest(wanted)

    def upload(self, token: TokenRecord, course: str, student: str) -> Standing | None:
        """Count an upload; what is left to the student (``None``: no limit).

        Whoever is over one limit uses up nothing of the others, which are shared.
        """
        own = self._own(course, student)
        standings = self._take([own, *self._shared(token, course)])
        return standings[0] if own.rate.most else None

    def _own(self, course: str, student: str) -> Wanted:
        return Wanted(self._of_student, f"{course}/{student}")

    def _shared(self, token: TokenRecord, course: str) -> tuple[Wanted, ...]:
        of_course = Wanted(self._of_course, course)
        if token.role in (Role.STUDENT, Role.LMS):
            return (of_course,)
        return (Wanted(self._of_token, token.id), of_course)

    def _take(self, every: Sequence[Wanted]) -> Sequence[Standing]:
        limited = [wanted for wanted in every if wanted.rate.most]
        for wanted in limited:
            self._check_rest(wanted)
        refused, standings = self._counter.take(limited) if limited else (None, ())
        if refused is not None:
            standing = standings[limited.index(refused)]
            self._rests.begin(refused, standing.seconds)
            raise _too_many(standing)
        return standings

    def _check_rest(self, wanted: Wanted) -> None:
        seconds = self._rests.left(wanted)
        if seconds:
            raise _too_many(Standing(wanted.rate, 0, seconds))


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
