"""Run one job: send it to one child after another until every pair has an answer.

The answers that a child wrote before it died are kept. The pair at which it died fails (if the
child was killed from outside, only at the third time), and a new child runs the rest, until too
many children have died or the time of the job is over. Time is CPU time of the children; wall time
is a backstop several times as long, so that a job does not fail because the host is busy.
"""

from __future__ import annotations

import math
import os
import select
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from grader.engine.forkserver.child import ANSWERED, DONE, MESSAGE, REFUSED, STARTED
from grader.engine.forkserver.child_slot import Child, ChildSlot
from grader.engine.forkserver.framing import PeerFailed
from grader.engine.forkserver.time_limit import TimeLimit, cpu_seconds
from grader.engine.measuring.job import GATE, Job, Limits, Pair, failed

#: How many children must be killed from outside (by a person, or by the kernel for want of memory)
#: while they run a pair before the pair fails, in a tolerant job. Chosen by hand.
KILLS = 3


class ClientGone(Exception):
    """The client has closed its pipe: nobody waits for the answers."""


class _End(Enum):
    """An end of a child's work that is its own: it is done, or has ended before it was.

    Other ends are strings, reasons of failed inspections, for which the child is killed here.
    """

    DONE = "done"
    GONE = "gone"


@dataclass
class _Progress:
    """The state of the child that runs the job.

    ``output`` is not parsed yet; ``current`` is the pair that runs, and ``began`` says whether any
    pair did. ``job_limit`` is how far this child may go with the job, ``limit`` with the pair and
    the job.
    """

    child: Child
    job_limit: TimeLimit
    limit: TimeLimit
    output: bytearray = field(default_factory=bytearray)
    current: Pair | None = None
    began: bool = False


class JobRun:
    """Runs one job: sends it to one child of ``slot`` after another until each pair has an answer.

    A pair is one step (the gate or a check) on one file. Call :meth:`run`. The time that ``limits``
    allow the job begins with creation; pairs without an answer when it is used up fail, and so do
    those left after too many children have died. ``header`` and ``body`` are the encoded ``job``;
    ``client`` is the descriptor of the pipe from the client, who closes the other end to give up.
    """

    def __init__(
        self, header: bytes, body: bytes, job: Job, slot: ChildSlot, limits: Limits, client: int
    ) -> None:
        self._header, self._body = header, body
        self._slot, self._limits, self._client = slot, limits, client
        #: A dictionary as an ordered set.
        self._open = dict.fromkeys(job.pairs)
        self._answers: dict[Pair, bytes] = {}
        self._output = 0
        #: How many children must be killed from outside while they run a pair before it fails.
        self._most_kills = KILLS if job.tolerant else 1
        self._kills: Counter[Pair | None] = Counter()
        self._reusable = False
        #: CPU seconds that further children may use, and the instant at which the job must be over.
        self._cpu_left = limits.seconds
        self._deadline = time.monotonic() + limits.wall_seconds
        #: The reason of the pairs that are left at the end.
        self._rest = "gave_up"

    def run(self) -> Mapping[Pair, bytes]:
        """Run the job and return its answers by pair, each an inspection as JSON; call it once.

        A pair that no child could answer has a failed inspection. No answer have the checks of a
        file that its gate did not pass, and pairs that a child left out when it claimed to be done.
        A child that finished stays in the slot; the caller releases or kills it.

        Raises:
            ClientGone: The client has closed its pipe; the child is still in the slot.
        """
        deaths = 0
        while self._open and deaths < self._limits.deaths and self._has_time():
            deaths += self._run_in_child()
        for pair in [*self._open]:
            self._fail(pair, self._rest)
        return self._answers

    @property
    def reusable(self) -> bool:
        """Whether the child that finished the job reported that it can run another.

        False before that, and if no child finished it.
        """
        return self._reusable

    def _run_in_child(self) -> bool:
        """Have a child run the open pairs; return whether its end counts as a death.

        It does not if the child finished, or if a new child is to run the same pair again.
        Otherwise the pair that it was running has failed.
        """
        progress = self._begin(self._slot.child())
        pid, before = progress.child.pid, cpu_seconds(progress.child.pid)
        try:
            progress.child.send_job(self._header, self._body, self._open, progress.limit.wall)
            end = self._read_messages(progress)
        except PeerFailed:
            end = _End.GONE
        if end is _End.DONE:
            self._open.clear()
            return False
        self._cpu_left -= cpu_seconds(pid) - before
        status = self._slot.kill()
        if self._has_time() and self._runs_again(progress, end, status):
            return False
        self._rest = "gave_up" if progress.began else "no_child"
        if progress.current is not None:
            self._fail(progress.current, _failure_reason(end, status))
        return True

    def _begin(self, child: Child) -> _Progress:
        """Return the state of ``child`` before it gets the job, with the time that it has left."""
        job_limit = TimeLimit.of(child.pid, self._cpu_left, self._deadline - time.monotonic())
        return _Progress(child, job_limit, self._pair_limit(child).within(job_limit))

    def _pair_limit(self, child: Child) -> TimeLimit:
        """Return how far ``child`` may go with a pair that begins now."""
        limits = self._limits
        return TimeLimit.of(child.pid, limits.pair_seconds, limits.pair_wall_seconds)

    def _has_time(self) -> bool:
        """Return whether the job may use more time, of both kinds."""
        return self._cpu_left > 0 and time.monotonic() < self._deadline

    def _runs_again(self, progress: _Progress, end: _End | str, status: int) -> bool:
        """Return whether a new child runs the pair at which the child died, with wait ``status``.

        It does if the child had run another job before, or was killed from outside, unless that
        happened too often at this pair: :data:`KILLS` times, or once if the job is not tolerant.
        """
        if not progress.child.fresh:
            return True
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if end is not _End.GONE or not killed:
            return False
        self._kills[progress.current] += 1
        return self._kills[progress.current] < self._most_kills

    def _read_messages(self, progress: _Progress) -> _End | str:
        """Read the child's messages until it is done, has ended or has to be killed.

        The reason to kill it is ``cpu``, ``timeout``, ``output`` or ``crash``.

        Raises:
            ClientGone: The client has closed its pipe.
        """
        poll, pid = select.poll(), progress.child.pid
        poll.register(progress.child.results, select.POLLIN)
        poll.register(self._client, 0)
        while True:
            ready = poll.poll(math.ceil(progress.limit.wait_seconds(pid) * 1000))
            if any(fd == self._client for fd, _ in ready):
                raise ClientGone
            if not ready:
                if over := progress.limit.exceeded(pid):
                    return over
                continue
            output = os.read(progress.child.results, 1 << 16)
            end = self._parse(progress, output) if output else _End.GONE
            if end is not None:
                return end

    def _parse(self, progress: _Progress, output: bytes) -> _End | str | None:
        """Handle every complete message so far, after adding ``output`` of the child.

        Return how the child ended, as :meth:`_read_messages`, or ``None`` while it goes on.
        """
        progress.output += output
        position, end = 0, None
        while end is None and len(progress.output) - position >= MESSAGE.size:
            kind, file, step, size = MESSAGE.unpack_from(progress.output, position)
            if size > self._limits.pair_output or self._output + size > self._limits.output:
                return "output"
            if len(progress.output) - position < MESSAGE.size + size:
                break
            position += MESSAGE.size + size
            payload = bytes(progress.output[position - size : position])
            end = self._handle(progress, kind, (file, step), payload)
        del progress.output[:position]
        return end

    def _handle(
        self, progress: _Progress, kind: bytes, pair: Pair, payload: bytes
    ) -> _End | str | None:
        """Handle one message; return how the child ended, or ``None`` while it goes on.

        A message that is out of order counts as a crash: a check may have forged it.
        """
        if kind == DONE and progress.current is None:
            self._reusable = pair[0] == 1
            return _End.DONE
        if kind == STARTED and progress.current is None and pair in self._open:
            progress.current, progress.began = pair, True
            progress.limit = self._pair_limit(progress.child).within(progress.job_limit)
            return None
        if kind in (ANSWERED, REFUSED) and pair == progress.current:
            progress.current = None
            self._answer(pair, payload, refused=kind == REFUSED)
            return None
        return "crash"

    def _answer(self, pair: Pair, payload: bytes, *, refused: bool) -> None:
        """Record the answer of ``pair``. After a refusal skip the file's checks."""
        self._answers[pair] = payload
        self._output += len(payload)
        del self._open[pair]
        if refused:
            for skipped in [other for other in self._open if other[0] == pair[0]]:
                del self._open[skipped]

    def _fail(self, pair: Pair, reason: str) -> None:
        """Record a failed inspection for ``pair``, unless it is answered or skipped."""
        if pair in self._open:
            payload = failed(reason).model_dump_json().encode("ascii")
            self._answer(pair, payload, refused=pair[1] == GATE)


def _failure_reason(end: _End | str, status: int) -> str:
    """Return the reason for the pair at which a child ended, with wait ``status``.

    A child that exceeds its limit of CPU time while nobody looks is killed by the kernel with
    SIGXCPU: ``cpu``. One that was killed from outside, e.g. for want of memory: ``killed``.
    """
    if not isinstance(end, _End):
        return end
    by_signal: dict[int, str] = {signal.SIGXCPU: "cpu", signal.SIGKILL: "killed"}
    return by_signal.get(os.WTERMSIG(status), "crash") if os.WIFSIGNALED(status) else "crash"
