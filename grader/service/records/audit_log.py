"""Entries of the audit log, and the query for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AuditEntry:
    """One entry of the audit log: ``actor`` did ``action`` to ``subject`` at the time ``at``.

    ``actor`` is the id of a token, or a name such as ``command line`` or ``webhook:moodle``.
    ``actor_name`` is the name of that token, or empty if there is none, e.g. because it was erased.
    ``action`` is a word such as ``report.read``, ``subject`` an id or name, or empty. ``course`` is
    empty if the action concerns no course, or every course. ``detail`` has further facts by name,
    without secrets.
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
    """A filter for entries of the audit log; a field that is empty or ``None`` restricts nothing.

    An entry must have the same course, actor, action and subject, and its time must be ``since`` or
    later and before ``until``.
    """

    course: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
