"""``grader serve`` starts all processes, restarts dead ones, and leaves none behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.e2e.running import COMMAND, PATIENCE, Running, archive, started
from tests.processes import alive, wait_until

PARTS = ("redis-server", "grader api", "workers", "--queues delivery", "grader scheduler")


def graded(served: Running, student: str) -> httpx.Response:
    answer = served.upload(student, data=archive(hash(student) % 9_999), Prefer="wait=60")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "graded"
    return answer


def test_an_upload_is_answered_with_its_report(served: Running) -> None:
    report = graded(served, "s123").json()
    assert report["total"]["max_points"] == 100
    assert served.get("/readyz").status_code == 200


def test_it_says_where_it_is(served: Running) -> None:
    assert served.told() == {"url": served.url, "pid": served.process.pid}
    assert served.url in served.said()
    assert served.said().count(served.token) == 1


def test_every_part_writes_json_lines(served: Running) -> None:
    for name in ("api", "worker", "sender", "scheduler"):
        lines = (served.data_dir / "logs" / f"{name}.log").read_text().splitlines()
        assert lines, name
        assert all(json.loads(line)["event"] for line in lines)


def test_no_secret_is_on_a_command_line(served: Running) -> None:
    lines = " ".join(served.look().values())
    assert served.token not in lines
    assert "redis+socket" not in lines and "redis://" not in lines


def test_redis_is_private_and_append_only(served: Running) -> None:
    folder = served.data_dir / "redis"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.glob("appendonly*"))


def test_it_is_backed_up_while_it_runs_and_restored_only_when_it_does_not(
    served: Running, tmp_path: Path
) -> None:
    def grader(*words: str) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND[:3], *words, str(tmp_path / "kept")]
        environment = {**os.environ, "GRADER_DATA_DIR": str(served.data_dir)}
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    answer = graded(served, "kept")
    assert grader("backup").returncode == 0
    refused = grader("restore", "--replace")
    assert refused.returncode == 2
    assert "Another grader serve" in refused.stderr
    assert served.get(answer.headers["Content-Location"]).json() == answer.json()


def test_a_second_one_on_the_same_data_is_refused(served: Running) -> None:
    second = subprocess.run(
        [*COMMAND, "--data-dir", str(served.data_dir)], capture_output=True, text=True, timeout=90
    )
    assert second.returncode == 2
    assert f"process {served.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    graded(served, "after-the-second")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_is_started_again(served: Running, part: str) -> None:
    victim = served.pids(part)[0]
    served.kill(victim)
    wait_until(lambda: set(served.pids(part)) - {victim}, PATIENCE, f"{part} started again")
    graded(served, f"after-{part}")
    assert "was killed by SIGKILL; starts again" in served.said()


def test_what_a_student_has_left_outlives_the_api(served: Running) -> None:
    before = served.upload("counted").headers["RateLimit"]
    served.kill(served.pids("grader api")[0])
    after = served.upload("counted").headers["RateLimit"]
    assert [told.partition(";t=")[0] for told in (before, after)] == [
        '"uploads-student";r=59',
        '"uploads-student";r=58',
    ]


def test_a_pool_process_that_is_killed_is_replaced(served: Running) -> None:
    worker = served.pids("--queues live,regrade")
    served.kill(worker[-1])
    graded(served, "after-the-pool")


def test_ctrl_c_stops_all_of_it_and_the_next_start_goes_on(tmp_path: Path) -> None:
    with started(tmp_path / "data") as first:
        assert graded(first, "s1")
        assert len(first.look()) >= 7  # with the pool's process and its fork server
        assert first.end(signal.SIGINT) == 0
        assert not first.left()
        assert not (first.data_dir / "serve.json").exists()
        token = first.token
    for kept in (tmp_path / "data" / "redis").rglob("appendonly*"):
        if kept.is_file():
            kept.write_bytes(b"not what it was")
    file = tmp_path / "token"
    with started(tmp_path / "data", "--token-file", str(file)) as again:
        assert "grader_" not in again.said()
        assert "they are set aside in" in again.said()
        again.token = token
        assert len(again.get("/api/v1/exercises/numbers-refactor/submissions").json()["items"]) == 1
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        again.token = file.read_text().strip()
        # The fork server starts before the first upload.
        wait_until(
            lambda: again.pids("grader.engine.forkserver"), PATIENCE, "a fork server was started"
        )
        assert graded(again, "s2")
        os.kill(again.process.pid, signal.SIGKILL)
        again.process.wait(PATIENCE)
        wait_until(lambda: not alive(again.seen), PATIENCE, "all ended with the supervisor")


def test_a_host_with_few_descriptors_grades_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = ("sh", "-c", 'ulimit -n 64; exec "$@"', "sh", *COMMAND)
    monkeypatch.setattr("tests.e2e.running.COMMAND", limited)
    with started(tmp_path) as running:
        for number in range(4):
            graded(running, f"s{number}")
        assert running.get("/readyz").status_code == 200


def test_a_port_that_is_taken_is_told_kindly(served: Running, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]
    run = subprocess.run(
        [*COMMAND, "--data-dir", str(tmp_path), "--port", port],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert run.returncode == 2
    assert f"Port {port}" in run.stderr and "--port" in run.stderr
