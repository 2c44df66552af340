"""The port for the outbox of scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from grader.service.records.passbacks import Passback, PassbackState


class Passbacks(Protocol):
    """The outbox: scores that are to be sent, were sent, or could not be sent.

    ``Submissions.finish`` adds a score together with its report. A sender claims one that is due,
    tries to send it, and settles the outcome. A score stays until its submission is deleted.
    """

    def claim_due(self, now: datetime, lease: timedelta) -> Passback | None:
        """Claim the score that has been due longest and return it; ``None`` if none is due.

        In one transaction, ``tries`` rises by one and ``next_try_at`` becomes ``now + lease``, so
        the score can be claimed again if the sender dies.
        """

    def settle(
        self, passback: Passback, state: PassbackState, error: str, next_try_at: datetime
    ) -> None:
        """Store the outcome of the try ``passback``, which :meth:`claim_due` returned.

        Nothing happens if a later try has begun or the state of the score is no longer ``DUE``.
        ``next_try_at`` is when the score is due again, if ``state`` is ``DUE``.
        """

    def clamp_times(self, now: datetime) -> int:
        """Correct times after the clock was set back; return the number of changed scores.

        A score in the state ``DUE`` whose waiting time began after ``now`` gets the same waiting
        time from ``now``.
        """

    def of(self, submission_id: str) -> Sequence[Passback]:
        """Return the scores of a submission in any state, oldest first; empty if there are none."""
