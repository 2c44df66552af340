"""The queue of what is to be measured for rubrics that are not published, and the facts of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from grader.domain.facts import SubmissionFacts
from grader.service.records import MeasurementClaim, MeasurementRecord, PreviewRecord, Subject
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.repositories.facts_text import read_facts, split_facts
from grader.store.rows import AnyRow
from grader.store.tables import archives, measurements, previews

#: The most subjects of one statement. Chosen by hand, far below the most parameters of SQLite.
_PORTION = 500
_OPEN = and_(measurements.c.facts.is_(None), measurements.c.problem == "")
#: A lease that ends later than any that is given was made before the clock was set back.
_FREE = or_(
    measurements.c.lease_until.is_(None),
    measurements.c.lease_until <= bindparam("now"),
    measurements.c.lease_until > bindparam("latest"),
)
_DUE = and_(_OPEN, _FREE)
_NEXT = (
    select(measurements.c.probes, measurements.c.subject)
    .where(_DUE, measurements.c.tries < bindparam("most"))
    .order_by(measurements.c.preview, measurements.c.subject)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_LOST = update(measurements).where(_DUE, measurements.c.tries >= bindparam("most"))
_CLAIM = (
    update(measurements)
    .where(measurements.c.probes == bindparam("of_probes"))
    .where(measurements.c.subject == bindparam("of_subject"))
    .values(tries=measurements.c.tries + 1, lease_until=bindparam("until"))
)
_CLAIMED = (
    select(measurements, previews.c.text, previews.c.digest, archives.c.data)
    .join(previews, previews.c.id == measurements.c.preview)
    .outerjoin(archives, archives.c.sha256 == measurements.c.archive_sha256)
    .where(measurements.c.probes == bindparam("of_probes"))
    .where(measurements.c.subject == bindparam("of_subject"))
)
#: A claim is valid until the measurement has ended or is claimed again.
_HELD = (
    update(measurements)
    .where(_OPEN, measurements.c.tries == bindparam("held"))
    .where(measurements.c.probes == bindparam("of_probes"))
    .where(measurements.c.subject == bindparam("of_subject"))
)
_WHY_LOST = "The worker was lost while measuring, {tries} times."


@for_dialect
def _request(insert_into: InsertInto) -> Executable:
    """Queue a measurement, unless it is known."""
    return insert_into(measurements).on_conflict_do_nothing()


class SqlMeasurements:
    """Queues measurements and stores their facts. It implements the port ``Measurements``.

    The number of tries is the fencing token: each claim raises it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, probes: str, subjects: Collection[str]) -> Mapping[str, MeasurementRecord]:
        """Return the measurements of ``subjects``, by their key; unknown ones are left out."""
        found: dict[str, MeasurementRecord] = {}
        wanted = sorted(subjects)
        columns = (measurements.c.subject, measurements.c.facts, measurements.c.problem)
        for start in range(0, len(wanted), _PORTION):
            some = select(*columns).where(
                measurements.c.probes == probes,
                measurements.c.subject.in_(wanted[start : start + _PORTION]),
            )
            with self._database.read() as connection:
                rows = connection.execute(some).all()
            found |= {row.subject: _record(row) for row in rows}
        return found

    def request(self, preview: PreviewRecord, probes: str, subjects: Sequence[Subject]) -> None:
        """Queue ``subjects`` to be measured for the text of ``preview``, unless they are known.

        An upload whose archive was deleted meanwhile is left out.
        """
        if not subjects:
            return
        with self._database.write() as connection:
            stored = _lock_archives(connection, {one.archive_sha256 for one in subjects})
            new = [_new(preview, probes, one) for one in subjects if one.archive_sha256 in stored]
            if new:
                connection.execute(_request(connection), new)

    def retry_failed(self, probes: str) -> None:
        """Queue the failed measurements for ``probes`` again, with all tries."""
        failed = and_(measurements.c.facts.is_(None), measurements.c.problem != "")
        with self._database.write() as connection:
            connection.execute(
                update(measurements)
                .where(measurements.c.probes == probes, failed)
                .values(problem="", tries=0, lease_until=None)
            )

    def waiting(self, probes: str) -> int:
        """Return how many measurements for ``probes`` are still to be made."""
        count = select(func.count()).select_from(measurements)
        with self._database.read() as connection:
            return connection.execute(
                count.where(measurements.c.probes == probes, _OPEN)
            ).scalar_one()

    def is_due(self, now: datetime) -> bool:
        """Return whether a measurement can be claimed."""
        # Without a lease there is no latest end: rows from before a change of clocks wait for it.
        given = {"now": now, "latest": datetime.max.replace(tzinfo=now.tzinfo)}
        with self._database.read() as connection:
            one = select(literal(1)).select_from(measurements).where(_DUE).limit(1)
            return connection.execute(one, given).first() is not None

    def claim(self, now: datetime, lease: timedelta, max_tries: int) -> MeasurementClaim | None:
        """Claim the next measurement until ``now + lease``; ``None`` if none is due.

        One whose lease ended is claimed again or, after ``max_tries`` tries, fails. Those for the
        oldest preview are first.
        """
        given = {"now": now, "latest": now + 2 * lease, "most": max_tries}
        with self._database.read() as connection:  # most workers find nothing, and lock nothing
            if connection.execute(select(exists().where(_DUE)), given).scalar_one() is not True:
                return None
        with self._database.write() as connection:
            why = _WHY_LOST.format(tries=max_tries)
            connection.execute(_LOST.values(problem=why, lease_until=None), given)
            chosen = connection.execute(_NEXT, given).first()
            if chosen is None:
                return None
            which = {"of_probes": chosen.probes, "of_subject": chosen.subject}
            connection.execute(_CLAIM, {**which, "until": now + lease})
            return _claimed(connection.execute(_CLAIMED, which).one())

    def finish(self, claim: MeasurementClaim, facts: SubmissionFacts) -> bool:
        """Store ``facts``, without findings; return whether ``claim`` was valid."""
        text, _ = split_facts(facts)
        return self._end(claim, facts=text, lease_until=None)

    def release(self, claim: MeasurementClaim, due_at: datetime) -> bool:
        """Queue a claimed measurement again, due at ``due_at``; return whether ``claim`` was valid.

        The try counts.
        """
        return self._end(claim, lease_until=due_at)

    def give_back(self, claim: MeasurementClaim, due_at: datetime) -> bool:
        """Queue a claimed measurement again, as :meth:`release`, but without the try."""
        return self._end(claim, lease_until=due_at, tries=claim.tries - 1)

    def fail(self, claim: MeasurementClaim, problem: str) -> bool:
        """End a measurement with the sentence ``problem``; return whether ``claim`` was valid."""
        return self._end(claim, lease_until=None, problem=problem)

    def _end(self, claim: MeasurementClaim, **values: Any) -> bool:
        """Change the row of ``claim`` if that is valid, and return whether it was."""
        which = {"of_probes": claim.probes, "of_subject": claim.subject, "held": claim.tries}
        with self._database.write() as connection:
            return connection.execute(_HELD.values(**values), which).rowcount == 1


def _lock_archives(connection: Connection, hashes: Collection[str]) -> set[str]:
    """Return those of ``hashes`` whose archive is stored, and the empty one, of starter files.

    These archives are not deleted before the end of the transaction.
    """
    stored: set[str] = {""}
    wanted = sorted(hashes)
    for start in range(0, len(wanted), _PORTION):
        some = select(archives.c.sha256).where(
            archives.c.sha256.in_(wanted[start : start + _PORTION])
        )
        locked = some.with_for_update(read=True, key_share=True)
        stored |= set(connection.execute(locked).scalars())
    return stored


def _new(preview: PreviewRecord, probes: str, subject: Subject) -> dict[str, Any]:
    """Return the row of a measurement that is to be made."""
    return {
        "probes": probes,
        "subject": subject.key,
        "preview": preview.id,
        "archive_sha256": subject.archive_sha256 or None,
        "filename": subject.filename,
        "facts": None,
        "tries": 0,
        "lease_until": None,
        "problem": "",
    }


def _record(row: AnyRow) -> MeasurementRecord:
    """Return the measurement in ``row``."""
    facts = None if row.facts is None else read_facts(row.facts)
    return MeasurementRecord(row.subject, facts, row.problem)


def _claimed(row: AnyRow) -> MeasurementClaim:
    """Return the claim of the measurement in ``row``, which has its new number of tries."""
    return MeasurementClaim(
        probes=row.probes,
        subject=row.subject,
        digest=row.digest,
        text=row.text,
        data=row.data,
        filename=row.filename,
        tries=row.tries,
    )
