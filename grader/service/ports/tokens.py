"""The port for bearer tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from grader.service.records.tokens import Role, TokenRecord


class Tokens(Protocol):
    """Bearer tokens, stored hashed."""

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
        """Store a token by the SHA-256 of its secret, with an audit entry."""

    def by_digest(self, digest: str, now: datetime) -> TokenRecord | None:
        """The token of that digest; notes that it was used (at most once a minute)."""

    def all(self) -> Sequence[TokenRecord]:
        """Every token, oldest first."""

    def revoke(self, token_id: str, actor: str, now: datetime) -> TokenRecord:
        """Raises NotFound."""
