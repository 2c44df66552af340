"""The queue: rows of submissions, accepted, ordered, claimed and swept."""

from grader.store.queue.accept import accept
from grader.store.queue.claims import (
    bring_forward,
    claim,
    get,
    give_back,
    retry,
    sweep,
    waiting,
)
from grader.store.queue.order import in_turn, pace

__all__ = [
    "accept",
    "bring_forward",
    "claim",
    "get",
    "give_back",
    "in_turn",
    "pace",
    "retry",
    "sweep",
    "waiting",
]
