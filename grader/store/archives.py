"""Stored bytes of uploads and golden samples: the same bytes are stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Executable, delete, exists, false, or_, select

from grader.store.dialect import InsertInto, for_dialect
from grader.store.tables import archives, measurements, samples, submissions


@for_dialect
def _archive(insert_into: InsertInto) -> Executable:
    """Insert an archive; lock an existing one, so that no purge deletes it before the commit."""
    return insert_into(archives).on_conflict_do_update(
        index_elements=[archives.c.sha256],
        set_={"created_at": archives.c.created_at},
        where=false(),
    )


def store_archive(connection: Connection, data: bytes, now: datetime) -> str:
    """Store ``data`` unless the same bytes are stored; return its SHA-256 in hexadecimal."""
    sha256 = hashlib.sha256(data).hexdigest()
    connection.execute(_archive(connection), {"sha256": sha256, "data": data, "created_at": now})
    return sha256


def remove_unused_archives(connection: Connection, hashes: Sequence[str]) -> int:
    """Delete the archives among ``hashes`` that nothing uses; return how many.

    A submission or a golden sample may use one. What was measured of any of them is deleted: it is
    measured again when a preview needs it. Archives are locked before the check. An archive that an
    upload of the same bytes has locked is skipped.
    """
    wanted = select(archives.c.sha256).where(archives.c.sha256.in_(hashes))
    held = connection.execute(wanted.with_for_update(skip_locked=True)).scalars().all()
    # After the lock: no preview can ask for a measurement of a locked archive any more.
    connection.execute(delete(measurements).where(measurements.c.archive_sha256.in_(hashes)))
    in_use = or_(
        exists().where(submissions.c.archive_sha256 == archives.c.sha256),
        exists().where(samples.c.archive_sha256 == archives.c.sha256),
    )
    return connection.execute(delete(archives).where(archives.c.sha256.in_(held), ~in_use)).rowcount
