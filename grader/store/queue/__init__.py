"""The queue, which consists of the rows of submissions: accept, order, claim and sweep them."""

from grader.store.queue.accept import accept
from grader.store.queue.claims import (
    claim,
    clamp_times,
    get,
    release,
    retry,
    sweep,
    waiting,
)
from grader.store.queue.order import queue_order, throughput

__all__ = [
    "accept",
    "clamp_times",
    "claim",
    "get",
    "release",
    "queue_order",
    "throughput",
    "retry",
    "sweep",
    "waiting",
]
