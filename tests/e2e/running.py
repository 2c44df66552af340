"""Run ``grader serve`` in a process, and use it like a user."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.processes import alive, descendants, wait_until

COMMAND = (sys.executable, "-m", "grader", "serve", "--port", "0")
#: The most seconds that a step may take: far longer than it takes even on a busy machine. By hand.
PATIENCE = 90.0
EXERCISE = "/api/v1/exercises/numbers-refactor/submissions"

FUNCTION = """

def total_{number}(numbers):
    result = 0
    for one in numbers:
        if one>{run} and one != {number}:
            result = result+one
    return result
"""


def archive(run: int = 0, functions: int = 1) -> bytes:
    """Return the zip of a submission with ``functions`` functions.

    Each ``run`` gives another ``totals.py``. More functions take longer to measure.
    """
    numbers = range(functions)
    program = "".join(FUNCTION.format(number=number, run=run) for number in numbers)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("totals.py", program.lstrip())
        whole.writestr("main.py", "from totals import total_0\n\nprint(total_0([1, 2]))\n")
    return packed.getvalue()


class Running:
    """A process of ``grader serve`` with its data in ``data_dir``.

    After :meth:`wait`, ``url`` is its address and ``token`` the token that it printed, if any.
    """

    def __init__(self, data_dir: Path, *options: str, **environment: str) -> None:
        self.data_dir = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        self.output = data_dir / f"output-{len(list(data_dir.glob('output-*')))}.txt"
        self.seen: set[int] = set()
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "--data-dir", str(data_dir), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "GRADER_REDIS_URL": "", "PYTHONUNBUFFERED": "1", **environment},
                start_new_session=True,
            )
        self.url = self.token = ""

    def wait(self) -> None:
        """Wait until the service prints that it runs; read its address and token."""
        wait_until(self._up, PATIENCE, "grader serve started")
        self.url = self.told()["url"]
        found = re.search(r"grader_[\w-]+", self.said())
        self.token = found.group() if found else ""
        self.look()

    def _up(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "Grader runs at" in self.said()

    def told(self) -> dict[str, Any]:
        """Return the content of ``serve.json``, in which the service describes itself."""
        told: dict[str, Any] = json.loads((self.data_dir / "serve.json").read_text())
        return told

    def said(self) -> str:
        """Return everything that the service has printed."""
        return self.output.read_text()

    def look(self) -> dict[int, str]:
        """Return the present descendants of the service, by process id, with command lines.

        They are added to ``seen``, for :meth:`left`.
        """
        found = descendants(self.process.pid)
        self.seen |= set(found)
        return found

    def pids(self, words: str) -> list[int]:
        """Return the ids of the descendants whose command line contains ``words``, sorted."""
        return sorted(pid for pid, command in self.look().items() if words in command)

    def kill(self, pid: int) -> None:
        """Kill the process ``pid`` with SIGKILL, and wait until it has ended."""
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not alive({pid}), PATIENCE, f"process {pid} died")

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """End the service by the signal ``how``; return its exit code."""
        self.look()
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def left(self) -> set[int]:
        """Return the descendants that were seen at any time and still run."""
        return alive(self.seen)

    def upload(self, student: str, *, data: bytes = b"", **headers: str) -> httpx.Response:
        """Upload ``data``, or a small submission, for ``student``; return the response."""
        return httpx.post(
            f"{self.url}{EXERCISE}",
            headers={"Authorization": f"Bearer {self.token}", **headers},
            files={"file": ("work.zip", data or archive(), "application/zip")},
            data={"student": student},
            timeout=PATIENCE,
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        """GET ``path`` with the token; return the response."""
        return httpx.get(
            self.url + path,
            headers={"Authorization": f"Bearer {self.token}", **headers},
            timeout=PATIENCE,
        )


@contextmanager
def started(data_dir: Path, *options: str, **environment: str) -> Iterator[Running]:
    """Run a service; end it afterwards and wait until all its processes have ended."""
    running = Running(data_dir, *options, **environment)
    try:
        running.wait()
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)
        wait_until(lambda: not running.left(), 30, "every process ended")
