"""A connector for development, without an LMS: events are unsigned, scores go to the log."""

from __future__ import annotations

from collections.abc import Collection

from grader.lms.connector import Connector
from grader.lms.console.config import ConsoleConfig
from grader.lms.console.gradebook import ConsoleGradebook
from grader.lms.score_event import write_score_event
from grader.service.ports.connector import Inbound
from grader.service.records import ScoreMessage


def _inbound(callback_hosts: Collection[str]) -> Inbound:
    """Return the receiver of events; ``callback_hosts`` are the development exceptions."""
    # Loads an HTTP client.
    from grader.lms.console.inbound import ConsoleInbound
    from grader.lms.outgoing.guard import Outgoing

    return ConsoleInbound(Outgoing(frozenset(callback_hosts)))


CONNECTOR = Connector(
    name="console",
    config=ConsoleConfig,
    write_score_message=lambda score, source: ScoreMessage(
        score.callback_url, write_score_event(score)
    ),
    inbound=_inbound,
    gradebook=lambda callback_hosts: ConsoleGradebook(),
)
