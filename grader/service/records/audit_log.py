"""Entries of the audit log, and the query for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the audit log.

    ``actor`` is the id of a token (``actor_name`` is its name then), or a name such as
    ``command line`` or ``webhook:moodle``. ``course`` is empty if the action concerns no course.
    ``detail`` contains no secrets.
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
    """A filter for entries. An entry must match every field that is not empty.

    ``since`` is inclusive, ``until`` exclusive.
    """

    course: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
