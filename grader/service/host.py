"""Tell trouble of the host from trouble of a submission, and pause while the host is in trouble.

A host is in trouble if it has no memory, descriptors, disk or processes left, if somebody kills our
processes, or if the database cannot be written. After every fault a file of our own is measured and
the worker's record is stored: if that fails too, the submission is not to blame.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from errno import EAGAIN, EDQUOT, EMFILE, ENFILE, ENOMEM, ENOSPC
from random import uniform
from time import monotonic

import structlog

from grader.domain.errors import GraderError, StoreUnavailable
from grader.service.ports import Clock, Measure, Store
from grader.service.records import WorkerRecord

log = structlog.get_logger(__name__)

#: What a host can run out of: memory, processes, descriptors, disk. An ``OSError`` of another kind
#: (e.g. EPERM) may be a mistake of ours.
_WANTS = frozenset({ENOMEM, EAGAIN, EMFILE, ENFILE, ENOSPC, EDQUOT})
#: How often a process spares a submission that fails for want of something while the host is well
#: right afterwards. Chosen by hand: a shortage that comes and goes costs nobody a try, and one that
#: the submission itself causes every time ends in its third try all the same.
_SPARED = 3
#: Seconds of the first pause; each further one is twice as long.
_FIRST_PAUSE = 1.0


@dataclass(frozen=True)
class Trouble:
    """What keeps the host from grading, in a sentence for operators, and since when."""

    what: str
    since: datetime


class Host:
    """The host of one process that grades, as far as that process knows.

    ``name`` is the id of its record. ``engine`` measures a file of our own. Pauses double from a
    second to ``longest_pause`` seconds, less up to a half by chance, so that many workers do not
    all come back at once. Threads may share it.
    """

    def __init__(
        self, name: str, store: Store, engine: Measure, clock: Clock, longest_pause: float
    ) -> None:
        self._name, self._store, self._engine, self._clock = name, store, engine, clock
        self._longest_pause = longest_pause
        self._trouble: Trouble | None = None
        self._pause = 0.0
        self._resume_at = 0.0
        #: How often each submission was spared, of the newest few.
        self._spared: Counter[str] = Counter()
        self._lock = threading.Lock()

    def is_well(self) -> bool:
        """Return whether to go on grading; during trouble look again when its pause is over."""
        if self._trouble is None:
            return True
        if monotonic() < self._resume_at:
            return False
        return self._examine()

    def is_to_blame(self, fault: Exception | None, submission: str) -> bool:
        """Return whether the host, not ``submission``, is to blame for a failed try.

        ``fault`` is what was raised; ``None`` if inspections failed in a way that may come from the
        host. If the host is in trouble, this logs it once and begins a pause.
        """
        if isinstance(fault, StoreUnavailable):
            self.suffer(fault)
            return True
        return not self._examine() or (_is_want(fault) and self._spares(submission))

    def suffer(self, fault: Exception) -> None:
        """Note that ``fault`` is one of the host, e.g. of the database, and begin a pause."""
        self._begin(_told(fault))

    def beat(self) -> None:
        """Store that this process is alive, and the trouble of its host.

        Raises:
            StoreUnavailable: it cannot be stored.
        """
        trouble = self._trouble
        self._store.workers.beat(
            WorkerRecord(
                self._name,
                self._clock.now(),
                trouble.what if trouble else "",
                trouble.since if trouble else None,
            )
        )

    def leave(self) -> None:
        """Delete the record of this process, which ends; without the database it stays."""
        _told_of(lambda: self._store.workers.leave(self._name))

    def _examine(self) -> bool:
        """Measure a file of our own and store the record; return whether the host is well."""
        what = _told_of(self._engine.examine) or _told_of(self.beat)
        if what:
            self._begin(what)
        else:
            self._end()
        return not what

    def _begin(self, what: str) -> None:
        """Note the trouble ``what`` and pause, longer than last time if it goes on."""
        with self._lock:
            known = self._trouble
            self._trouble = Trouble(what, known.since if known else self._clock.now())
            self._pause = min(self._pause * 2 or _FIRST_PAUSE, self._longest_pause)
            pause = uniform(self._pause / 2, self._pause)
            self._resume_at = monotonic() + pause
        if known is None:
            log.error("host_in_trouble", what=what, again_in=round(pause, 1))
        if known is None or known.what != what:
            _told_of(self.beat)

    def _end(self) -> None:
        """Note that the host is well; log it if it was in trouble."""
        with self._lock:
            known, self._trouble, self._pause = self._trouble, None, 0.0
        if known is not None:
            seconds = round((self._clock.now() - known.since).total_seconds(), 1)
            log.warning("host_well_again", what=known.what, seconds=seconds)
            _told_of(self.beat)

    def _spares(self, submission: str) -> bool:
        """Return whether ``submission`` is spared once more, and count it."""
        if len(self._spared) > 1_000:
            self._spared.clear()
        self._spared[submission] += 1
        return self._spared[submission] <= _SPARED


def _is_want(fault: Exception | None) -> bool:
    """Return whether ``fault`` says that the host has run out of something."""
    if isinstance(fault, MemoryError):
        return True
    return isinstance(fault, OSError) and fault.errno in _WANTS


def _told_of(act: Callable[[], object]) -> str:
    """Call ``act``; return what it raised, in a sentence, or empty."""
    try:
        act()
    except Exception as fault:  # whatever fails here, it is no submission's fault
        return _told(fault)
    return ""


def _told(fault: Exception) -> str:
    """Return what ``fault`` says, in a sentence."""
    return fault.detail if isinstance(fault, GraderError) else f"{type(fault).__name__}: {fault}"
