"""The connector for Standard Webhooks: it reads signed events and sends signed scores.

See https://www.standardwebhooks.com; the ``standardwebhooks`` library does the cryptography.
"""

from __future__ import annotations

from collections.abc import Collection

from grader.lms.connector import Connector
from grader.lms.score_event import write_score_event
from grader.lms.standard_webhooks.config import StandardWebhooksConfig
from grader.service.ports.connector import Gradebook, Inbound
from grader.service.records import ScoreMessage


def _inbound(callback_hosts: Collection[str]) -> Inbound:
    """Return the receiver of events; ``callback_hosts`` are the development exceptions."""
    # Loads an HTTP client.
    from grader.lms.outgoing.guard import Outgoing
    from grader.lms.standard_webhooks.inbound import StandardWebhooksInbound

    return StandardWebhooksInbound(Outgoing(frozenset(callback_hosts)))


def _gradebook(callback_hosts: Collection[str]) -> Gradebook:
    """Return the sender of scores; ``callback_hosts`` are the development exceptions."""
    # Loads an HTTP client.
    from grader.lms.outgoing.guard import Outgoing
    from grader.lms.standard_webhooks.gradebook import StandardWebhooksGradebook

    return StandardWebhooksGradebook(Outgoing(frozenset(callback_hosts)))


CONNECTOR = Connector(
    name="standard-webhooks",
    config=StandardWebhooksConfig,
    write_score_message=lambda score, source: ScoreMessage(
        score.callback_url, write_score_event(score)
    ),
    inbound=_inbound,
    gradebook=_gradebook,
)
