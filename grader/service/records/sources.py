"""Systems that send submissions by webhook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceRecord:
    """A system that sends submissions by webhook. ``secret`` is its ``whsec_...`` signing key.

    ``callback_url`` is where scores go; ``allowed_hosts`` are the hosts that archives may be
    fetched from; ``connector`` names the file in ``grader/lms`` that speaks its protocol.
    """

    name: str
    course: str
    connector: str
    secret: str
    callback_url: str
    allowed_hosts: tuple[str, ...]
