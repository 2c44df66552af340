"""Reads signed submission events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standardwebhooks.webhooks import Webhook

from grader.domain.errors import BadSignature
from grader.lms.event import read_event
from grader.lms.outgoing.fetching import fetch_archive
from grader.lms.outgoing.guard import Outgoing
from grader.lms.standard_webhooks.config import StandardWebhooksConfig
from grader.service.ports.connector import Incoming
from grader.service.records import SourceRecord


@dataclass(frozen=True)
class StandardWebhooksInbound:
    """Reads events signed with the source's secret, and fetches their archives.

    It implements ``Inbound``.
    """

    outgoing: Outgoing

    def read(self, headers: Mapping[str, str], body: bytes, source: SourceRecord) -> Incoming:
        """Verify and parse an event; ``headers`` may have names in any case.

        Raises:
            BadSignature: the source did not sign it, its time is more than five minutes off, or a
                header that signing needs is missing or malformed.
            BadRequest: the event is signed but invalid.
            pydantic.ValidationError: the config of ``source`` is invalid.
        """
        config = StandardWebhooksConfig.model_validate(source.config)
        lowered = {name.lower(): value for name, value in headers.items()}
        try:
            Webhook(config.secret).verify(body, lowered, json_parse=False)
        # The library raises half a dozen other errors for malformed base64, text and numbers.
        # Each of them means that the signature does not verify.
        except Exception:
            raise BadSignature(
                "The event is not signed by this source, or was signed too long ago.",
                how_to_fix="Sign id.timestamp.body with the source's secret, as Standard Webhooks "
                "say, with a timestamp that is at most five minutes off.",
            ) from None
        return read_event(body, lowered["webhook-id"], config.callback_url)

    def fetch(self, url: str, source: SourceRecord, max_bytes: int) -> bytes:
        """Download ``url``, on one of the source's allowed hosts, and return the bytes.

        It must be an https URL, except on a host of a development setup.

        Raises:
            BadRequest: the URL is not allowed, or the response is not the file, e.g. 404 or a
                redirect.
            TooLarge: the file has more than ``max_bytes`` bytes.
            Overloaded: a temporary failure; the event may be sent again.
        """
        config = StandardWebhooksConfig.model_validate(source.config)
        return fetch_archive(self.outgoing, url, config.allowed_hosts, max_bytes)
