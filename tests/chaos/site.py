"""The service of a chaos run: ``grader serve`` on its database, with a clock that can be moved."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from grader.cli.serve.redis_server import RedisServer
from tests.chaos.databases import Database, database
from tests.chaos.disks import Disk, own_disk
from tests.chaos.plan import EXERCISES, Scale
from tests.e2e.running import Running
from tests.lms_server import Lms
from tests.processes import alive, command_of, descendants, parent_of

#: The folder of the module that moves the clock of the service's processes.
_CLOCK = Path(__file__).with_name("clock")
SOURCE = "campus"
COURSE = "mlops"
#: Words in the command lines of the processes under ``grader serve``.
WORKER = "--queues live,regrade"
FORK_SERVER = "grader.engine.forkserver"


@dataclass
class Site:
    """The service of a run, running or stopped, with its database, LMS and settings."""

    folder: Path
    database: Database
    lms: Lms
    environment: dict[str, str]
    port: int
    #: The disk of the logs, which is ``None`` if this host refuses to mount one.
    logs: Disk | None = None
    token: str = ""
    secret: str = ""
    running: Running | None = None

    @property
    def data_dir(self) -> Path:
        """The folder with the service's files."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The address of the service, the same after every restart."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The log file of the grading workers."""
        return self.data_dir / "logs" / "worker.log"

    @property
    def impossible(self) -> dict[str, str]:
        """The kinds of trouble that cannot be caused here, and why not."""
        found = {}
        if not self.database.has_read_only:
            found["read_only_database"] = "an open file of SQLite cannot become read-only"
        for kind, disk in (("fill_database", self.database.disk), ("fill_logs", self.logs)):
            if disk is None:
                found[kind] = "this host refuses to mount a small disk"
        return found

    def start(self) -> None:
        """Start ``grader serve`` with two grading workers."""
        options = ("--port", str(self.port), "--workers", "2")
        self.running = Running(self.data_dir, *options, **self.environment)
        self.running.wait()
        self.token = self.token or self.running.token

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the service by the signal ``how``; after 20 s kill all processes that still run."""
        running, self.running = self.running, None
        if running is None:
            return
        # Only the processes that run now: the id of an earlier one may belong to another program.
        here = set(running.look()) | {running.process.pid}
        running.process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(20)
        for pid in alive(here):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        running.process.wait()

    def set_lease(self, seconds: float) -> None:
        """Start the service again with claims that hold for ``seconds``, if they do not already."""
        if self.environment["GRADER_LEASE"] != str(seconds):
            self.stop()
            self.environment["GRADER_LEASE"] = str(seconds)
            self.start()

    def pids(self, words: str) -> list[int]:
        """Return the ids of the processes whose command line contains ``words``, sorted."""
        return self.running.pids(words) if self.running else []

    def children_of_fork_servers(self) -> list[int]:
        """Return the ids of the processes that read students' source."""
        return [child for fork_server in self.fork_servers() for child in descendants(fork_server)]

    def fork_servers(self) -> list[int]:
        """Return the ids of the fork servers, without the children that are forked from them."""
        found = self.pids(FORK_SERVER)
        return [pid for pid in found if FORK_SERVER not in command_of(parent_of(pid))]

    def move_clock(self, seconds: float) -> None:
        """Set the service's clock ``seconds`` ahead of the machine's, from now on."""
        file = Path(self.environment["CHAOS_CLOCK"])
        # In place, because processes have the file in memory; ten digits fit one write.
        with file.open("r+b" if file.exists() else "wb") as text:
            text.write(f"{seconds:+010.0f}".encode())

    def redis(self) -> RedisServer:
        """Return the Redis of the service."""
        return RedisServer.at(self.data_dir / "redis")

    def forget_redis(self) -> None:
        """Delete the files of Redis."""
        for kept in (self.data_dir / "redis").glob("appendonly*"):
            # Older servers write one file, newer ones a folder.
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink(missing_ok=True)

    def grade_every_attempt(self, exercise: str) -> None:
        """Publish the rubric of ``exercise`` again, with the policy that no attempt is skipped."""
        rubric = f"{self.url}/api/v1/exercises/{exercise}/rubric"
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/yaml"}
        found = httpx.get(rubric, headers=headers, timeout=30).raise_for_status()
        headers |= {"Content-Type": "application/yaml", "If-Match": found.headers["ETag"]}
        headers["Prefer"] = "wait=30"  # the golden samples may have to be measured first
        text = found.text + "\nattempts: {superseded: grade}\n"
        httpx.put(rubric, headers=headers, content=text, timeout=30).raise_for_status()

    def command(self, *words: str) -> str:
        """Run ``grader`` with the arguments ``words`` on this installation; return its output.

        Raises:
            RuntimeError: it failed; the message contains its error output.
        """
        run = subprocess.run(
            [sys.executable, "-m", "grader", *words],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
        if run.returncode:
            raise RuntimeError(f"grader {' '.join(words)}: {run.stderr.strip()}")
        return run.stdout.strip()


@contextmanager
def site(kind: str, folder: Path, scale: Scale) -> Iterator[Site]:
    """Run the service on a database of ``kind``, with an LMS as a source; end it afterwards."""
    data_dir = folder / "data"
    with ExitStack() as stack:
        disk = stack.enter_context(own_disk(data_dir))
        logs = stack.enter_context(own_disk(data_dir / "logs"))
        base = stack.enter_context(database(kind, data_dir, disk))
        lms = stack.enter_context(Lms().running())
        environment = _environment(kind, base, folder, lms, scale)
        place = Site(folder, base, lms, environment, _free_port(), logs)
        place.move_clock(0)
        stack.callback(place.stop)
        place.start()
        place.secret = place.command(
            "source", "create", SOURCE, "--course", COURSE, "--callback", lms.url
        )
        for exercise in EXERCISES[:-1]:
            place.grade_every_attempt(exercise)
        yield place


def _environment(kind: str, base: Database, folder: Path, lms: Lms, scale: Scale) -> dict[str, str]:
    """Return the environment variables of the service."""
    path = os.pathsep.join(filter(None, (str(_CLOCK), os.environ.get("PYTHONPATH", ""))))
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "PYTHONPATH": path,
        "CHAOS_CLOCK": str(folder / "clock.txt"),
        "GRADER_DATA_DIR": str(folder / "data"),
        "GRADER_DATABASE_URL": "" if kind == "sqlite" else base.url,
        "GRADER_CALLBACK_HOSTS": json.dumps([lms.place]),
        "GRADER_LEASE": str(scale.lease),
        "GRADER_CHILD_SECONDS": str(scale.child),
        "GRADER_SWEEP_EVERY": "0.5",
        "GRADER_PAUSE": "0.5",
        "GRADER_DEAF_AFTER": "20",
    }


def _free_port() -> int:
    """Return a port of the loopback that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
