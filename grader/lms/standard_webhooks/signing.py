"""Sign a message according to Standard Webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook


def sign(secret: str, webhook_id: str, at: datetime, payload: str) -> dict[str, str]:
    """Return the headers of a message with the body ``payload``, signed at the aware time ``at``.

    They are the content type (JSON) and the webhook's id, time and signature. ``secret`` is base64,
    with or without ``whsec_`` before it; characters that base64 does not have are ignored.

    Raises:
        ValueError: ``secret`` cannot be decoded.
        EmptyWebhookSecretError: the decoded ``secret`` is empty.
    """
    # The library ignores the time zone and reads the clock time of any zone as UTC.
    now = at.astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, now, payload),
    }
