"""One job in the fork server: a child after another until every pair has an answer.

What a child told before it died is kept. The pair at which it died is ours to answer for (at the
third time, where it was killed from outside), and the rest goes on in a new child, until too many
have died or the submission's time is over.
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

from grader.engine.forkserver.child import ANSWERED, DONE, FRAME, REFUSED, STARTED
from grader.engine.forkserver.child_slot import Child, ChildSlot
from grader.engine.forkserver.framing import PeerFailed
from grader.engine.measuring.job import GATE, Job, Limits, Pair, failed

#: So many children have to be killed from outside at one pair before it counts as guilty.
KILLS = 3


class ClientGone(Exception):
    """Whoever asked is gone: nobody waits for the answers."""


class _End(Enum):
    """How a child ended, beside the reasons of a failed inspection."""

    DONE = "done"


@dataclass
class _Watch:
    """What is known of the child at work."""

    child: Child
    pair_deadline: float
    heard: bytearray = field(default_factory=bytearray)
    current: Pair | None = None


class JobRun:
    """Answers one job, for an client at the other end of the pipe ``client``."""

    def __init__(
        self, header: bytes, body: bytes, job: Job, slot: ChildSlot, limits: Limits, client: int
    ) -> None:
        self._header, self._body = header, body
        self._slot, self._limits, self._client = slot, limits, client
        self._left = dict.fromkeys(job.pairs)
        self._answers: dict[Pair, bytes] = {}
        self._output = 0
        self._kills: Counter[Pair | None] = Counter()
        self._reusable = False
        self._deadline = time.monotonic() + limits.seconds

    def answers(self) -> Mapping[Pair, bytes]:
        """Every answer, each an inspection as JSON.

        A child that has come to its end is still there afterwards: its slot decides.

        Raises:
            ClientGone: the client has closed its pipe.
        """
        deaths = 0
        while self._left and deaths < self._limits.deaths and time.monotonic() < self._deadline:
            deaths += self._child_dies()
        for pair in [*self._left]:
            self._fail(pair, "gave_up")
        return self._answers

    @property
    def reusable(self) -> bool:
        """Whether the child that is left says that nothing broke."""
        return self._reusable

    def _child_dies(self) -> bool:
        """Send a child through what is left; true where it died of that."""
        watch = _Watch(self._slot.child(), time.monotonic() + self._limits.pair_seconds)
        try:
            watch.child.give(self._header, self._body, self._left, watch.pair_deadline)
            end = self._listen(watch)
        except PeerFailed:
            end = "crash"
        if end is _End.DONE:
            self._left.clear()
            return False
        status = self._slot.kill()
        if time.monotonic() < self._deadline and self._is_excused(watch, end, status):
            return False
        if watch.current is not None:
            self._fail(watch.current, _reason(end, status))
        return True

    def _is_excused(self, watch: _Watch, end: _End | str, status: int) -> bool:
        """Whether what the child died of is asked again, of a new one.

        So it is where the child had served others before, and where somebody else killed it (a
        person, or the kernel for want of memory), unless that happens at this pair again and again.
        """
        if not watch.child.fresh:
            return True
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if end != "crash" or not killed:
            return False
        self._kills[watch.current] += 1
        return self._kills[watch.current] < KILLS

    def _listen(self, watch: _Watch) -> _End | str:
        """Take down what the child tells; how it ended, or why it must."""
        poll = select.poll()
        poll.register(watch.child.results, select.POLLIN)
        poll.register(self._client, 0)
        while True:
            until = min(watch.pair_deadline, self._deadline)
            left = until - time.monotonic()
            ready = poll.poll(max(0, math.ceil(left * 1000)))
            if any(fd == self._client for fd, _ in ready):
                raise ClientGone
            if not ready:
                if left <= 0:
                    return "timeout"
                continue
            heard = os.read(watch.child.results, 1 << 16)
            end = self._hear(watch, heard) if heard else "crash"
            if end is not None:
                return end

    def _hear(self, watch: _Watch, heard: bytes) -> _End | str | None:
        watch.heard += heard
        at, end = 0, None
        while end is None and len(watch.heard) - at >= FRAME.size:
            kind, file, question, size = FRAME.unpack_from(watch.heard, at)
            if size > self._limits.pair_output or self._output + size > self._limits.output:
                return "output"
            if len(watch.heard) - at < FRAME.size + size:
                break
            at += FRAME.size + size
            payload = bytes(watch.heard[at - size : at])
            end = self._take(watch, kind, (file, question), payload)
        del watch.heard[:at]
        return end

    def _take(self, watch: _Watch, kind: bytes, pair: Pair, payload: bytes) -> _End | str | None:
        """One frame. A child that says what it cannot know is not trusted any further."""
        if kind == DONE and watch.current is None:
            self._reusable = pair[0] == 1
            return _End.DONE
        if kind == STARTED and watch.current is None and pair in self._left:
            watch.current = pair
            watch.pair_deadline = time.monotonic() + self._limits.pair_seconds
            return None
        if kind in (ANSWERED, REFUSED) and pair == watch.current:
            watch.current = None
            self._answer(pair, payload, refused=kind == REFUSED)
            return None
        return "crash"

    def _answer(self, pair: Pair, payload: bytes, *, refused: bool) -> None:
        self._answers[pair] = payload
        self._output += len(payload)
        del self._left[pair]
        if refused:
            self._leave_out(pair[0])

    def _fail(self, pair: Pair, reason: str) -> None:
        if pair in self._left:
            payload = failed(reason).model_dump_json().encode("ascii")
            self._answer(pair, payload, refused=pair[1] == GATE)

    def _leave_out(self, file: int) -> None:
        """Nothing more is asked of a file that did not pass the gate."""
        for pair in [pair for pair in self._left if pair[0] == file]:
            del self._left[pair]


def _reason(end: _End | str, status: int) -> str:
    """Why the child ended where it did; ``cpu`` where the kernel's limit on its time was hit."""
    if end == "crash" and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return "cpu"
    return str(end)
