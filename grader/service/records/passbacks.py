"""Scores in the outbox: messages that are to be sent to learning management systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class ScoreMessage:
    """A message that reports a score, in the wire format of a connector.

    ``body`` is the bytes of a text in UTF-8; it is to be sent to ``url``.
    """

    url: str
    body: bytes


class PassbackState(StrEnum):
    """The state of a score in the outbox.

    A score is ``due``, also during a try and while it waits for the next one, until it is ``sent``,
    or ``failed`` for good: rejected by the receiver, or given up after the last try.
    """

    DUE = "due"
    SENT = "sent"
    #: Given up after the last retry, or rejected for good by the receiver. The row stays.
    FAILED = "failed"


@dataclass(frozen=True)
class Passback:
    """A score in the outbox: a message for the system that sent the submission, and its delivery.

    ``source`` is the name of that system. Every try sends the same ``payload`` to the same ``url``.
    ``tries`` counts the tries so far, including one in progress. ``next_try_at`` is when it is due
    again, if ``state`` is ``DUE``. ``last_error`` says why the last finished try failed; it is
    empty if that try succeeded, or if none has finished.
    """

    id: str
    source: str
    submission: str
    url: str
    payload: bytes
    state: PassbackState
    tries: int
    next_try_at: datetime
    last_error: str
