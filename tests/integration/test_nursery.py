"""The nursery with real processes: what breaks is named, what did not is kept, nothing stays."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.domain.errors import EngineFault
from grader.domain.inspection import Inspection, State
from grader.engine.forkserver import Nursery
from grader.engine.measuring.job import Answers, Ask, FileJob, Job, Limits

HERE = str(Path(__file__).parent)
CHECKS = "nursery_checks:CATALOG"
LIMITS = Limits(pair_seconds=3, seconds=60, memory=256 << 20)
CALM = b"x = 1\ny = 2\n"
TRIGGER = b"x = 'trigger'\n"


def make(limits: Limits = LIMITS) -> Nursery:
    return Nursery(limits, catalog=CHECKS, path=HERE)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with make() as nursery:
        yield nursery


def job(*checks: str, data: bytes = TRIGGER) -> Job:
    """A calm file, one with ``data``, another calm one; each asked all of ``checks``."""
    asks = tuple(Ask(check, "{}") for check in checks)
    contents = {"a.py": CALM, "b.py": data, "c.py": CALM}
    return Job(tuple(FileJob(name, text, asks) for name, text in contents.items()), "3.11")


def lines(answers: Answers, file: int, question: int) -> int:
    return answers[file, question].facts.counts["lines"]


def await_end(pid: int) -> None:
    """Wait until a process that need not be our child is gone; fail after 20 seconds."""
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


def await_burning(nursery_pid: int) -> int:
    """The process id of a child that is at work (on ``hang``), once it has burnt some time.

    A child that only waits for its next task uses none.
    """
    for _ in range(4_000):
        for child in children(nursery_pid):
            with contextlib.suppress(OSError):
                told = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                # One that was killed a moment ago may still be listed, as a zombie.
                if told[0] != "Z" and int(told[11]) >= 20:
                    return child
        threading.Event().wait(0.005)
    raise AssertionError("no child came to work")


GUILTY = {
    "hang": "timeout",
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
    nursery: Nursery, check: str, reason: str
) -> None:
    asked = job("fine", check, "other")
    answers = dict(nursery.inspect(asked))
    guilty = answers.pop((1, 2))
    assert (guilty.state, guilty.reason) == (State.FAILED, reason)
    assert {pair: one.state for pair, one in answers.items()} == {
        pair: State.OK for pair in asked.pairs if pair != (1, 2)
    }
    assert lines(answers, 1, 1) == lines(answers, 1, 3) == 1
    assert lines(answers, 2, 3) == 2


def test_half_a_character_in_a_message_is_told_as_its_sign(nursery: Nursery) -> None:
    answers = nursery.inspect(job("surrogate"))
    assert [one.message for one in answers[1, 1].findings] == ["\\ud800"]


def test_two_guilty_pairs_are_both_named_and_the_rest_goes_on(nursery: Nursery) -> None:
    asked = job("fine", "segfault", "other", "allocate", "leave")
    answers = nursery.inspect(asked)
    broken = {pair: one.reason for pair, one in answers.items() if one.state is State.FAILED}
    assert broken == {(1, 2): "crash", (1, 4): "memory", (1, 5): "crash"}
    assert sorted(answers) == sorted(asked.pairs)
    assert lines(answers, 1, 1) == lines(answers, 1, 3) == 1
    assert lines(answers, 0, 5) == lines(answers, 2, 5) == 2


def test_the_next_submission_is_unharmed(nursery: Nursery) -> None:
    asked = job("fine", "leave", "hang", data=CALM)
    before = nursery.inspect(asked)
    pid = nursery.pid
    nursery.inspect(job("segfault"))
    assert nursery.inspect(asked) == before
    assert nursery.pid == pid


def test_an_answer_that_is_no_inspection_is_a_crash(nursery: Nursery) -> None:
    answers = nursery.inspect(job("fine", "mumble", "other"))
    assert answers[1, 2].reason == "crash"
    assert lines(answers, 1, 3) == 1


def test_a_file_that_breaks_at_the_gate_is_not_asked_further(nursery: Nursery) -> None:
    answers = nursery.inspect(job("fine", "other", data=b"def f(:\n"))
    assert answers[1, 0].state is State.UNREADABLE
    assert sorted(answers) == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (2, 2)]


def test_a_known_gate_is_not_answered_again(nursery: Nursery) -> None:
    asked = job("fine")
    asked = replace(asked, files=tuple(replace(file, gate=False) for file in asked.files))
    assert sorted(nursery.inspect(asked)) == [(0, 1), (1, 1), (2, 1)]


def test_too_many_deaths_give_the_rest_up(nursery: Nursery) -> None:
    asks = tuple(Ask("leave", "{}") for _ in range(7))
    files = (FileJob("a.py", CALM, asks), FileJob("b.py", TRIGGER, asks))
    answers = nursery.inspect(Job(files, "3.11"))
    reasons = [answers[1, question].reason for question in range(1, 8)]
    assert reasons == ["crash"] * 5 + ["gave_up"] * 2
    assert all(answers[0, question].state is State.OK for question in range(8))


def test_a_submission_ends_with_its_time() -> None:
    with make(replace(LIMITS, seconds=2)) as nursery:
        answers = nursery.inspect(job("fine", "sleep", "other"))
    assert answers[0, 3].state is State.OK
    assert answers[1, 2].reason == "timeout"
    assert answers[1, 3].reason == answers[2, 0].reason == "gave_up"


def test_the_kernel_ends_a_child_that_burns_time_while_nobody_watches() -> None:
    found: list[Answers] = []
    with make(replace(LIMITS, seconds=3)) as nursery:
        nursery.inspect(job("fine"))
        work = threading.Thread(target=lambda: found.append(nursery.inspect(job("hang"))))
        work.start()
        pid = nursery.pid
        assert pid is not None
        child = await_burning(pid)
        os.kill(pid, signal.SIGSTOP)
        await_end(child)
        os.kill(pid, signal.SIGCONT)
        work.join(30)
        assert nursery.pid == pid
    assert found[0][1, 1].reason == "cpu"


def who(answers: Answers, question: int = 1) -> str:
    """The process id that a child told of itself."""
    assert answers[1, question].state is State.OK
    return answers[1, question].findings[0].message


def test_a_child_serves_several_submissions_while_nothing_breaks(nursery: Nursery) -> None:
    first = who(nursery.inspect(job("who")))
    assert who(nursery.inspect(job("who"))) == first
    nursery.inspect(job("raise"))
    second = who(nursery.inspect(job("who")))
    assert second != first
    nursery.inspect(job("leave"))
    assert who(nursery.inspect(job("who"))) not in (first, second)


def test_a_child_serves_no_more_than_it_may() -> None:
    with make(replace(LIMITS, reuse=2)) as nursery:
        served = [who(nursery.inspect(job("who"))) for _ in range(5)]
    assert served[0] == served[1] != served[2] == served[3] != served[4]
    with make(replace(LIMITS, reuse=1)) as nursery:
        assert len({who(nursery.inspect(job("who"))) for _ in range(3)}) == 3


def test_a_child_that_holds_on_to_memory_is_replaced(nursery: Nursery) -> None:
    first = who(nursery.inspect(job("hoard")))
    assert who(nursery.inspect(job("who"))) != first


@pytest.mark.parametrize("check", ["grudge", "sulk"])
def test_no_submission_fails_of_the_one_before_it(nursery: Nursery, check: str) -> None:
    """What breaks in a child that has served others is asked again of a new one."""
    first = who(nursery.inspect(job(check)))
    second = nursery.inspect(job("fine", check, "other"))
    assert who(second, 2) != first
    assert all(one.state is State.OK for one in second.values())


def test_findings_are_capped_and_facts_are_exact(nursery: Nursery) -> None:
    many = nursery.inspect(job("many"))[1, 1]
    assert len(many.findings) == 1_000
    assert many.facts.counts == {"x": 3_000}


def test_close_is_idempotent_and_leaves_nothing() -> None:
    nursery = make()
    nursery.close()
    nursery.inspect(job("fine"))
    pid = nursery.pid
    assert pid is not None
    folder = os.readlink(f"/proc/{pid}/cwd")
    nursery.close()
    nursery.close()
    assert nursery.pid is None
    assert not os.path.exists(f"/proc/{pid}")
    assert not os.path.exists(folder)
    assert nursery.inspect(job("fine"))[0, 1].state is State.OK
    nursery.close()


def test_it_starts_when_it_is_told_and_serves_what_comes() -> None:
    with make() as nursery:
        nursery.start()
        started = nursery.pid
        nursery.start()
        assert lines(nursery.inspect(job("fine")), 0, 1) == 2
        assert started is not None
        assert nursery.pid == started


def test_one_that_is_closed_while_it_starts_is_gone() -> None:
    nursery = make()
    nursery.start()
    started = nursery.pid
    assert started is not None
    nursery.close()
    await_end(started)
    assert nursery.pid is None


def test_a_killed_nursery_is_replaced_between_jobs(nursery: Nursery) -> None:
    nursery.inspect(job("fine"))
    first = nursery.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert lines(nursery.inspect(job("fine")), 0, 1) == 2
    assert nursery.pid != first
    assert not os.path.exists(f"/proc/{first}")


def test_a_nursery_killed_at_work_takes_its_child_along_and_the_job_is_done_again() -> None:
    found: list[Answers] = []
    with make() as nursery:
        nursery.inspect(job("fine"))
        work = threading.Thread(target=lambda: found.append(nursery.inspect(job("hang"))))
        first = nursery.pid
        assert first is not None
        work.start()
        child = await_burning(first)
        os.kill(first, signal.SIGKILL)
        await_end(child)
        work.join(30)
        assert found[0][1, 1].reason == "timeout"
        assert found[0][2, 1].state is State.OK
        assert nursery.pid != first


@pytest.mark.parametrize(("kills", "reason", "seconds"), [(2, "timeout", 3), (3, "crash", 30)])
def test_what_was_at_work_when_its_child_was_killed_is_asked_twice_more(
    kills: int, reason: str, seconds: float
) -> None:
    with make(replace(LIMITS, reuse=1, pair_seconds=seconds)) as nursery:
        nursery.inspect(job("fine"))
        found: list[Answers] = []
        work = threading.Thread(target=lambda: found.append(nursery.inspect(job("fine", "hang"))))
        work.start()
        for _ in range(kills):
            assert nursery.pid is not None
            child = await_burning(nursery.pid)
            os.kill(child, signal.SIGKILL)
            await_end(child)
        work.join(30)
        assert found[0][1, 2].reason == reason
        assert found[0][2, 2].state is State.OK


def test_a_stopped_nursery_is_replaced() -> None:
    with make(replace(LIMITS, seconds=1)) as nursery:
        nursery.grace_seconds = 0.5
        nursery.inspect(job("fine"))
        first = nursery.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        assert nursery.inspect(job("fine"))[0, 1].state is State.OK
        await_end(first)


def test_a_nursery_that_cannot_start_is_a_fault_of_ours(capfd: pytest.CaptureFixture[str]) -> None:
    nursery = Nursery(LIMITS, catalog="no_such_module:CATALOG", path=HERE)
    with pytest.raises(EngineFault) as fault:
        nursery.inspect(job("fine"))
    assert fault.value.code == "engine-fault"
    assert "no_such_module" in capfd.readouterr().err
    assert nursery.pid is None


def test_an_interrupted_asker_starts_anew() -> None:
    """A time limit of the worker's may interrupt a job: its late answers are never read."""

    class Interrupted(Exception):
        pass

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        with make() as nursery:
            nursery.inspect(job("fine"))
            first = nursery.pid
            assert first is not None
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(Interrupted):
                nursery.inspect(job("sleep"))
            await_end(first)
            assert nursery.inspect(job("fine"))[0, 1].state is State.OK
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_a_fork_of_the_worker_leaves_the_nursery_alone(nursery: Nursery) -> None:
    nursery.inspect(job("fine"))
    pid = nursery.pid
    fork = os.fork()
    if fork == 0:
        nursery.close()
        os._exit(0)
    os.waitpid(fork, 0)
    assert nursery.inspect(job("fine"))[0, 1].state is State.OK
    assert nursery.pid == pid


_WORKER = """
import sys
from grader.engine.measuring.job import Ask, FileJob, Job, Limits
from grader.engine.forkserver import Nursery
nursery = Nursery(Limits(pair_seconds=60), catalog="nursery_checks:CATALOG", path=sys.argv[1])
calm = FileJob("a.py", b"x = 1", (Ask("fine", "{}"),))
nursery.inspect(Job((calm,), "3.11"))
print(nursery.pid, flush=True)
if sys.argv[2] == "busy":
    nursery.inspect(Job((FileJob("a.py", b"'trigger'", (Ask("hang", "{}"),)),), "3.11"))
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_a_killed_worker_takes_nursery_and_child_along(state: str) -> None:
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


def test_an_unharmed_answer_is_an_inspection(nursery: Nursery) -> None:
    assert all(isinstance(one, Inspection) for one in nursery.inspect(job("fine")).values())
