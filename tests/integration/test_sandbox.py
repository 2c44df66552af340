"""The sandbox with real children: every way out is tried on every available level."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.errors import BadSettings, EngineFault
from grader.domain.inspection import State
from grader.engine.forkserver import ForkServer
from grader.engine.forkserver.child_slot import ChildSlot
from grader.engine.measuring.job import CheckRequest, FileJob, Job, Limits
from grader.engine.sandbox import landlock
from grader.engine.sandbox.confinement import Confinement
from grader.engine.sandbox.levels import Sandbox, SandboxLevel, available_levels
from tests.processes import children_of

HERE = str(Path(__file__).parent)
LIMITS = Limits(pair_seconds=10, seconds=60, memory=256 << 20)

#: Attempts that Landlock alone refuses: those on files, TCP and other processes. Changing the root
#: is not among them: a child could do so in a user namespace, which only the filter of system calls
#: prevents; the files there could not be read all the same.
BY_LANDLOCK = {
    "connect",
    "listen",
    "write into the folder",
    "write into /tmp",
    "make a folder",
    "write our own code",
    "open to change",
    "cut",
    "link",
    "read /etc/passwd",
    "read the project's folder",
    "list /",
    "list the folder",
    "parent's environment",
    "parent's memory",
    "parent's descriptors",
    "trace the parent",
    "spawn",
    "run a program",
    "mount",
    "raise a limit",
}
#: Attempts that a filter of system calls cannot distinguish from allowed calls.
BEYOND_SECCOMP = {
    "read /etc/passwd",
    "read the project's folder",
    "list /",
    "list the folder",
    "parent's environment",
    "parent's memory",
    "parent's descriptors",
}


def told(fork_server: ForkServer, check: str) -> dict[str, str]:
    """Return the findings of ``check`` in a child, message by code."""
    file = FileJob("a.py", b"x = 'trigger'\n", (CheckRequest(check, "{}"),))
    found = fork_server.inspect(Job((file,)))[0, 1]
    assert found.state is State.OK, found.reason
    return {one.code: one.message for one in found.findings}


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer(LIMITS, catalog="fork_server_checks:CATALOG", path=HERE) as fork_server:
        yield fork_server


def open_ways(level: SandboxLevel) -> set[str]:
    catalog = "fork_server_attempts:CATALOG"
    with ForkServer(LIMITS, catalog=catalog, path=HERE, sandbox=level) as fork_server:
        tried = told(fork_server, "attempt")
    assert len(tried) > 40
    return {name for name, outcome in tried.items() if outcome not in ("EPERM", "EACCES")}


def test_the_strongest_rung_that_the_host_offers_is_the_default(fork_server: ForkServer) -> None:
    assert fork_server.sandbox is available_levels()[0]


@pytest.mark.parametrize(
    "level", [level for level in available_levels() if level is not SandboxLevel.RLIMITS]
)
def test_every_way_out_is_shut(level: SandboxLevel) -> None:
    ways = open_ways(level)
    if level is SandboxLevel.LANDLOCK_AND_SECCOMP:
        assert ways == set()
    elif level is SandboxLevel.SECCOMP:
        assert ways <= BEYOND_SECCOMP
    else:
        newer = {"signal the parent"} if landlock.version() >= 6 else set()
        assert ways & (BY_LANDLOCK | newer) == set()


def test_a_child_sees_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SECRET", "not for children")
    with ForkServer(LIMITS, catalog="fork_server_checks:CATALOG", path=HERE) as fork_server:
        seen = told(fork_server, "look")
        child = int(told(fork_server, "who")["pid"])
        assert os.getsid(child) == child
        assert os.listdir(seen.pop("folder")) == []
    assert seen.pop("environment") == "[]"
    assert seen.pop("path") == "False"
    assert seen.pop("fd 0") == seen.pop("fd 1") == seen.pop("fd 2") == "/dev/null"
    assert seen.pop("fd 3").startswith("pipe:")
    assert seen.pop("fd 4").startswith("pipe:")
    assert seen == {}


def test_a_child_has_every_limit_and_no_privilege(fork_server: ForkServer) -> None:
    child = int(told(fork_server, "who")["pid"])
    parent = fork_server.pid
    assert parent is not None
    kinds = ("FSIZE", "NPROC", "CORE", "NOFILE")
    limits = {kind: resource.prlimit(child, getattr(resource, f"RLIMIT_{kind}")) for kind in kinds}
    assert limits == {"FSIZE": (0, 0), "NPROC": (0, 0), "CORE": (0, 0), "NOFILE": (64, 64)}
    space, _ = resource.prlimit(child, resource.RLIMIT_AS)
    mapped = int(Path(f"/proc/{parent}/statm").read_text().split()[0]) * resource.getpagesize()
    assert abs(space - mapped - LIMITS.memory) < 64 << 20
    soft, _ = resource.prlimit(child, resource.RLIMIT_CPU)
    assert 60 <= soft <= 120
    status = Path(f"/proc/{child}/status").read_text()
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status
    assert f"Seccomp:\t{2 if fork_server.sandbox.has_seccomp else 0}" in status


def test_nothing_of_a_submission_reaches_a_disk_on_the_lowest_rung() -> None:
    arguments = {"catalog": "fork_server_checks:CATALOG", "path": HERE}
    with ForkServer(LIMITS, sandbox=SandboxLevel.RLIMITS, **arguments) as fork_server:
        file = FileJob("a.py", b"x = 'trigger'\n", (CheckRequest("write", "{}"),))
        found = fork_server.inspect(Job((file,)))[0, 1]
        assert (found.state, found.reason) == (State.FAILED, "confined")
        assert os.listdir(os.readlink(f"/proc/{fork_server.pid}/cwd")) == []


def test_an_ordinary_user_is_shut_in_as_well() -> None:
    slot = ChildSlot(
        CATALOG, Confinement.of_children(LIMITS, Sandbox.prepare(available_levels()[0]))
    )
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if os.getuid() == 0:
                os.setresuid(65_534, 65_534, 65_534)
            ChildSlot(
                CATALOG, Confinement.of_children(LIMITS, Sandbox.prepare(available_levels()[0]))
            ).verify()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0
    slot.verify()


def test_one_that_the_host_does_not_offer_is_refused() -> None:
    with pytest.raises(BadSettings, match="no sandbox 'none'"):
        ForkServer(sandbox="none")


class Frozen(Sandbox):
    """A sandbox in which a process stops, as if the kernel did not answer."""

    def enter(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)


def test_a_trial_that_does_not_end_is_a_failure_and_leaves_no_process() -> None:
    frozen = Frozen(SandboxLevel.RLIMITS, 0, b"", ())
    slot = ChildSlot(CATALOG, Confinement.of_children(LIMITS, frozen))
    before = set(children_of(os.getpid()))
    with pytest.raises(EngineFault, match="rlimits cannot be entered: a trial has not ended"):
        slot.verify(seconds=0.5)
    assert set(children_of(os.getpid())) <= before


def test_one_that_cannot_be_entered_is_never_left_out() -> None:
    """If the kernel offers a sandbox and then refuses it, nothing is graded."""
    broken = Sandbox(SandboxLevel.SECCOMP, 0, b"\xff" * 8, ())
    slot = ChildSlot(CATALOG, Confinement.of_children(LIMITS, broken))
    with pytest.raises(EngineFault, match="seccomp cannot be entered: Invalid argument"):
        slot.verify()
    whole = ChildSlot(
        CATALOG, Confinement.of_children(LIMITS, Sandbox.prepare(available_levels()[0]))
    )
    whole.verify()
