"""The development twin of an LMS: events come unsigned, scores are written to the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from grader.domain.errors import BadSignature
from grader.lms.event import read_event
from grader.lms.outgoing.fetching import fetch_archive
from grader.lms.outgoing.guard import Outgoing
from grader.service.ports.connector import Delivery, Incoming
from grader.service.records import Passback, SourceRecord

NAME = "console"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Console:
    """The connector, for sources that were made with ``connector: console`` and no others."""

    outgoing: Outgoing

    def read(self, headers: Mapping[str, str], body: bytes, source: SourceRecord) -> Incoming:
        """Read an event without a signature."""
        if source.connector != NAME:
            raise BadSignature("Only a console source takes events without a signature.")
        lowered = {name.lower(): value for name, value in headers.items()}
        return read_event(body, lowered.get("webhook-id", ""))

    def fetch(self, url: str, source: SourceRecord, max_bytes: int) -> bytes:
        """The archive behind an allowed URL, under the same guard as everywhere."""
        return fetch_archive(self.outgoing, url, source, max_bytes)

    def deliver(self, passback: Passback, source: SourceRecord) -> Delivery:
        """Write the score to the log."""
        log.info("score", source=source.name, passback_id=passback.id, payload=passback.payload)
        return Delivery(sent=True)
