"""Threads that watch a run: one reads what has ended, one kills processes that grade poison."""

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

from grader.engine.measuring.job import Limits
from tests.chaos.book import Book
from tests.chaos.clients import Clients
from tests.chaos.databases import Rows
from tests.chaos.site import FORK_SERVER, WORKER, Site
from tests.processes import command_of, descendants, parent_of

#: The final states: the service does nothing more with the submission by itself.
ENDED = frozenset({"graded", "needs_attention", "superseded"})
_LOOK_SECONDS = 0.5
_POUNCE_SECONDS = 0.01


class Observer:
    """Records when each submission ended, by SQL, and its report at that time, from the API."""

    def __init__(self, rows: Rows, clients: Clients, book: Book) -> None:
        self._rows, self._clients, self._book = rows, clients, book
        #: Held while the observer must not read.
        self.quiet = threading.Lock()

    def watch(self, ended: threading.Event) -> None:
        """Call :meth:`look` every half second until ``ended`` is set."""
        while not ended.wait(_LOOK_SECONDS):
            with self.quiet, suppress(DBAPIError):
                self.look()

    def look(self) -> None:
        """Record the submissions that have ended since the last call, and read their reports.

        Raises:
            DBAPIError: the database cannot be reached.
        """
        states = dict(self._rows.ask("SELECT id, state FROM submissions"))
        for promise in self._book.open():
            state = states.get(promise.submission, "")
            if state not in ENDED:
                continue
            self._book.saw_end(promise.submission)
            if state == "graded":
                self.read(promise.submission)

    def read(self, submission: str) -> bool:
        """Read and record the report of ``submission``; return whether it could be read."""
        report = self._clients.report(submission)
        if report is not None:
            self._book.saw_report(submission, report)
        return report is not None

    def read_all(self, submissions: list[str]) -> list[str]:
        """Read and record the reports of ``submissions``; return those that could not be read."""
        with ThreadPoolExecutor(4) as readers:
            there = list(readers.map(self.read, submissions))
        return [one for one, found in zip(submissions, there, strict=True) if not found]


class Poison:
    """Kills the worker or the child that grades a poisonous submission, at every try.

    The log of the workers has a line for each claim, with the id of the process.
    """

    def __init__(self, site: Site, book: Book) -> None:
        self._site, self._book = site, book
        self._read = 0
        #: The processes that were killed for the newest claim of a submission.
        self._struck: dict[str, set[int]] = {}
        self._holders: dict[str, int] = {}
        self.kills = 0

    def watch(self, ended: threading.Event) -> None:
        """Read the log and kill processes, every 10 ms, until ``ended`` is set."""
        while not ended.wait(_POUNCE_SECONDS):
            for said in self._lines():
                submission = said.get("submission_id", "")
                if said.get("event") == "claimed":
                    self._holders[submission] = said["process"]
                    self._struck[submission] = set()
                else:  # any later line about the submission means that the claim has ended
                    self._holders.pop(submission, None)
            for submission, process in list(self._holders.items()):
                self._touch(submission, process)

    def _touch(self, submission: str, holder: int) -> None:
        """Kill the worker ``holder`` or its children, if ``submission`` is poison."""
        kind = self._book.poison_of(submission)
        if kind is None:
            return
        if kind and holder not in self._site.pids(WORKER):
            kind = ""  # the process has ended, and its id may belong to another program
        if kind == "worker":
            self._kill(holder, submission)
        if kind == "child":
            for pid, words in descendants(holder).items():
                if FORK_SERVER in words and FORK_SERVER in command_of(parent_of(pid)):
                    self._kill(pid, submission)
        else:
            del self._holders[submission]

    def outran(self, submission: str) -> bool:
        """Return whether the poison ``submission`` can have been graded because a kill came late.

        A worker that was killed stores nothing, so one that stored a report was not, or too late. A
        child that is killed is followed by another, which goes on: kills that strike different
        checks give up none of them, unless they are more than a job may cost.
        """
        kind = self._book.poison_of(submission)
        return kind == "worker" or len(self._struck.get(submission, ())) <= Limits().deaths

    def _kill(self, pid: int, submission: str) -> None:
        """Kill the process ``pid`` for ``submission`` and count it, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
            self._struck[submission].add(pid)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield the complete log lines about submissions since the last call."""
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
