"""Claims, the size of the queue, and the result of a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.service.lanes import Lane
from grader.service.records.submissions import SubmissionRecord


@dataclass(frozen=True)
class Claim:
    """A worker's right to grade a submission, and the data that it needs for that.

    The right lasts while the submission is running and ``token`` is its newest fencing token, a
    number that rises with each claim: only then can a result be stored. ``data`` is the uploaded
    file. The score is to be sent to ``callback_url`` together with ``callback_context``; an empty
    URL asks for no score.
    """

    submission: SubmissionRecord
    token: int
    data: bytes
    callback_url: str = ""
    callback_context: str = ""


@dataclass(frozen=True)
class QueueState:
    """How many submissions of all lanes are queued, are running, and need attention.

    ``oldest_queued_at`` is the earliest ``queued_at`` of a queued one, ``None`` if nothing is
    queued.
    """

    queued: int
    running: int
    needs_attention: int
    oldest_queued_at: datetime | None

    def seconds_waited(self, now: datetime) -> float:
        """Return how many seconds the oldest queued one has been queued at ``now``; 0 without one.

        Never negative, even if the clock was set back. A submission that staff retry counts from
        then.
        """
        if self.oldest_queued_at is None:
            return 0.0
        return max(0.0, (now - self.oldest_queued_at).total_seconds())


@dataclass(frozen=True)
class Swept:
    """The result of a sweep.

    ``requeued`` counts the submissions of lost workers that were queued again, and ``parked`` those
    that now need attention, because their last try was used up. ``due_lanes`` are the lanes with a
    submission that can be claimed now, ``due_passbacks`` the number of scores that can be sent now.
    """

    requeued: int
    parked: int
    due_lanes: tuple[Lane, ...]
    due_passbacks: int
