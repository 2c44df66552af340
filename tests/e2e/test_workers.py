"""Workers that are told to stop, killed, or on a host in trouble, on both databases."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from grader.engine.forkserver.time_limit import cpu_seconds
from tests.chaos.databases import Rows
from tests.e2e.running import PATIENCE, Running, archive, started
from tests.processes import children_of, command_of, parent_of, wait_until
from tests.servers import postgres_server

FORK_SERVER = "grader.engine.forkserver"
WORKER = "--queues live,regrade"
#: The lease of these tests in seconds: short, so that a killed worker is missed soon.
LEASE = 4.0
#: Seconds of processor time after which a child is at work. The program takes a second or so.
AT_WORK = 0.05


@dataclass
class Place:
    """A running service, and the rows of its database."""

    running: Running
    rows: Rows

    def hand_in(self, student: str, run: int) -> str:
        """Upload a program of its own, which takes a while to measure; return its id."""
        answer = self.running.upload(student, data=archive(run, functions=150))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def row(self, submission: str) -> Any:
        """Return state, tries and end of the lease of ``submission``."""
        asked = "SELECT state, tries, lease_until FROM submissions WHERE id = :id"
        return self.rows.ask_until(time.monotonic() + PATIENCE, asked, id=submission)[0]

    def fork_servers(self) -> list[int]:
        """Return the ids of the fork servers, without their children."""
        found = self.running.pids(FORK_SERVER)
        return [pid for pid in found if FORK_SERVER not in command_of(parent_of(pid))]

    def freeze_child(self) -> None:
        """Stop a child that measures, so that its submission goes on for ever."""
        wait_until(self._stopped, PATIENCE, "a child was at work", every=0.005)

    def _stopped(self) -> bool:
        """Stop a child of a fork server; return whether one was at work.

        One that has used no processor time to speak of may not be confined yet, or may be the one
        that only tries the sandbox at the start of a fork server.
        """
        for pid in (child for server in self.fork_servers() for child in children_of(server)):
            if cpu_seconds(pid) > AT_WORK:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    return True
        return False

    def freeze(self, submission: str) -> None:
        """Wait until ``submission`` is running, and stop the child that measures it."""
        wait_until(
            lambda: self.row(submission).state == "running", PATIENCE, "it was claimed", 0.01
        )
        self.freeze_child()
        assert self.row(submission).state == "running", "it was measured too soon"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Yield a service on each kind of database, with a short lease."""
    given = {"GRADER_LEASE": str(LEASE), "GRADER_STOP_SECONDS": "1", "GRADER_SWEEP_EVERY": "0.5"}
    data_dir = tmp_path / "data"
    if request.param == "sqlite":
        with started(data_dir, **given) as running:
            yield Place(running, Rows(f"sqlite:///{data_dir / 'grader.db'}"))
        return
    with TemporaryDirectory(prefix="grader-pg-") as home, postgres_server(Path(home)) as url:
        with started(data_dir, GRADER_DATABASE_URL=url, **given) as running:
            yield Place(running, Rows(url.replace("postgresql://", "postgresql+psycopg://", 1)))


def test_a_worker_that_is_told_to_stop_gives_back_what_it_cannot_finish(place: Place) -> None:
    submission = place.hand_in("ada", 1)
    place.freeze(submission)
    place.running.end(signal.SIGTERM)
    row = place.row(submission)
    assert (row.state, row.tries) == ("queued", 0)
    assert place.rows.ask("SELECT count(*) FROM workers")[0][0] == 0
    worker = (place.running.data_dir / "logs" / "worker.log").read_text()
    assert "Traceback" not in worker


def test_a_lease_is_renewed_while_the_worker_works_and_ends_when_it_is_killed(place: Place) -> None:
    submission = place.hand_in("ada", 2)
    place.freeze(submission)
    first = place.row(submission).lease_until
    wait_until(lambda: place.row(submission).lease_until != first, PATIENCE, "it was renewed")
    time.sleep(2 * LEASE)
    row = place.row(submission)
    assert (row.state, row.tries) == ("running", 1)

    workers = place.running.pids(WORKER)
    pool = [pid for pid in workers if parent_of(pid) in workers]
    for pid in pool:
        place.running.kill(pid)
    wait_until(lambda: place.row(submission).state == "graded", 90, "it was graded again")
    assert place.row(submission).tries == 2


def test_the_terminal_tells_of_trouble_of_the_host_and_of_its_end(place: Place) -> None:
    place.hand_in("ada", 3)
    told = "The host is in trouble, and grading waits until it is well: "

    def in_trouble() -> bool:
        """Kill the fork servers; return whether the terminal told of trouble."""
        for pid in place.fork_servers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return told in place.running.said()

    wait_until(in_trouble, PATIENCE, "the terminal told of trouble")
    assert place.rows.ask("SELECT count(*) FROM workers WHERE trouble <> ''")[0][0] == 1
    wait_until(lambda: "well again" in place.running.said(), PATIENCE, "it told of the end")
    assert place.running.said().count(told) == 1
    states = "SELECT count(*) FROM submissions WHERE state = 'graded'"
    wait_until(lambda: place.rows.ask(states)[0][0] == 1, PATIENCE, "it was graded")
