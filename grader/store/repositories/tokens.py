"""Bearer tokens by the SHA-256 of their secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

import structlog
from sqlalchemy import bindparam, func, insert, select, update

from grader.domain.errors import NotFound, StoreUnavailable
from grader.service.records import Role, TokenRecord
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.ids import new_id
from grader.store.rows import RecordColumns
from grader.store.tables import tokens

#: The precision of the time of last use. A write at every request would cost too much.
USE_NOTED = timedelta(minutes=1)
#: Seconds in which no time of use is stored after that failed: reads must not wait for a database
#: that cannot be written. Chosen by hand.
_PAUSE = 10.0

log = structlog.get_logger(__name__)

_RECORD = RecordColumns(tokens, TokenRecord)
_BY_DIGEST = select(*_RECORD.columns).where(tokens.c.digest == bindparam("digest"))


class SqlTokens:
    """Creates, finds, lists and revokes bearer tokens. It implements the port ``Tokens``.

    Audit entries name tokens, so a token is deleted only when the data of its student is erased.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._storing = Lock()
        self._store_at = 0.0

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
        """Store a token with an audit entry and return its record.

        ``digest`` is the SHA-256 of its secret, which is not stored. ``expires_at`` is ``None`` for
        a token that never expires. ``course`` is empty for an admin, and ``student`` for everyone
        but a student; that is not checked here.

        Raises:
            sqlalchemy.exc.IntegrityError: there is a token with the same digest.
        """
        with self._database.write() as connection:
            row = connection.execute(
                insert(tokens)
                .values(
                    id=new_id(now),
                    digest=digest,
                    name=name,
                    role=role.value,
                    course=course,
                    student=student,
                    created_at=now,
                    expires_at=expires_at,
                )
                .returning(*_RECORD.columns)
            ).one()
            record = _RECORD.read(row)
            what = {"name": name, "role": role.value}
            append_entry(connection, now, actor, "token.created", record.id, course=course, **what)
            return record

    def by_digest(self, digest: str, now: datetime) -> TokenRecord | None:
        """Return the token with ``digest``, even if expired or revoked; ``None`` if unknown.

        ``digest`` is the SHA-256 of its secret. If the token is valid, ``now`` is stored as the
        time of last use, unless a use within the last minute is stored, or the database can be read
        and not written.
        """
        with self._database.read() as connection:
            row = connection.execute(_BY_DIGEST, {"digest": digest}).one_or_none()
        if row is None:
            return None
        record = _RECORD.read(row)
        return self._used(record, now) if _counts_as_used(record, now) else record

    def _used(self, record: TokenRecord, now: datetime) -> TokenRecord:
        """Store ``now`` as the time of last use; return the record with it.

        If that is impossible, or was a moment ago, or another thread waits for it, return the
        record as it is: a later request stores its use.
        """
        if monotonic() < self._store_at or not self._storing.acquire(blocking=False):
            return record
        try:
            with self._database.write() as connection:
                connection.execute(
                    update(tokens).where(tokens.c.id == record.id).values(last_used_at=now)
                )
        except StoreUnavailable as error:
            self._store_at = monotonic() + _PAUSE
            log.warning("use_of_token_not_stored", error=type(error.__cause__).__name__)
            return record
        finally:
            self._storing.release()
        return replace(record, last_used_at=now)

    def all(self) -> Sequence[TokenRecord]:
        """Return all tokens, expired and revoked ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_RECORD.columns).order_by(tokens.c.id))
            return [_RECORD.read(row) for row in rows]

    def revoke(self, token_id: str, actor: str, now: datetime) -> TokenRecord:
        """Revoke a token and return its record; a second revocation keeps the time of the first.

        An audit entry is added each time.

        Raises:
            NotFound: there is no such token.
        """
        with self._database.write() as connection:
            row = connection.execute(
                update(tokens)
                .where(tokens.c.id == token_id)
                .values(revoked_at=func.coalesce(tokens.c.revoked_at, now))
                .returning(*_RECORD.columns)
            ).one_or_none()
            if row is None:
                raise NotFound(f"There is no token {token_id!r}.")
            record = _RECORD.read(row)
            append_entry(connection, now, actor, "token.revoked", token_id, course=record.course)
            return record


def _counts_as_used(record: TokenRecord, now: datetime) -> bool:
    """Return whether to store a use at ``now``: of a valid token, and not stored in this minute."""
    if record.ended(now):
        return False
    return record.last_used_at is None or record.last_used_at + USE_NOTED <= now
