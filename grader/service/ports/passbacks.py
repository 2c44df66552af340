"""The port for the outbox of scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from grader.service.records.passbacks import Passback, PassbackState


class Passbacks(Protocol):
    """Scores on their way out."""

    def claim_due(self, now: datetime, lease: timedelta) -> Passback | None:
        """Take the next due passback: tries+1 and ``next_try_at`` moved by the lease, committed."""

    def settle(
        self, passback: Passback, state: PassbackState, error: str, next_try_at: datetime
    ) -> None:
        """Note how a try ended, unless somebody else has taken it since (``tries`` differs)."""

    def clamp_times(self, now: datetime) -> int:
        """Undo what a clock that went back has put off; how many passbacks that was.

        One that has been waiting since a moment that is yet to come begins to wait now.
        """

    def of(self, submission_id: str) -> Sequence[Passback]:
        """The passbacks of a submission, oldest first."""
