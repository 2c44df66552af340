"""Who watches a run: an observer of what ends, and the poison that kills whoever touches it."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import DBAPIError

from tests.chaos.book import Book
from tests.chaos.clients import Clients
from tests.chaos.databases import Rows
from tests.chaos.site import FORK_SERVER, WORKER, Site
from tests.processes import command_of, descendants, parent_of

#: States in which a submission waits for nothing more that the service does by itself.
ENDED = frozenset({"graded", "needs_attention", "superseded"})
_LOOK_SECONDS = 0.5
_POUNCE_SECONDS = 0.03


class Observer:
    """Notes when each submission ended, and how its report read then. It asks SQL and the API."""

    def __init__(self, rows: Rows, clients: Clients, book: Book) -> None:
        self._rows, self._clients, self._book = rows, clients, book
        #: Held by whoever wants nobody to look.
        self.quiet = threading.Lock()

    def watch(self, ended: threading.Event) -> None:
        """Look every half second until the run is over."""
        while not ended.wait(_LOOK_SECONDS):
            with self.quiet, suppress(DBAPIError):
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
        self._kinds: dict[str, str] = {}
        self.kills = 0

    def watch(self, ended: threading.Event) -> None:
        """Pounce until the run is over."""
        while not ended.wait(_POUNCE_SECONDS):
            for said in self._lines():
                if said.get("event") == "claimed":
                    self._holders[said["submission_id"]] = said["process"]
                else:  # the next word about it, whatever it is, says that it is out of hand
                    self._holders.pop(said.get("submission_id", ""), None)
            for submission, process in list(self._holders.items()):
                with suppress(DBAPIError):
                    self._touch(submission, process)

    def _touch(self, submission: str, holder: int) -> None:
        kind = self._kind(submission)
        if kind and holder not in self._site.pids(WORKER):
            kind = ""  # it is dead already, and its number may be somebody else's
        if kind == "worker":
            self._kill(holder)
        if kind == "child":
            for pid, words in descendants(holder).items():
                if FORK_SERVER in words and FORK_SERVER in command_of(parent_of(pid)):
                    self._kill(pid)
        else:
            del self._holders[submission]

    def _kind(self, submission: str) -> str:
        """Whom a submission kills; empty for an innocent one."""
        if submission not in self._kinds:
            found = self._rows.ask("SELECT student FROM submissions WHERE id = :id", id=submission)
            for row in found:
                kind, poison, _ = row.student.partition("-poison-")
                self._kinds[submission] = kind if poison else ""
        return self._kinds.get(submission, "")

    def _kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def _lines(self) -> Iterator[dict[str, Any]]:
        """What the workers have logged since the last look."""
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
            if b'"submission_id"' in line:
                with suppress(ValueError):
                    yield json.loads(line)
