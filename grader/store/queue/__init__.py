"""The queue, which consists of the rows of submissions: accept, order, claim and sweep them."""

from grader.store.queue.accept import accept
from grader.store.queue.claims import (
    claim,
    clamp_times,
    get,
    give_back,
    release,
    renew,
    sweep,
    waiting,
)
from grader.store.queue.order import queue_order, throughput
from grader.store.queue.retries import retry, retry_portion

__all__ = [
    "accept",
    "clamp_times",
    "claim",
    "get",
    "give_back",
    "release",
    "renew",
    "queue_order",
    "throughput",
    "retry",
    "retry_portion",
    "sweep",
    "waiting",
]
