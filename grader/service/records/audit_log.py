"""Entries of the audit log, and the query for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the audit log: ``actor`` did ``action`` to ``subject`` at the time ``at``.

    ``actor`` is the id of a token (``actor_name`` is its name then, if the token still exists, and
    otherwise empty), or a name such as ``command line`` or ``webhook:moodle``. ``subject`` is an id
    or name, or empty. ``course`` is empty if the action concerns no course. ``detail`` contains no
    secrets.
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
    """A filter for entries; a field that is empty or ``None`` does not restrict them.

    An entry must have the same course, actor, action and subject, and its time must be ``since`` or
    later and before ``until``.
    """

    course: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
