"""``grader serve`` grades while its logs cannot be written, rotates them, or prints everything."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.running import PATIENCE, Running, started
from tests.processes import wait_until

PROGRAMS = ("api", "worker", "sender", "scheduler", "redis")


def graded(running: Running, student: str) -> None:
    """Upload something, and check that it is answered with its report."""
    answer = running.upload(student, Prefer="wait=60")
    assert (answer.status_code, answer.json().get("status")) == (200, "graded"), answer.text


def test_a_full_disk_of_the_logs_stops_nothing(tmp_path: Path) -> None:
    logs = tmp_path / "data" / "logs"
    logs.mkdir(parents=True)
    for name in PROGRAMS:
        (logs / f"{name}.log").symlink_to("/dev/full")
    with started(tmp_path / "data") as running:
        graded(running, "s1")
        assert running.get("/healthz").status_code == 200
        assert running.get("/readyz").status_code == 200
        assert "starts again" not in running.said()
        metrics = running.get("/metrics").text
        dropped = [line for line in metrics.splitlines() if line.startswith("grader_log_lines")]
        assert float(dropped[0].split()[1]) > 0


def test_large_logs_are_rotated(tmp_path: Path) -> None:
    with started(tmp_path / "data", GRADER_LOG_BYTES="3000", GRADER_LOG_FILES="2") as running:
        logs = tmp_path / "data" / "logs"

        def is_rotated() -> bool:
            running.get("/metrics")
            return (logs / "api.log.2").exists()

        wait_until(is_rotated, PATIENCE, "two old logs of the API are kept")
        graded(running, "s1")
        lines = (logs / "api.log.1").read_text().splitlines()
        assert lines and all(json.loads(line)["event"] for line in lines)
        assert not (logs / "api.log.3").exists()


def test_everything_can_be_printed(tmp_path: Path) -> None:
    with started(tmp_path / "data", GRADER_LOG_TO_STDOUT="true") as running:
        graded(running, "s1")
        said = running.said()
        for event in ("api_started", "worker_ready", "scheduler_started"):
            assert f'"event": "{event}"' in said
        assert "Grader runs at" in said and "logs in" not in said
        assert not list((tmp_path / "data" / "logs").glob("*"))
