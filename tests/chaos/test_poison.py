"""Poison of a chaos run loses every child of its worker until its claim ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.chaos.book import Book
from tests.chaos.databases import Sqlite
from tests.chaos.plan import Sending
from tests.chaos.site import WORKER, Site
from tests.chaos.watchers import Poison
from tests.lms_server import Lms
from tests.processes import children_of, descendants, wait_until

POISON = Sending(1, 0, "child-poison-1", "get-data", (1,), 1, poison="child")
#: Like a fork server: it forks a child that never ends by itself, and another when that is killed.
SERVER = """
import os, time
while True:
    child = os.fork()
    if not child:
        time.sleep(600)
    os.waitpid(child, 0)
"""
PROGRAM = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SERVER!r}])"


class Place:
    """A process like a worker with its fork server, its log, and the one who kills its children."""

    def __init__(self, folder: Path) -> None:
        self.book = Book()
        site = Site(folder, Sqlite(folder / "grader.db"), Lms(), {}, 0)
        self.poison = Poison(site, self.book)
        self._log = site.log
        self._log.parent.mkdir(parents=True)
        self._log.touch()
        self.worker = subprocess.Popen([sys.executable, "-c", PROGRAM, *WORKER.split()])
        wait_until(self.children, 60, "it had a child")

    def children(self) -> list[int]:
        """Return the ids of the children of the fork server."""
        return [child for server in children_of(self.worker.pid) for child in children_of(server)]

    def log(self, event: str) -> None:
        """Write a line about the submission to the log."""
        line = {"event": event, "submission_id": "s1", "process": self.worker.pid}
        with self._log.open("a") as log:
            log.write(json.dumps(line) + "\n")

    def answer(self) -> None:
        """Answer the client of the submission: from now on it is known to be poison."""
        self.book.sent(POISON)
        self.book.answered(POISON, httpx.Response(202, json={"id": "s1"}))

    def killed(self) -> bool:
        """Look once; return whether five children were killed so far."""
        self.poison.look()
        time.sleep(0.002)
        return self.poison.kills >= 5


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Yield such a place, and end its processes afterwards."""
    place = Place(tmp_path)
    yield place
    for pid in (*descendants(place.worker.pid), place.worker.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    place.worker.wait()


def test_every_child_is_killed_until_the_claim_ends(place: Place) -> None:
    place.answer()
    place.log("claimed")
    wait_until(place.killed, 60, "five children were killed", every=0)
    assert not place.poison.outran("s1")
    place.log("inspections_failed")
    place.poison.look()
    kills = place.poison.kills
    wait_until(place.children, 60, "it had another child")
    place.poison.look()
    assert place.poison.kills == kills
    assert place.children()


def test_a_claim_before_the_answer_may_end_in_a_report(place: Place) -> None:
    place.log("claimed")
    place.poison.look()
    assert place.poison.kills == 0
    place.answer()
    wait_until(place.killed, 60, "five children were killed", every=0)
    assert place.poison.outran("s1")
    place.log("claimed")
    wait_until(place.children, 60, "it had another child")
    place.poison.look()
    assert not place.poison.outran("s1")


def test_what_nothing_was_killed_for_may_end_in_a_report(place: Place) -> None:
    place.answer()
    place.log("claimed")
    place.log("graded")
    place.poison.look()
    assert place.poison.outran("s1")
