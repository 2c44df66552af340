"""The fork server with real processes: failures are named, and other answers are kept."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.domain.errors import EngineFault
from grader.domain.inspection import Inspection, State
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.job import Answers, CheckRequest, FileJob, Job, Limits

HERE = str(Path(__file__).parent)
CHECKS = "fork_server_checks:CATALOG"
LIMITS = Limits(pair_seconds=1, seconds=20, wall_factor=6, memory=256 << 20)
CALM = b"x = 1\ny = 2\n"
TRIGGER = b"x = 'trigger'\n"


def make(limits: Limits = LIMITS) -> ForkServer:
    return ForkServer(limits, catalog=CHECKS, path=HERE)


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    with make() as fork_server:
        yield fork_server


def job(*checks: str, data: bytes = TRIGGER) -> Job:
    """Return a job of a harmless file, a file with ``data`` and a harmless file; all ``checks``."""
    asks = tuple(CheckRequest(check, "{}") for check in checks)
    contents = {"a.py": CALM, "b.py": data, "c.py": CALM}
    return Job(tuple(FileJob(name, text, asks) for name, text in contents.items()))


def lines(answers: Answers, file: int, question: int) -> int:
    return answers[file, question].facts.counts["lines"]


def await_end(pid: int) -> None:
    """Wait until the process ``pid``, of any parent, has ended; fail after 20 seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([watch], [], [], 20)[0], f"process {pid} is still there"
    finally:
        os.close(watch)


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def await_burning(fork_server_pid: int) -> int:
    """Wait for a child that works (on ``hang``), and return its process id.

    It is recognized by its CPU time: a child that waits for its next task uses none.
    """
    for _ in range(4_000):
        for child in children(fork_server_pid):
            with contextlib.suppress(OSError):
                told = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                # A child that was just killed may still be listed as a zombie.
                if told[0] != "Z" and int(told[11]) >= 20:
                    return child
        threading.Event().wait(0.005)
    raise AssertionError("no child came to work")


GUILTY = {
    "hang": "cpu",
    "sleep": "timeout",
    "allocate": "memory",
    "starve": "memory",
    "recurse": "recursion",
    "burn_files": "confined",
    "write": "confined",
    "leave": "crash",
    "segfault": "crash",
    "flood": "output",
    "flood_pipe": "output",
    "forge": "crash",
    "raise": "error",
    "exit": "error",
}


@pytest.mark.parametrize(("check", "reason"), GUILTY.items())
def test_the_guilty_pair_is_named_and_the_rest_is_kept(
    fork_server: ForkServer, check: str, reason: str
) -> None:
    asked = job("fine", check, "other")
    answers = dict(fork_server.inspect(asked))
    guilty = answers.pop((1, 2))
    assert (guilty.state, guilty.reason) == (State.FAILED, reason)
    assert {pair: one.state for pair, one in answers.items()} == {
        pair: State.OK for pair in asked.pairs if pair != (1, 2)
    }
    assert lines(answers, 1, 1) == lines(answers, 1, 3) == 1
    assert lines(answers, 2, 3) == 2


def test_half_a_character_in_a_message_is_told_as_its_sign(fork_server: ForkServer) -> None:
    answers = fork_server.inspect(job("surrogate"))
    assert [one.message for one in answers[1, 1].findings] == ["\\ud800"]


def test_two_guilty_pairs_are_both_named_and_the_rest_goes_on(fork_server: ForkServer) -> None:
    asked = job("fine", "segfault", "other", "allocate", "leave")
    answers = fork_server.inspect(asked)
    broken = {pair: one.reason for pair, one in answers.items() if one.state is State.FAILED}
    assert broken == {(1, 2): "crash", (1, 4): "memory", (1, 5): "crash"}
    assert sorted(answers) == sorted(asked.pairs)
    assert lines(answers, 1, 1) == lines(answers, 1, 3) == 1
    assert lines(answers, 0, 5) == lines(answers, 2, 5) == 2


def test_the_next_submission_is_unharmed(fork_server: ForkServer) -> None:
    asked = job("fine", "leave", "hang", data=CALM)
    before = fork_server.inspect(asked)
    pid = fork_server.pid
    fork_server.inspect(job("segfault"))
    assert fork_server.inspect(asked) == before
    assert fork_server.pid == pid


def test_an_answer_that_is_no_inspection_is_a_crash(fork_server: ForkServer) -> None:
    answers = fork_server.inspect(job("fine", "mumble", "other"))
    assert answers[1, 2].reason == "crash"
    assert lines(answers, 1, 3) == 1


def test_a_file_that_breaks_at_the_gate_is_not_asked_further(fork_server: ForkServer) -> None:
    answers = fork_server.inspect(job("fine", "other", data=b"def f(:\n"))
    assert answers[1, 0].state is State.UNREADABLE
    assert sorted(answers) == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (2, 2)]


def test_a_known_gate_is_not_answered_again(fork_server: ForkServer) -> None:
    asked = job("fine")
    asked = replace(asked, files=tuple(replace(file, gate=False) for file in asked.files))
    assert sorted(fork_server.inspect(asked)) == [(0, 1), (1, 1), (2, 1)]


def test_too_many_deaths_give_the_rest_up(fork_server: ForkServer) -> None:
    asks = tuple(CheckRequest("leave", "{}") for _ in range(7))
    files = (FileJob("a.py", CALM, asks), FileJob("b.py", TRIGGER, asks))
    answers = fork_server.inspect(Job(files))
    reasons = [answers[1, question].reason for question in range(1, 8)]
    assert reasons == ["crash"] * 5 + ["gave_up"] * 2
    assert all(answers[0, question].state is State.OK for question in range(8))


def test_a_submission_ends_with_its_time() -> None:
    with make(replace(LIMITS, seconds=1)) as fork_server:
        answers = fork_server.inspect(job("fine", "sleep", "other"))
    assert answers[0, 3].state is State.OK
    assert answers[1, 2].reason == "timeout"
    assert answers[1, 3].reason == answers[2, 0].reason == "gave_up"


def in_pulses(fork_server: int, begun: threading.Event, ended: threading.Event) -> None:
    """Let the children of ``fork_server`` run a tenth of the time until ``ended`` is set.

    ``begun`` is set when they are stopped for the first time.
    """
    while not ended.is_set():
        stopped = children(fork_server)
        for child in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGSTOP)
        begun.set()
        ended.wait(0.18)
        for child in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGCONT)
        ended.wait(0.02)


@pytest.mark.parametrize(("factor", "reason"), [(40, ""), (1.5, "timeout")])
def test_a_child_that_waits_for_the_processor_is_within_its_limit(
    factor: float, reason: str
) -> None:
    """0.6 s of CPU time take 6 s at a tenth of a core: within the limit of 1 s of CPU time.

    Only a backstop of 1.5 s of wall time ends it.
    """
    limits = replace(LIMITS, pair_seconds=1, wall_factor=factor)
    with make(limits) as fork_server:
        fork_server.inspect(job("who"))
        assert fork_server.pid is not None
        stopped, ended = threading.Event(), threading.Event()
        pulses = threading.Thread(target=in_pulses, args=(fork_server.pid, stopped, ended))
        pulses.start()
        stopped.wait()
        begun = time.monotonic()
        try:
            answers = fork_server.inspect(job("burn", "who"))
        finally:
            ended.set()
            pulses.join()
    assert time.monotonic() - begun > 1.2
    assert answers[1, 1].reason == reason
    assert answers[2, 1].state is State.OK


def test_the_kernel_ends_a_child_that_burns_time_while_nobody_watches() -> None:
    found: list[Answers] = []
    with make(replace(LIMITS, seconds=3)) as fork_server:
        fork_server.inspect(job("fine"))
        work = threading.Thread(target=lambda: found.append(fork_server.inspect(job("hang"))))
        work.start()
        pid = fork_server.pid
        assert pid is not None
        child = await_burning(pid)
        os.kill(pid, signal.SIGSTOP)
        await_end(child)
        os.kill(pid, signal.SIGCONT)
        work.join(30)
        assert fork_server.pid == pid
    assert found[0][1, 1].reason == "cpu"


def who(answers: Answers, question: int = 1) -> str:
    """Return the process id that a child reported, in the answer to ``question``."""
    assert answers[1, question].state is State.OK
    return answers[1, question].findings[0].message


def test_a_child_serves_several_submissions_while_nothing_breaks(fork_server: ForkServer) -> None:
    first = who(fork_server.inspect(job("who")))
    assert who(fork_server.inspect(job("who"))) == first
    fork_server.inspect(job("raise"))
    second = who(fork_server.inspect(job("who")))
    assert second != first
    fork_server.inspect(job("leave"))
    assert who(fork_server.inspect(job("who"))) not in (first, second)


def test_a_child_serves_no_more_than_it_may() -> None:
    with make(replace(LIMITS, reuse=2)) as fork_server:
        served = [who(fork_server.inspect(job("who"))) for _ in range(5)]
    assert served[0] == served[1] != served[2] == served[3] != served[4]
    with make(replace(LIMITS, reuse=1)) as fork_server:
        assert len({who(fork_server.inspect(job("who"))) for _ in range(3)}) == 3


def test_a_child_that_holds_on_to_memory_is_replaced(fork_server: ForkServer) -> None:
    first = who(fork_server.inspect(job("hoard")))
    assert who(fork_server.inspect(job("who"))) != first


@pytest.mark.parametrize("check", ["grudge", "sulk"])
def test_no_submission_fails_of_the_one_before_it(fork_server: ForkServer, check: str) -> None:
    """A check that fails in a reused child is tried again in a new child."""
    first = who(fork_server.inspect(job(check)))
    second = fork_server.inspect(job("fine", check, "other"))
    assert who(second, 2) != first
    assert all(one.state is State.OK for one in second.values())


def test_findings_are_capped_and_facts_are_exact(fork_server: ForkServer) -> None:
    many = fork_server.inspect(job("many"))[1, 1]
    assert len(many.findings) == 1_000
    assert many.facts.counts == {"x": 3_000}


def test_close_is_idempotent_and_leaves_nothing() -> None:
    fork_server = make()
    fork_server.close()
    fork_server.inspect(job("fine"))
    pid = fork_server.pid
    assert pid is not None
    folder = os.readlink(f"/proc/{pid}/cwd")
    fork_server.close()
    fork_server.close()
    assert fork_server.pid is None
    assert not os.path.exists(f"/proc/{pid}")
    assert not os.path.exists(folder)
    assert fork_server.inspect(job("fine"))[0, 1].state is State.OK
    fork_server.close()


def test_it_starts_when_it_is_told_and_serves_what_comes() -> None:
    with make() as fork_server:
        fork_server.start_process()
        started = fork_server.pid
        fork_server.start_process()
        assert lines(fork_server.inspect(job("fine")), 0, 1) == 2
        assert started is not None
        assert fork_server.pid == started


def test_one_that_is_closed_while_it_starts_is_gone() -> None:
    fork_server = make()
    fork_server.start_process()
    started = fork_server.pid
    assert started is not None
    fork_server.close()
    await_end(started)
    assert fork_server.pid is None


def test_a_killed_fork_server_is_replaced_between_jobs(fork_server: ForkServer) -> None:
    fork_server.inspect(job("fine"))
    first = fork_server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert lines(fork_server.inspect(job("fine")), 0, 1) == 2
    assert fork_server.pid != first
    assert not os.path.exists(f"/proc/{first}")


def test_a_fork_server_killed_at_work_takes_its_child_along_and_the_job_is_done_again() -> None:
    found: list[Answers] = []
    with make() as fork_server:
        fork_server.inspect(job("fine"))
        work = threading.Thread(target=lambda: found.append(fork_server.inspect(job("hang"))))
        first = fork_server.pid
        assert first is not None
        work.start()
        child = await_burning(first)
        os.kill(first, signal.SIGKILL)
        await_end(child)
        work.join(30)
        assert found[0][1, 1].reason == "cpu"
        assert found[0][2, 1].state is State.OK
        assert fork_server.pid != first


@pytest.mark.parametrize(("kills", "reason", "seconds"), [(2, "cpu", 1), (3, "killed", 30)])
def test_what_was_at_work_when_its_child_was_killed_is_asked_twice_more(
    kills: int, reason: str, seconds: float
) -> None:
    with make(replace(LIMITS, reuse=1, pair_seconds=seconds)) as fork_server:
        fork_server.inspect(job("fine"))
        found: list[Answers] = []
        work = threading.Thread(
            target=lambda: found.append(fork_server.inspect(job("fine", "hang")))
        )
        work.start()
        for _ in range(kills):
            assert fork_server.pid is not None
            child = await_burning(fork_server.pid)
            os.kill(child, signal.SIGKILL)
            await_end(child)
        work.join(30)
        assert found[0][1, 2].reason == reason
        assert found[0][2, 2].state is State.OK


def test_a_stopped_fork_server_is_replaced() -> None:
    with make(replace(LIMITS, seconds=1)) as fork_server:
        fork_server.grace_seconds = 0.5
        fork_server.inspect(job("fine"))
        first = fork_server.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        assert fork_server.inspect(job("fine"))[0, 1].state is State.OK
        await_end(first)


def test_a_fork_server_that_cannot_start_is_a_fault_of_ours(
    capfd: pytest.CaptureFixture[str],
) -> None:
    fork_server = ForkServer(LIMITS, catalog="no_such_module:CATALOG", path=HERE)
    with pytest.raises(EngineFault) as fault:
        fork_server.inspect(job("fine"))
    assert fault.value.code == "engine-fault"
    assert "no_such_module" in capfd.readouterr().err
    assert fork_server.pid is None


def test_an_interrupted_asker_starts_anew() -> None:
    """If a time limit of the worker interrupts a job, late answers of the job are never read."""

    class Interrupted(Exception):
        pass

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        with make() as fork_server:
            fork_server.inspect(job("fine"))
            first = fork_server.pid
            assert first is not None
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(Interrupted):
                fork_server.inspect(job("sleep"))
            await_end(first)
            assert fork_server.inspect(job("fine"))[0, 1].state is State.OK
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_jobs_that_overlap_are_kept_apart(fork_server: ForkServer) -> None:
    """A second job may start before the first one is collected, and be collected before it."""
    first = fork_server.start(job("fine", "other"))
    second = fork_server.start(job("fine"))
    assert sorted(second.collect()) == sorted(job("fine").pairs)
    assert sorted(first.collect()) == sorted(job("fine", "other").pairs)
    assert first.collect() is first.collect()


def test_a_job_that_is_never_collected_harms_nobody(fork_server: ForkServer) -> None:
    fork_server.inspect(job("fine"))
    pid = fork_server.pid
    fork_server.start(job("fine", "other"))
    assert sorted(fork_server.inspect(job("fine"))) == sorted(job("fine").pairs)
    assert fork_server.pid == pid


@pytest.mark.parametrize("end", ["killed", "closed"])
def test_a_server_that_ends_between_start_and_collect_is_replaced(end: str) -> None:
    with make() as fork_server:
        running = fork_server.start(job("who"))
        first = fork_server.pid
        assert first is not None
        if end == "killed":
            os.kill(first, signal.SIGKILL)
            await_end(first)
        else:
            fork_server.close()
        assert sorted(running.collect()) == sorted(job("who").pairs)
        if end == "closed":
            assert fork_server.pid not in (first, None)


def test_jobs_of_many_threads_are_kept_apart(fork_server: ForkServer) -> None:
    asked = [job("fine", *["other"] * at) for at in range(6)]
    found: dict[int, Answers] = {}

    def work(at: int) -> None:
        found[at] = fork_server.start(asked[at]).collect()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {at: sorted(answers) for at, answers in found.items()} == {
        at: sorted(each.pairs) for at, each in enumerate(asked)
    }


def test_a_fork_of_the_worker_leaves_the_fork_server_alone(fork_server: ForkServer) -> None:
    fork_server.inspect(job("fine"))
    pid = fork_server.pid
    fork = os.fork()
    if fork == 0:
        fork_server.close()
        os._exit(0)
    os.waitpid(fork, 0)
    assert fork_server.inspect(job("fine"))[0, 1].state is State.OK
    assert fork_server.pid == pid


_WORKER = """
import sys
from grader.engine.measuring.job import CheckRequest, FileJob, Job, Limits
from grader.engine.forkserver import ForkServer
limits = Limits(pair_seconds=60)
fork_server = ForkServer(limits, catalog="fork_server_checks:CATALOG", path=sys.argv[1])
calm = FileJob("a.py", b"x = 1", (CheckRequest("fine", "{}"),))
fork_server.inspect(Job((calm,)))
print(fork_server.pid, flush=True)
if sys.argv[2] == "busy":
    hanging = FileJob("a.py", b"'trigger'", (CheckRequest("hang", "{}"),))
    fork_server.inspect(Job((hanging,)))
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_a_killed_worker_takes_fork_server_and_child_along(state: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, HERE, state],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        folder = os.readlink(f"/proc/{pid}/cwd")
        at_work = [await_burning(pid)] if state == "busy" else children(pid)
        worker.kill()
        for process in (pid, *at_work):
            await_end(process)
    assert not os.path.exists(folder)


def test_an_unharmed_answer_is_an_inspection(fork_server: ForkServer) -> None:
    assert all(isinstance(one, Inspection) for one in fork_server.inspect(job("fine")).values())
