"""Send the scores of the outbox, with retries for about three days. Delivered rows stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from grader.service.ports import Clock, Store
from grader.service.ports.connector import Delivery, Gradebook
from grader.service.records import Passback, PassbackState, SourceRecord

log = structlog.get_logger(__name__)

#: The pauses between tries, as the Standard Webhooks specification suggests: about 3 days in all.
RETRY_DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
#: Longer than any request to a receiver, which ends after 15 s.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Deliver:
    """The use case that sends the scores of the outbox to the systems that asked for them.

    Each call of :meth:`next` tries to send one. Unless its failure is final, a failed try is
    repeated after growing pauses, up to 9 times in about three days, or later if the receiver asks
    for longer pauses. ``gradebooks`` are the objects that send, by connector name.
    """

    store: Store
    gradebooks: Mapping[str, Gradebook]
    clock: Clock

    def next(self) -> Passback | None:
        """Try once to send the next due score, and store the outcome.

        Return the score as it was claimed, whether sent or not; ``None`` if none is due. A failure
        to send, also an exception, is stored, not raised. The score is then due again after a pause
        or, if the failure is final, the tries are used up or the source is gone, given up.
        """
        passback = self.store.passbacks.claim_due(self.clock.now(), LEASE)
        if passback is None:
            return None
        source = self.store.sources.get(passback.source)
        if source is None:
            outcome = Delivery(sent=False, final=True, error="the source is gone")
        else:
            outcome = self._send(passback, source)
        self._settle(passback, outcome)
        return passback

    def _send(self, passback: Passback, source: SourceRecord) -> Delivery:
        """Send ``passback`` and return the outcome; any exception is a failed try to repeat."""
        try:
            return self.gradebooks[source.connector].send(passback, source)
        except Exception as error:  # e.g. a config that its connector no longer accepts
            log.exception("passback_not_sent", passback_id=passback.id, source=source.name)
            return Delivery(sent=False, error=f"it could not be sent: {type(error).__name__}")

    def _settle(self, passback: Passback, outcome: Delivery) -> None:
        """Store that ``passback`` was sent, has failed for good, or is due again after a pause.

        The pause is at least as long as the receiver asked for.
        """
        now = self.clock.now()
        give_up = outcome.final or passback.tries > len(RETRY_DELAYS)
        if outcome.sent:
            state, again = PassbackState.SENT, now
        elif give_up:
            state, again = PassbackState.FAILED, now
        else:
            pause = RETRY_DELAYS[passback.tries - 1]
            state, again = PassbackState.DUE, now + max(pause, outcome.retry_after or pause)
        self.store.passbacks.settle(passback, state, outcome.error, again)
        log.info("passback", passback_id=passback.id, state=state.value, error=outcome.error)
