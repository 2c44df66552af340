"""Events of a console source: the same as those of Standard Webhooks, but without a signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.domain.errors import BadSignature
from grader.lms.console.config import ConsoleConfig
from grader.lms.event import read_event
from grader.lms.outgoing.fetching import fetch_archive
from grader.lms.outgoing.guard import Outgoing
from grader.service.ports.connector import Incoming
from grader.service.records import SourceRecord


@dataclass(frozen=True)
class ConsoleInbound:
    """Reads unsigned events, of sources with ``connector: console``, and fetches their archives.

    It implements ``Inbound`` for the connector for development.
    """

    outgoing: Outgoing

    def read(self, headers: Mapping[str, str], body: bytes, source: SourceRecord) -> Incoming:
        """Parse an event, whose signature is not checked.

        ``headers`` may have names in any case. The webhook id is the header ``webhook-id``, or
        empty.

        Raises:
            BadSignature: ``source`` has another connector, so its events must be signed.
            BadRequest: the event is invalid.
            pydantic.ValidationError: the config of ``source`` is invalid.
        """
        if source.connector != "console":
            raise BadSignature("Only a console source takes events without a signature.")
        config = ConsoleConfig.model_validate(source.config)
        lowered = {name.lower(): value for name, value in headers.items()}
        return read_event(body, lowered.get("webhook-id", ""), config.callback_url)

    def fetch(self, url: str, source: SourceRecord, max_bytes: int) -> bytes:
        """Download ``url``, on one of the source's allowed hosts, and return the bytes.

        It must be an https URL, except on a host of a development setup.

        Raises:
            BadRequest: the URL is not allowed, or the response is not the file, e.g. 404 or a
                redirect.
            TooLarge: the file has more than ``max_bytes`` bytes.
            Overloaded: a temporary failure; the event may be sent again.
        """
        config = ConsoleConfig.model_validate(source.config)
        return fetch_archive(self.outgoing, url, config.allowed_hosts, max_bytes)
