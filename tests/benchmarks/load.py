"""Loads on a running service: a burst, one by one, and arrivals at random times."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count

from tests.benchmarks.client import Answer, Client
from tests.benchmarks.corpus import Case
from tests.benchmarks.sampling import timed
from tests.benchmarks.site import Site

_SENDERS = 4
_WAITERS = 64
_SEED = 4_711


@dataclass
class Load:
    """Sends submissions to one site. No two have a file in common, so no facts are cached."""

    site: Site
    client: Client
    cases: Sequence[Case]
    sent: int = 0
    _numbers: Iterator[int] = field(default_factory=count)
    _people: Iterator[int] = field(default_factory=count)

    def archives(self, number: int) -> list[bytes]:
        """Return the next ``number`` archives, made before the time is taken."""
        self.sent += number
        following = (next(self._numbers) for _ in range(number))
        return [self.cases[at % len(self.cases)].fresh(at).zipped() for at in following]

    def burst(self, number: int) -> float:
        """Send ``number`` submissions at once; return how many are graded per second.

        The time runs from the first upload to the last report.
        """
        archives = self.archives(number)
        start = datetime.now(UTC)
        with ThreadPoolExecutor(_SENDERS) as senders:
            list(senders.map(self.client.upload, archives, self.students()))
        self.site.drain()
        end = max(one.graded_at or start for one in self.site.newest(number))
        return number / (end - start).total_seconds()

    def one_by_one(self, number: int) -> list[float]:
        """Send ``number`` submissions one by one; return the seconds from upload to report."""
        return [timed(partial(self._report, archive)) for archive in self.archives(number)]

    def by_chance(self, number: int, per_second: float) -> list[float]:
        """Send ``number`` submissions at random times (Poisson), ``per_second`` on average.

        Return the seconds from upload to report. They begin when an upload is due, not when a
        thread is free for it. If the service has no free slot to wait in, it answers at once, and
        the time of the report is read from the database.
        """
        archives = self.archives(number)
        chance = random.Random(_SEED)
        with ThreadPoolExecutor(_WAITERS) as senders:
            due, waiting = time.time() + 0.1, []
            for archive, student in zip(archives, self.students(), strict=False):
                due += chance.expovariate(per_second)
                time.sleep(max(0.0, due - time.time()))
                waiting.append(senders.submit(self._arrival, archive, student, due))
            arrivals = [one.result() for one in waiting]
        self.site.drain()
        graded = {one.id: one.graded_at for one in self.site.newest(number)}
        return [_latency(*arrival, graded) for arrival in arrivals]

    def students(self) -> Iterator[str]:
        """Yield a new student for each submission.

        A student who was graded recently would have to wait for others, and a second attempt would
        supersede a first one that waits.
        """
        return (f"s{number}" for number in self._people)

    def _report(self, archive: bytes) -> None:
        """Upload ``archive`` and wait for its report; raise RuntimeError if none comes."""
        answer = self.client.upload(archive, "patient", wait=True)
        if answer.status != 200:
            raise RuntimeError("no report came within 30 seconds")

    def _arrival(self, archive: bytes, student: str, due: float) -> tuple[float, float, Answer]:
        """Upload ``archive`` and wait; return (time due, time of the response, response)."""
        answer = self.client.upload(archive, student, wait=True)
        return due, time.time(), answer


def _latency(
    due: float, answered: float, answer: Answer, graded: dict[str, datetime | None]
) -> float:
    """Return the seconds from ``due`` to the report: in the response, or by ``graded``."""
    if answer.status == 200:
        return answered - due
    at = graded[answer.body["id"]]
    assert at is not None
    return at.timestamp() - due
