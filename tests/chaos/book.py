"""What was promised: every answer that a client got and every report that was seen, in memory."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass

import httpx

from tests.chaos.plan import Sending


@dataclass
class Promise:
    """One submission, as its client knows it. Moments are of the monotonic clock.

    ``submission`` is the id that it was last accepted under: after a restore it may be another.
    """

    sending: Sending
    sent_at: float
    submission: str = ""
    answered_at: float = 0.0
    refused: str = ""
    ended_at: float = 0.0


@dataclass(frozen=True)
class Seen:
    """A report that was read: the hash of its bytes, and its points."""

    digest: str
    points: float | None


class Book:
    """Promises by number, and reports as they were first seen, by submission."""

    def __init__(self) -> None:
        self.promises: dict[int, Promise] = {}
        self.reports: dict[str, Seen] = {}
        #: Submissions whose end a restore took back, and their reports, where they were seen.
        self.undone: set[str] = set()
        self.taken_back: dict[str, Seen] = {}
        #: Submissions whose report was another when it was read again.
        self.changed: set[str] = set()
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
        """A report was read; it must be the one that was read before.

        One that a restore took back may be made again, and must then give the same points.
        """
        seen = Seen(hashlib.sha256(report).hexdigest(), json.loads(report)["total"]["points"])
        with self._lock:
            before = self.taken_back.get(submission, seen)
            if self.reports.setdefault(submission, seen) != seen or before.points != seen.points:
                self.changed.add(submission)

    def took_back(self, undone: set[str]) -> None:
        """A restore has taken back the ends that these had come to."""
        with self._lock:
            self.undone |= undone
            for gone in undone & set(self.reports):
                self.taken_back[gone] = self.reports.pop(gone)
            for promise in self.promises.values():
                if promise.submission in undone:
                    promise.ended_at = 0.0

    def accepted(self) -> list[Promise]:
        """What the service has taken on."""
        with self._lock:
            return [one for one in self.promises.values() if one.submission]

    def open(self) -> list[Promise]:
        """What was sent and has not come to its end, as far as was seen."""
        with self._lock:
            return [one for one in self.promises.values() if not one.ended_at and not one.refused]
