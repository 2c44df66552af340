"""The record of a run in memory: every response to a client, and every report that was read."""

from __future__ import annotations

import hashlib
import json
import math
import threading
import time
from collections import Counter
from dataclasses import dataclass

import httpx

from tests.chaos.plan import Sending


@dataclass
class Promise:
    """One submission, as its client knows it. Times are of the monotonic clock, 0 if not yet.

    ``submission`` is the id under which it was last accepted (a restore can change it), ``refused``
    the response that refused it, and ``ended_at`` when it was first seen in a final state.
    """

    sending: Sending
    sent_at: float
    submission: str = ""
    answered_at: float = 0.0
    refused: str = ""
    ended_at: float = 0.0


@dataclass(frozen=True)
class Seen:
    """A report that was read: the SHA-256 of its bytes, and its points."""

    digest: str
    points: float | None


class Book:
    """Promises by number of the sending, and reports as they were first read, by submission."""

    def __init__(self) -> None:
        self.promises: dict[int, Promise] = {}
        self.reports: dict[str, Seen] = {}
        #: Submissions that had ended and that a restore reset, and the reports of them read before.
        self.undone: set[str] = set()
        self.taken_back: dict[str, Seen] = {}
        #: Submissions whose report had changed when it was read again.
        self.changed: set[str] = set()
        #: Poison that may have been graded because its kill came too late; see `Poison.outran`.
        self.outran: set[str] = set()
        #: Seconds from the end of a trouble to the last report, by the kind of trouble.
        self.recoveries: dict[str, float] = {}
        self.failures: Counter[str] = Counter()
        self.resent = 0
        self._lock = threading.Lock()

    def sent(self, sending: Sending) -> None:
        """Record that a client begins to send, for the first time or again after a restore."""
        with self._lock:
            self.promises.setdefault(sending.number, Promise(sending, time.monotonic()))

    def failed(self, what: str) -> None:
        """Count a try of a client that failed with the error ``what``."""
        with self._lock:
            self.failures[what] += 1

    def answered(self, sending: Sending, answer: httpx.Response) -> None:
        """Record the response by which the service accepted a submission or refused it for good."""
        with self._lock:
            promise = self.promises[sending.number]
            if answer.status_code not in (200, 202):
                promise.refused = f"{answer.status_code}: {answer.text[:200]}"
                return
            submission = answer.json()["id"]
            if promise.submission and promise.submission != submission:
                promise.ended_at = 0.0
                self.resent += 1
            promise.submission, promise.answered_at = submission, time.monotonic()

    def poison_of(self, submission: str) -> str | None:
        """Return which process ``submission`` kills: ``worker``, ``child``, or empty for none.

        ``None`` until a client has the answer to its upload. No database is asked, which may be
        away while a worker goes on.
        """
        with self._lock:
            sent = (one for one in self.promises.values() if one.submission == submission)
            found = next(sent, None)
        return None if found is None else found.sending.poison

    def saw_end(self, submission: str) -> None:
        """Record that ``submission`` was seen in a final state; only the first time counts."""
        with self._lock:
            for promise in self.promises.values():
                if promise.submission == submission and not promise.ended_at:
                    promise.ended_at = time.monotonic()

    def saw_report(self, submission: str, report: bytes) -> None:
        """Record a report that was read; it must be equal to the one that was read before.

        After a restore a submission may be graded again: its new report must give the same points.
        """
        seen = Seen(hashlib.sha256(report).hexdigest(), json.loads(report)["total"]["points"])
        with self._lock:
            before = self.taken_back.get(submission, seen)
            if self.reports.setdefault(submission, seen) != seen or before.points != seen.points:
                self.changed.add(submission)

    def took_back(self, undone: set[str]) -> None:
        """Record that a restore reset the submissions ``undone``, which had ended."""
        with self._lock:
            self.undone |= undone
            for gone in undone & set(self.reports):
                self.taken_back[gone] = self.reports.pop(gone)
            for promise in self.promises.values():
                if promise.submission in undone:
                    promise.ended_at = 0.0

    def recovered(self, kind: str, sendings: tuple[Sending, ...], well_at: float) -> None:
        """Record how long after ``well_at``, the end of the trouble ``kind``, the last one ended.

        They are ``sendings`` without poison. One that has not ended makes it infinite.
        """
        with self._lock:
            promises = [self.promises[one.number] for one in sendings if not one.poison]
        ends = [one.ended_at or math.inf for one in promises]
        self.recoveries[kind] = max(0.0, max(ends) - well_at)

    def accepted(self) -> list[Promise]:
        """Return the promises that the service has accepted."""
        with self._lock:
            return [one for one in self.promises.values() if one.submission]

    def open(self) -> list[Promise]:
        """Return the promises that were neither refused nor seen in a final state."""
        with self._lock:
            return [one for one in self.promises.values() if not one.ended_at and not one.refused]
