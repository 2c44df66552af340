"""Entries of the audit log, and the query for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AuditEntry:
    """One act. ``actor`` is a token's id (``actor_name`` its name) or the name of who acted.

    ``course`` is empty where the act is about none. ``detail`` never holds a secret.
    """

    id: str
    at: datetime
    actor: str
    actor_name: str
    action: str
    subject: str
    course: str
    detail: Mapping[str, str | int]


@dataclass(frozen=True)
class AuditQuery:
    """Which entries are wanted: those that fit everything that is given.

    ``since`` is the first moment, ``until`` the one after the last.
    """

    course: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
