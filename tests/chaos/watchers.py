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

from tests.chaos.book import Book
from tests.chaos.clients import Clients
from tests.chaos.databases import Rows
from tests.chaos.site import WORKER, Site
from tests.processes import alive, children_of, command_of

#: The final states: the service does nothing more with the submission by itself.
ENDED = frozenset({"graded", "needs_attention", "superseded"})
_LOOK_SECONDS = 0.5
#: Shorter than any check on a file of some size: a killer that came every 15 to 80 ms let so many
#: checks end between two kills that poison was measured in full after 7 of them.
_POUNCE_SECONDS = 0.002


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

    The log of the workers has a line for each claim, with the id of the process. From then on every
    child of that process is killed as it comes, so soon that none answers anything of weight, until
    the log says that the claim has ended.
    """

    def __init__(self, site: Site, book: Book) -> None:
        self._site, self._book = site, book
        self._read = 0
        self._holders: dict[str, int] = {}
        #: Submissions whose newest claim was seen before their client had an answer.
        self._late: set[str] = set()
        #: Submissions for whose newest claim a process was killed.
        self._struck: set[str] = set()
        self.kills = 0

    def watch(self, ended: threading.Event) -> None:
        """Call :meth:`look` every 2 ms until ``ended`` is set."""
        while not ended.wait(_POUNCE_SECONDS):
            self.look()

    def look(self) -> None:
        """Read the new lines of the log, and kill the processes that are at work on poison."""
        for said in self._lines():
            submission = said.get("submission_id", "")
            if said.get("event") == "claimed":
                self._holders[submission] = said["process"]
                self._late.discard(submission)
                self._struck.discard(submission)
            else:  # any later line about the submission means that the claim has ended
                self._holders.pop(submission, None)
        for submission, process in list(self._holders.items()):
            self._touch(submission, process)

    def _touch(self, submission: str, holder: int) -> None:
        """Kill the worker ``holder`` or its children, if ``submission`` is poison."""
        kind = self._book.poison_of(submission)
        if kind is None:
            self._late.add(submission)
            return
        if kind and WORKER not in command_of(holder):
            kind = ""  # the process has ended, and its id may belong to another program
        if kind == "worker":
            self._kill(holder, submission)
        if kind == "child":
            for fork_server in children_of(holder):
                for child in children_of(fork_server):
                    self._kill(child, submission)
        else:
            del self._holders[submission]

    def outran(self, submission: str) -> bool:
        """Return whether the poison ``submission`` can have been graded because a kill came late.

        It can if its newest claim was seen before its client had an answer, because until then
        nobody knows that it is poison, or if nothing was killed for that claim.
        """
        return submission in self._late or submission not in self._struck

    def _kill(self, pid: int, submission: str) -> None:
        """Kill the process ``pid`` for ``submission`` and count it, unless it has ended."""
        with suppress(ProcessLookupError):
            if not alive({pid}):  # killed before, and not waited for by its parent yet
                return
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
            self._struck.add(submission)

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
