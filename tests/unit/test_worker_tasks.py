"""The tasks of a worker, with simple stand-ins for the use cases."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest

from workers import tasks
from workers.tasks import ROWS, until_done

#: Each test starts processes.
pytestmark = pytest.mark.slow


def test_a_task_ends_when_nothing_is_due() -> None:
    due = ["a", "b"]
    assert until_done(lambda: due.pop() if due else None) is False
    assert due == []


def take(taken: list[int]) -> str:
    """Take a row from a queue that never becomes empty."""
    taken.append(1)
    return "a row"


def test_a_task_stops_after_its_share_of_rows() -> None:
    taken: list[int] = []
    assert until_done(partial(take, taken)) is True
    assert len(taken) == ROWS


def test_a_task_stops_after_its_share_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "SECONDS", 0.0)
    taken: list[int] = []
    assert until_done(partial(take, taken)) is True
    assert len(taken) == 1


def test_a_fault_is_not_swallowed() -> None:
    def broken() -> str:
        raise OSError("the database is gone")

    with pytest.raises(OSError):
        until_done(broken)


def test_importing_the_application_builds_nothing() -> None:
    code = "import workers.app as module; assert 'app' not in vars(module)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_worker_without_redis_is_told_what_to_set() -> None:
    run = _refused()
    assert "Set GRADER_REDIS_URL" in run.stderr


def test_the_application_listens_as_the_design_says() -> None:
    code = (
        "from workers.app import app; c = app.conf; "
        "print(c.task_acks_late, c.worker_prefetch_multiplier, c.result_backend, "
        "c.accept_content, sorted(name for name in app.tasks if name.startswith('grader')))"
    )
    environment = {"PATH": "", "GRADER_REDIS_URL": "redis://127.0.0.1:1/0"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split("\n")[0] == (
        "False 1 None ['json'] ['grader.deliver', 'grader.grade']"
    )


def test_a_worker_does_not_start_in_a_sandbox_that_the_host_lacks() -> None:
    run = _refused(GRADER_REDIS_URL="redis://127.0.0.1:1/0", GRADER_SANDBOX="bubblewrap")
    assert "there is no sandbox 'bubblewrap'" in run.stderr


def _refused(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start a worker that must exit with code 2 and without a traceback; return its output."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "workers"], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    return run
