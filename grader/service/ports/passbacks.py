"""The port for the outbox of scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from grader.service.records.passbacks import Passback, PassbackState


class Passbacks(Protocol):
    """The outbox: scores that are to be sent."""

    def claim_due(self, now: datetime, lease: timedelta) -> Passback | None:
        """Claim the next due score, or return ``None``.

        In one transaction, ``tries`` rises by one and ``next_try_at`` becomes the end of the
        ``lease``, so the score is due again if the sender dies.
        """

    def settle(
        self, passback: Passback, state: PassbackState, error: str, next_try_at: datetime
    ) -> None:
        """Store the outcome of a try, unless a later try has begun (``tries`` differs)."""

    def clamp_times(self, now: datetime) -> int:
        """Correct the times of scores after the clock was set back, and return their number.

        A score that has waited since a time after ``now`` starts its waiting time at ``now``.
        """

    def of(self, submission_id: str) -> Sequence[Passback]:
        """Return the scores of a submission, oldest first."""
