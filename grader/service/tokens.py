"""Bearer tokens: 32 random bytes, shown once, stored as a hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from grader.domain.errors import BadRequest, Unauthorized
from grader.domain.person_names import checked_name
from grader.service.access import Principal
from grader.service.access_log import AccessLog
from grader.service.ports import Clock, Store
from grader.service.records import Role, TokenRecord

#: The start of every secret, so that logs and scanners can recognize a token.
PREFIX = "grader_"


def digest_of(secret: str) -> str:
    """Return the SHA-256 of ``secret`` in hexadecimal, which is stored in place of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Tokens:
    """The use cases of bearer tokens: create one, and authenticate a request by its secret.

    Listing and revoking need no use case: callers use the port ``Tokens`` of the store.
    """

    store: Store
    clock: Clock
    access_log: AccessLog

    def create(
        self,
        *,
        name: str,
        role: Role,
        course: str = "",
        student: str = "",
        lifetime: timedelta | None = None,
        actor: str,
    ) -> tuple[str, TokenRecord]:
        """Store a new token and return its secret, which is shown only once, and its record.

        ``actor`` is named in the audit log as the creator. Without a ``lifetime``, or with one of
        0, the token never expires.

        Raises:
            BadRequest: ``course`` or ``student`` is missing for ``role``, or does not fit it: every
                role needs a course, but an admin must have none; only a student has a student. Or
                a name is none (see :func:`checked_name`); the canonical form is stored.
        """
        _check_role(role, course, student)
        name, course = checked_name(name, "name"), course and checked_name(course, "course")
        student = student and checked_name(student, "student")
        secret = PREFIX + secrets.token_urlsafe(32)
        now = self.clock.now()
        record = self.store.tokens.create(
            digest_of(secret),
            name=name,
            role=role,
            course=course,
            student=student,
            expires_at=now + lifetime if lifetime else None,
            actor=actor,
            now=now,
        )
        return secret, record

    def authenticate(self, secret: str) -> Principal:
        """Return the principal of the token with ``secret``.

        The time of last use of a valid token is stored, at most once a minute. A request with an
        expired or revoked token is recorded in the audit log (each process usually records a token
        only once in 10 minutes); one with an unknown token is not.

        Raises:
            Unauthorized: the secret is empty, or its token is unknown, expired or revoked; the
                error does not say which.
        """
        now = self.clock.now()
        record = self.store.tokens.by_digest(digest_of(secret), now) if secret else None
        reason = record.ended(now) if record else "unknown"
        if record is not None and reason:
            # Only requests with a token that was once valid get here, so strangers cannot fill
            # the log.
            self.access_log.record_refusal(record, reason)
        if record is None or reason:
            raise Unauthorized(
                "There is no valid token in the request.",
                how_to_fix="Send the header Authorization: Bearer TOKEN; "
                "`grader token create` makes one.",
            )
        return Principal.of_token(record)


def _check_role(role: Role, course: str, student: str) -> None:
    """Raise BadRequest unless ``course`` and ``student`` are set exactly where ``role`` needs them.

    Every role but admin needs a course, and only a student has a student.
    """
    if role is not Role.ADMIN and not course:
        raise BadRequest(f"A token for the role {role.value} needs a course.", where="course")
    if role is Role.ADMIN and course:
        raise BadRequest("An admin's token is for every course.", where="course")
    if role is Role.STUDENT and not student:
        raise BadRequest("A student's token needs the student's name.", where="student")
    if role is not Role.STUDENT and student:
        raise BadRequest(f"The role {role.value} stands for no student.", where="student")
