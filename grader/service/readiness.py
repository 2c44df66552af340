"""Readiness: whether each part that the service needs works now, found out in bounded time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, Thread
from time import monotonic

from grader.domain.errors import GraderError
from grader.service.ports import Clock, Submissions, Workers
from grader.service.records.workers import ALIVE

#: Numbers that describe a part, by name, e.g. ``queued``.
Figures = Mapping[str, float]
#: Seconds in which every part must have answered, and for how long the answers are shown again.
#: Chosen by hand, so that `/readyz` answers within two seconds however many ask.
DEADLINE = 1.1
KEPT = 1.0


class NotReady(Exception):
    """A part does not work. ``detail`` says why, in a sentence for people without names of hosts.

    ``figures`` are what was measured of the part, by name.
    """

    def __init__(self, detail: str, figures: Figures | None = None) -> None:
        super().__init__(detail)
        self.detail, self.figures = detail, figures or {}


@dataclass(frozen=True)
class Part:
    """A part that the service needs, e.g. ``redis``; ``title`` is what it does, for people.

    ``check`` raises :class:`NotReady` if it does not work, and may return figures about it if it
    does. It is called in a thread of its own, and never twice at a time.
    """

    name: str
    title: str
    check: Callable[[], Figures | None]


@dataclass(frozen=True)
class PartState:
    """Whether the part ``name`` works; ``detail`` says why not, and is empty if it does.

    ``figures`` are what was measured of it, by name; there may be none.
    """

    name: str
    title: str
    is_ready: bool
    detail: str = ""
    figures: Figures = field(default_factory=dict)


@dataclass
class _Probe:
    """Runs the check of one part in a thread, and keeps its outcome."""

    part: Part
    _thread: Thread | None = None
    _began: float = 0.0
    _outcome: PartState | None = None

    def begin(self) -> None:
        """Start the check, unless an earlier one still runs."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._began, self._outcome = monotonic(), None
        thread = Thread(target=self._run, name=f"ready-{self.part.name}", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._outcome = self._failed("It cannot be checked: no thread can be started.")
            return
        self._thread = thread

    def state(self, deadline: float) -> PartState:
        """Return the outcome of the check, or of waiting for it until ``deadline``."""
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - monotonic()))
        outcome = self._outcome
        if outcome is None:
            return self._failed(f"It has not answered for {monotonic() - self._began:.0f} s.")
        return outcome

    def _run(self) -> None:
        part = self.part
        try:
            self._outcome = PartState(part.name, part.title, True, figures=part.check() or {})
        except NotReady as error:
            self._outcome = self._failed(error.detail, error.figures)
        except GraderError as error:
            self._outcome = self._failed(error.detail)
        except Exception as error:  # Whatever it is, the part cannot be relied on.
            self._outcome = self._failed(f"It cannot be checked ({type(error).__name__}).")

    def _failed(self, detail: str, figures: Figures | None = None) -> PartState:
        """Return the state of a part that does not work."""
        return PartState(self.part.name, self.part.title, False, detail, figures or {})


class Readiness:
    """Finds out which of ``parts`` work, all at the same time, in :data:`DEADLINE` seconds.

    A part that has not answered by then does not work; its check goes on in the background and is
    not started a second time. Threads that ask together share one answer.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._probes = [_Probe(part) for part in parts]
        self._lock = Lock()
        self._states: tuple[PartState, ...] = ()
        self._known_until = 0.0

    def states(self) -> tuple[PartState, ...]:
        """Return the state of each part, in their order, at most :data:`KEPT` seconds old."""
        with self._lock:
            if monotonic() >= self._known_until:
                self._states = self._find_out()
                self._known_until = monotonic() + KEPT
            return self._states

    def _find_out(self) -> tuple[PartState, ...]:
        deadline = monotonic() + DEADLINE
        for probe in self._probes:
            probe.begin()
        return tuple(probe.state(deadline) for probe in self._probes)


@dataclass(frozen=True)
class QueueMoves:
    """Checks that submissions are graded while some are queued."""

    submissions: Submissions
    clock: Clock
    limit: timedelta

    def check(self) -> Figures:
        """Raise NotReady if a submission has been queued for ``limit`` and nothing is graded.

        A grading that ended with a report within ``limit``, or has begun within it, counts. Return
        how many submissions are queued, are running and need attention, and how many seconds the
        oldest queued one has been queued.
        """
        now = self.clock.now()
        queue = self.submissions.queue()
        waited = queue.seconds_waited(now)
        figures = {
            "queued": queue.queued,
            "running": queue.running,
            "needs_attention": queue.needs_attention,
            "oldest_queued_seconds": round(waited, 3),
        }
        if waited >= self.limit.total_seconds() and not self._is_grading(now):
            raise NotReady(
                f"A submission has been queued for {waited:.0f} s, and nothing is graded: look at"
                " the workers and the scheduler.",
                figures,
            )
        return figures

    def _is_grading(self, now: datetime) -> bool:
        """Return whether a grading began or ended with a report within ``limit`` before ``now``."""
        recent = self.submissions.throughput(now)
        signs = [*recent.running, *(one.finished_at for one in recent.recent)]
        return any(now - sign < self.limit for sign in signs)


@dataclass(frozen=True)
class WorkersWell:
    """Checks that workers grade, or could: that one is alive, on a host that is well."""

    workers: Workers
    submissions: Submissions
    clock: Clock

    def check(self) -> Figures:
        """Raise NotReady if all workers pause, or if none is alive although submissions wait.

        A worker pauses while its host is in trouble. One that is just starting has not said that it
        is alive, so a submission must have been queued for :data:`ALIVE`. Return how many processes
        that grade are alive, and how many of them pause.
        """
        now = self.clock.now()
        alive = [one for one in self.workers.all() if one.is_alive(now)]
        figures = {"alive": len(alive), "paused": sum(bool(one.trouble) for one in alive)}
        if alive and figures["paused"] == len(alive):
            raise NotReady(
                "Grading pauses until the host is well: the logs of the workers say what it lacks.",
                figures,
            )
        waited = 0.0 if alive else self.submissions.queue().seconds_waited(now)
        if waited >= ALIVE.total_seconds():
            raise NotReady("Submissions are queued, and no worker is alive.", figures)
        return figures
