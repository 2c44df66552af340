"""Bearer tokens and their roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The role of a principal: that of its token (any of these), or ``lms`` for a webhook source.

    ``service/access.py`` says what each role may do.
    """

    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    GRADER = "grader"
    STUDENT = "student"
    LMS = "lms"


@dataclass(frozen=True)
class TokenRecord:
    """A token without its secret. ``name`` is for people; ``course`` is empty for an admin.

    ``student`` is set for a student's token, else empty: every upload with it belongs to that
    student. ``expires_at`` is ``None`` if it never expires, ``revoked_at`` if it was not revoked
    and ``last_used_at`` if it was not used; the last is exact to a minute.
    """

    id: str
    name: str
    role: Role
    course: str
    student: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def ended(self, now: datetime) -> str:
        """Return ``revoked`` or ``expired`` (if both, ``revoked``); empty if valid at ``now``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else ""
