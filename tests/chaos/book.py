"""What was promised: every answer that a client got and every report that was seen, in memory."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from tests.chaos.plan import Sending


@dataclass
class Promise:
    """One submission, as its client knows it. Moments are of the monotonic clock.

    ``submission`` is the id that it was last accepted under; ``earlier`` are ids that a restore
    took back.
    """

    sending: Sending
    sent_at: float
    submission: str = ""
    answered_at: float = 0.0
    refused: str = ""
    ended_at: float = 0.0
    earlier: list[str] = field(default_factory=list)


class Book:
    """Promises by number, and reports as they were first seen, by submission."""

    def __init__(self) -> None:
        self.promises: dict[int, Promise] = {}
        self.reports: dict[str, str] = {}
        #: Reports that were seen and that a restore took back.
        self.taken_back: dict[str, str] = {}
        self.changed: list[str] = []
        self.failures: Counter[str] = Counter()
        self.resent = 0
        self._lock = threading.Lock()

    def sent(self, sending: Sending) -> None:
        """A client sends for the first time, or once more after a restore."""
        with self._lock:
            self.promises.setdefault(sending.number, Promise(sending, time.monotonic()))

    def failed(self, what: str) -> None:
        """A try came to nothing."""
        with self._lock:
            self.failures[what] += 1

    def answered(self, sending: Sending, answer: httpx.Response) -> None:
        """The service has accepted, or refused for good."""
        with self._lock:
            promise = self.promises[sending.number]
            if answer.status_code not in (200, 202):
                promise.refused = f"{answer.status_code}: {answer.text[:200]}"
                return
            submission = answer.json()["id"]
            if promise.submission and promise.submission != submission:
                promise.earlier.append(promise.submission)
                promise.ended_at = 0.0
                self.resent += 1
            promise.submission, promise.answered_at = submission, time.monotonic()

    def saw_end(self, submission: str) -> None:
        """A submission was seen to have come to its end."""
        with self._lock:
            for promise in self.promises.values():
                if promise.submission == submission and not promise.ended_at:
                    promise.ended_at = time.monotonic()

    def saw_report(self, submission: str, report: bytes) -> None:
        """A report was read; it must be the one that was read before."""
        digest = hashlib.sha256(report).hexdigest()
        with self._lock:
            if self.reports.setdefault(submission, digest) != digest:
                self.changed.append(submission)

    def took_back(self, still_there: set[str]) -> None:
        """A restore has taken back every report but these."""
        with self._lock:
            for gone in set(self.reports) - still_there:
                self.taken_back[gone] = self.reports.pop(gone)
            for promise in self.promises.values():
                if promise.submission not in still_there:
                    promise.ended_at = 0.0

    def accepted(self) -> list[Promise]:
        """What the service has taken on."""
        with self._lock:
            return [one for one in self.promises.values() if one.submission]

    def accepted_by(self, moment: float) -> list[Promise]:
        """What it had taken on by then."""
        return [one for one in self.accepted() if one.answered_at <= moment]

    def open(self) -> list[Promise]:
        """What was sent and has not come to its end, as far as was seen."""
        with self._lock:
            return [one for one in self.promises.values() if not one.ended_at and not one.refused]
