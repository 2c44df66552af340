"""Scores in the outbox: messages to be sent to learning management systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PassbackState(StrEnum):
    """Where a score on its way to an LMS stands."""

    DUE = "due"
    SENT = "sent"
    #: Given up after the last retry, or refused for good; kept, never dropped.
    FAILED = "failed"


@dataclass(frozen=True)
class Passback:
    """A score on its way to where its source wants it. ``payload`` is the body, fixed once made."""

    id: str
    source: str
    submission: str
    url: str
    payload: str
    state: PassbackState
    tries: int
    next_try_at: datetime
    last_error: str
