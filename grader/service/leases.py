"""The claims that one process holds: renew them while it works, and give them back in need."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from grader.domain.errors import StoreUnavailable
from grader.service.ports import Clock, Notifier, Store
from grader.service.records import Claim

log = structlog.get_logger(__name__)


@dataclass
class _Held:
    """A claim that is held, and since when; ``lost`` says that it is void."""

    claim: Claim
    since: datetime
    lost: bool = False


class Leases:
    """Keeps the claims of one process valid while it works on them. Threads may share it.

    A thread of the worker calls :meth:`renew` regularly, several times in a ``lease``. A claim is
    renewed for ``longest`` at most: a process that hangs loses it. A claim that cannot be given
    back because the database is away is given back by a later :meth:`renew`.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notifier: Notifier,
        *,
        lease: timedelta,
        longest: timedelta,
    ) -> None:
        self._store, self._clock, self._notifier = store, clock, notifier
        #: How long a claim is valid without being renewed.
        self.lease = lease
        self._longest = longest
        self._held: dict[int, _Held] = {}
        self._owed: list[Claim] = []
        self._lock = threading.Lock()

    def hold(self, claim: Claim) -> None:
        """Renew ``claim``, which is new, until :meth:`let_go`."""
        with self._lock:
            self._held[id(claim)] = _Held(claim, self._clock.now())

    def let_go(self, claim: Claim) -> None:
        """Renew ``claim`` no longer; a claim that is not held is no error."""
        with self._lock:
            self._held.pop(id(claim), None)

    def let_all_go(self) -> None:
        """Renew no claim any longer that is held now: the work is over, if only by an error."""
        with self._lock:
            self._held.clear()

    def is_lost(self, claim: Claim) -> bool:
        """Return whether ``claim`` is known to be void, so that its work is in vain."""
        with self._lock:
            held = self._held.get(id(claim))
        return held is not None and held.lost

    @property
    def busy(self) -> bool:
        """Whether a valid claim is held, i.e. the process works."""
        with self._lock:
            return any(not one.lost for one in self._held.values())

    def renew(self) -> None:
        """Renew every held claim, and give back those that are still to be given back.

        A claim that turns out to be lost is marked so, and logged.

        Raises:
            StoreUnavailable: the database is away; some claims may be renewed.
        """
        now = self._clock.now()
        for held in self._valid():
            if now - held.since > self._longest:
                continue
            if not self._store.submissions.renew(held.claim, now + self.lease):
                self._mark_lost(held)
        while owed := self._next_owed():
            self._return(owed, now)
            self._owed.remove(owed)

    def give_back(self, claim: Claim, due_at: datetime) -> None:
        """Give ``claim`` back without its try, from ``due_at`` on; let go of it.

        While the database is away, this is left to :meth:`renew`, and the lease may end before.
        """
        self.let_go(claim)
        try:
            self._return(claim, due_at)
        except StoreUnavailable:
            with self._lock:
                self._owed.append(claim)

    def give_all_back(self) -> None:
        """Give every held claim back without its try, because this process is to end.

        The claims are lost then, and the other workers are notified. While the database is away,
        they stay held, until their leases end.
        """
        for held in self._valid():
            try:
                self._return(held.claim, self._clock.now())
            except StoreUnavailable:
                continue
            self._mark_lost(held)
            self._notifier.notify(held.claim.submission.lane)

    def _return(self, claim: Claim, due_at: datetime) -> None:
        """Give ``claim`` back without its try; raise StoreUnavailable if that cannot be stored."""
        given = self._store.submissions.give_back(claim, due_at)
        log.info("given_back" if given else "claim_lost", submission_id=claim.submission.id)

    def _mark_lost(self, held: _Held) -> None:
        """Mark the claim of ``held`` as lost, and log it, unless it was let go of meanwhile."""
        with self._lock:
            if self._held.get(id(held.claim)) is not held:
                return
            held.lost = True
        log.warning("claim_lost", submission_id=held.claim.submission.id)

    def _valid(self) -> list[_Held]:
        """Return the held claims that are not known to be lost."""
        with self._lock:
            return [one for one in self._held.values() if not one.lost]

    def _next_owed(self) -> Claim | None:
        """Return a claim that is still to be given back, or ``None``."""
        with self._lock:
            return self._owed[0] if self._owed else None
