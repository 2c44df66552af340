"""Standard Webhooks, in both directions: signed events in, signed scores out.

See https://www.standardwebhooks.com; the library does the cryptography.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from grader.domain.errors import BadSignature
from grader.lms.event import read_event
from grader.lms.outgoing.fetching import fetch_archive
from grader.lms.outgoing.guard import Outgoing, UrlRefused
from grader.lms.outgoing.http_exchange import Response, ResponseTooLarge, Unreachable
from grader.service.ports.connector import Delivery, Incoming
from grader.service.records import Passback, SourceRecord

#: Answers whose ``Retry-After`` is honoured, up to :data:`LONGEST`.
_BUSY = frozenset({429, 502, 503, 504})
_GONE = 410
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class StandardWebhooks:
    """The connector. Its source's ``secret`` signs what comes in and what goes out."""

    outgoing: Outgoing

    def read(self, headers: Mapping[str, str], body: bytes, source: SourceRecord) -> Incoming:
        """Verify and read an event; see :class:`grader.service.ports.connector.Connector`."""
        lowered = {name.lower(): value for name, value in headers.items()}
        try:
            Webhook(source.secret).verify(body, lowered, json_parse=False)
        # The library answers malformed base64, text and numbers with half a dozen kinds of
        # error beside its own; each of them means that the signature does not verify.
        except Exception:
            raise BadSignature(
                "The event is not signed by this source, or was signed too long ago.",
                how_to_fix="Sign id.timestamp.body with the source's secret, as Standard Webhooks "
                "say, with a timestamp that is at most five minutes off.",
            ) from None
        return read_event(body, lowered["webhook-id"])

    def fetch(self, url: str, source: SourceRecord, max_bytes: int) -> bytes:
        """The archive behind an allowed https URL."""
        return fetch_archive(self.outgoing, url, source, max_bytes)

    def deliver(self, passback: Passback, source: SourceRecord) -> Delivery:
        """POST a score, signed. The webhook id is the passback's, the same at every try."""
        try:
            headers = sign(source.secret, passback.id, datetime.now(UTC), passback.payload)
            answer = self.outgoing.post(passback.url, headers, passback.payload.encode())
        except ResponseTooLarge as long:  # its status says all that we need
            answer = long.response
        except (UrlRefused, Unreachable) as failure:
            return Delivery(sent=False, error=str(failure))
        except (ValueError, EmptyWebhookSecretError):
            return Delivery(sent=False, error="the source's secret cannot sign")
        return _outcome(answer)


def sign(secret: str, webhook_id: str, at: datetime, payload: str) -> dict[str, str]:
    """The headers of a signed message.

    ``at`` is turned to UTC first: the library reads any other zone's clock face as if it were UTC.

    Raises:
        ValueError, EmptyWebhookSecretError: the secret is not base64, or empty.
    """
    now = at.astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, now, payload),
    }


def _outcome(answer: Response) -> Delivery:
    status = answer.status
    if 200 <= status < 300:
        return Delivery(sent=True)
    wait = _retry_after(answer.headers.get("retry-after", "")) if status in _BUSY else None
    error = f"the receiver answered {status}"
    return Delivery(sent=False, final=status == _GONE, error=error, retry_after=wait)


def _retry_after(text: str) -> timedelta | None:
    """Seconds or a date, held between nothing and a day; ``None`` for anything else."""
    try:
        if text.strip().isdecimal():
            wait = timedelta(seconds=min(int(text), LONGEST.total_seconds()))
        else:
            wait = parsedate_to_datetime(text) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), LONGEST)
