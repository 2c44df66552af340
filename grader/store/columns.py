"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """The type of a column of aware datetimes in UTC, exact to the microsecond, that sorts by time.

    SQLite stores text of a fixed width, and PostgreSQL returns the time zone of the session. This
    type returns an aware datetime in UTC from both.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` converted to UTC; ``None`` stays.

        Raises:
            ValueError: ``value`` is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` as an aware datetime in UTC; a naive one is taken as UTC.

        ``None`` stays.
        """
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TextColumn(TypeDecorator[str]):
    """The type of a column of text of any length, sorted by code point on both databases.

    PostgreSQL rejects NUL and lone surrogates, which a file name in an archive may contain. So a
    NUL is stored as U+FFFD, and a lone surrogate as ``?``, on both databases.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Text:
        """Return a text type; on PostgreSQL with the sort order of code points."""
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return ``value`` with the characters replaced that PostgreSQL rejects; ``None`` stays.

        NUL becomes U+FFFD, and a lone surrogate becomes ``?``.
        """
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
