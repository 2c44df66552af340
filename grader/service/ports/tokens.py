"""The port for bearer tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from grader.service.records.tokens import Role, TokenRecord


class Tokens(Protocol):
    """Stores bearer tokens, each with the digest of its secret instead of the secret itself."""

    def create(
        self,
        digest: str,
        *,
        name: str,
        role: Role,
        course: str,
        student: str,
        expires_at: datetime | None,
        actor: str,
        now: datetime,
    ) -> TokenRecord:
        """Store a token with ``digest``, the SHA-256 of its secret, and an audit entry.

        Return its record. ``expires_at`` is ``None`` for a token that never expires; ``actor`` is
        who creates it. That ``course`` and ``student`` fit ``role`` is not checked.
        """

    def by_digest(self, digest: str, now: datetime) -> TokenRecord | None:
        """Return the token with ``digest``, even if expired or revoked; ``None`` if unknown.

        The time of the last use of a valid token is stored, at most once a minute.
        """

    def all(self) -> Sequence[TokenRecord]:
        """Return all tokens, expired and revoked ones too, oldest first."""

    def revoke(self, token_id: str, actor: str, now: datetime) -> TokenRecord:
        """Revoke a token, with an audit entry, and return its record.

        A second revocation keeps the time of the first, but adds an entry.

        Raises:
            NotFound: there is no such token.
        """
