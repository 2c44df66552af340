"""Sends signed scores by POST."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError

from grader.lms.outgoing.guard import Outgoing, UrlRefused
from grader.lms.outgoing.http_exchange import Response, ResponseTooLarge, Unreachable
from grader.lms.standard_webhooks.config import StandardWebhooksConfig
from grader.lms.standard_webhooks.signing import sign
from grader.service.ports.connector import Delivery
from grader.service.records import Passback, SourceRecord

#: Statuses whose ``Retry-After`` header is honored, up to :data:`MAX_RETRY_AFTER`.
_BUSY = frozenset({429, 502, 503, 504})
#: The status by which a receiver asks for no further tries (Standard Webhooks specification).
_GONE = 410
#: The longest pause that a receiver can ask for. Chosen by hand, like the longest regular pause.
MAX_RETRY_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class StandardWebhooksGradebook:
    """Sends scores by POST, signed with the source's secret: implements ``Gradebook``."""

    outgoing: Outgoing

    def send(self, passback: Passback, source: SourceRecord) -> Delivery:
        """POST the score, signed, to ``passback.url``; failures to send are returned, not raised.

        The webhook id is the id of ``passback``, the same at every try. A 2xx status means sent and
        410 that no further try is wanted; after any other failure, also to sign, a later try may
        succeed. A pause that a busy receiver (429, 502, 503, 504) asks for is limited to
        :data:`MAX_RETRY_AFTER`.

        Raises:
            pydantic.ValidationError: the config of ``source`` is invalid.
        """
        secret = StandardWebhooksConfig.model_validate(source.config).secret
        try:
            headers = sign(secret, passback.id, datetime.now(UTC), passback.payload.decode())
            response = self.outgoing.post(passback.url, headers, passback.payload)
        except ResponseTooLarge as too_large:  # the status is all that is needed
            response = too_large.response
        except (UrlRefused, Unreachable) as failure:
            return Delivery(sent=False, error=str(failure))
        except (ValueError, EmptyWebhookSecretError):
            return Delivery(sent=False, error="the source's secret cannot sign")
        return _outcome(response)


def _outcome(response: Response) -> Delivery:
    """Return sent for a 2xx status, final for 410, and a failed try to repeat for any other.

    ``Retry-After`` counts for the statuses in :data:`_BUSY` only.
    """
    status = response.status
    if 200 <= status < 300:
        return Delivery(sent=True)
    wait = _retry_after(response.headers.get("retry-after", "")) if status in _BUSY else None
    error = f"the receiver answered {status}"
    return Delivery(sent=False, final=status == _GONE, error=error, retry_after=wait)


def _retry_after(header: str) -> timedelta | None:
    """Return the pause in a ``Retry-After`` header, limited to 0 to 1 day; ``None`` if unreadable.

    E.g. ``120`` is two minutes and ``Wed, 21 Oct 2015 07:28:00 GMT`` is no pause, as it is past;
    ``soon`` is ``None``.
    """
    try:
        if header.strip().isdecimal():
            wait = timedelta(seconds=min(int(header), MAX_RETRY_AFTER.total_seconds()))
        else:
            wait = parsedate_to_datetime(header) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), MAX_RETRY_AFTER)
