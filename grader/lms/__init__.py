"""Connectors to learning management systems, one a file."""

from __future__ import annotations

from collections.abc import Collection

from grader.lms.console import NAME as CONSOLE
from grader.lms.console import Console
from grader.lms.outgoing.guard import Outgoing
from grader.lms.standard_webhooks import StandardWebhooks
from grader.service.ports.connector import Connector


def connectors(callback_hosts: Collection[str] = ()) -> dict[str, Connector]:
    """Every connector by the name that sources use.

    ``callback_hosts`` are hosts (or ``host:port``) of a development set-up that may be called
    without https and at private addresses.
    """
    outgoing = Outgoing(frozenset(callback_hosts))
    return {"standard-webhooks": StandardWebhooks(outgoing), CONSOLE: Console(outgoing)}
