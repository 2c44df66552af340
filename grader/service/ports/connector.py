"""What an LMS connector does: read what a system sends, and send scores back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from grader.service.records import Passback, SourceRecord


@dataclass(frozen=True)
class Incoming:
    """One submission event, verified. The archive is inline, or to be fetched from ``url``."""

    webhook_id: str
    exercise: str
    student: str
    filename: str
    data: bytes | None
    url: str
    context: str


@dataclass(frozen=True)
class Delivery:
    """How sending a score ended. ``retry_after`` is what the receiver asked for, if it did."""

    sent: bool
    final: bool = False
    error: str = ""
    retry_after: timedelta | None = None


class Connector(Protocol):
    """One kind of system. Its files are in ``grader/lms``."""

    def read(self, headers: Mapping[str, str], body: bytes, source: SourceRecord) -> Incoming:
        """Verify and read an event.

        Raises:
            BadSignature: not signed by this source, or too old.
            BadRequest: signed, but not an event that we understand.
        """

    def fetch(self, url: str, source: SourceRecord, max_bytes: int) -> bytes:
        """The archive behind an allowed https URL.

        Raises:
            BadRequest: the URL is not allowed. TooLarge: more than ``max_bytes``.
            Overloaded: it cannot be had just now; the sender should try again.
        """

    def deliver(self, passback: Passback, source: SourceRecord) -> Delivery:
        """Send a score. Never raises for what the network does."""
