"""The description of a connector that its folder exports as ``CONNECTOR``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pydantic import BaseModel

from grader.service.ports.connector import Gradebook, Inbound, WriteScoreMessage


@dataclass(frozen=True)
class Connector:
    """The description of a connector: how Grader talks to one kind of learning management system.

    ``name`` is what sources call it; ``config`` is the model of their ``config``.
    ``write_score_message`` makes the message that reports a score. ``inbound`` builds the object
    that reads submissions, and ``gradebook`` the one that sends scores. These two get the hosts (or
    ``host:port``) of a development setup that may be called without https and at private addresses.
    Only their calls load an HTTP client: a worker that only grades starts without it. A capability
    that the connector does not have is ``None``.
    """

    name: str
    config: type[BaseModel]
    write_score_message: WriteScoreMessage | None = None
    inbound: Callable[[Collection[str]], Inbound] | None = None
    gradebook: Callable[[Collection[str]], Gradebook] | None = None
