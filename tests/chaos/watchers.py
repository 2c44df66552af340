"""Who watches a run: an observer of what ends, and the poison that kills whoever touches it."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from tests.chaos.book import Book
from tests.chaos.clients import Clients
from tests.chaos.databases import Rows
from tests.chaos.site import NURSERY, Site
from tests.processes import command_of, descendants, parent_of

#: States in which a submission waits for nothing more that the service does by itself.
ENDED = frozenset({"graded", "needs_attention", "superseded"})
_LOOK_SECONDS = 0.5
_POUNCE_SECONDS = 0.03


class Observer:
    """Notes when each submission ended, and how its report read then. It asks SQL and the API."""

    def __init__(self, rows: Rows, clients: Clients, book: Book) -> None:
        self._rows, self._clients, self._book = rows, clients, book
        self.paused = threading.Event()

    def watch(self, ended: threading.Event) -> None:
        """Look every half second until the run is over."""
        while not ended.wait(_LOOK_SECONDS):
            if not self.paused.is_set():
                with suppress(DBAPIError):
                    self.look()

    def look(self) -> None:
        """Look once. Raises DBAPIError where the database is away."""
        states = dict(self._rows.ask("SELECT id, state FROM submissions"))
        for promise in self._book.open():
            state = states.get(promise.submission, "")
            if state not in ENDED:
                continue
            self._book.saw_end(promise.submission)
            if state == "graded":
                self.read(promise.submission)

    def read(self, submission: str) -> bool:
        """Read a report through the API, to see later that it stays; whether it is there."""
        report = self._clients.report(submission)
        if report is not None:
            self._book.saw_report(submission, report)
        return report is not None

    def read_all(self, submissions: list[str]) -> list[str]:
        """Read many reports; those that are not there."""
        with ThreadPoolExecutor(4) as readers:
            there = list(readers.map(self.read, submissions))
        return [one for one, found in zip(submissions, there, strict=True) if not found]


class Poison:
    """Kills whoever holds a marked submission, each time: by SIGKILL, from outside.

    Who holds it stands in the log of the workers: a line for each claim, with its process.
    """

    def __init__(self, site: Site, rows: Rows) -> None:
        self._site, self._rows = site, rows
        self._read = 0
        self._holders: dict[str, int] = {}
        self.kills = 0

    def watch(self, ended: threading.Event) -> None:
        """Pounce until the run is over."""
        while not ended.wait(_POUNCE_SECONDS):
            for submission, process in self._claims():
                self._holders[submission] = process
            with suppress(DBAPIError):
                self._pounce()

    def _pounce(self) -> None:
        running = "SELECT id, student FROM submissions WHERE state = 'running'"
        for submission, student in self._rows.ask(running):
            kind, poison, _ = student.partition("-poison-")
            holder = self._holders.get(submission)
            if poison and holder:
                self._kill(kind, submission, holder)

    def _kill(self, kind: str, submission: str, holder: int) -> None:
        under = [pid for pid, words in descendants(holder).items() if NURSERY in words]
        if kind == "worker":
            del self._holders[submission]
            victims = [holder]
        else:
            victims = [pid for pid in under if NURSERY in command_of(parent_of(pid))]
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1

    def _claims(self) -> Iterator[tuple[str, int]]:
        """The claims that were logged since the last look."""
        try:
            with self._site.log.open("rb") as log:
                log.seek(self._read)
                lines = log.readlines()
        except OSError:
            return
        for line in lines:
            if not line.endswith(b"\n"):
                break
            self._read += len(line)
            if b'"claimed"' in line:
                with suppress(ValueError, KeyError):
                    said = json.loads(line)
                    yield said["submission_id"], int(said["process"])
