"""The tables of the database. They hold all state; messages of the broker are only notifications.

Partial indexes cover queued and running submissions, so that the cost of a claim does not depend on
the number of graded ones. Their conditions are literals, because some builds of SQLite do not
recognize a partial index if the query has a parameter there.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from grader.store.columns import TextColumn, UtcDateTime

#: The newest revision of the schema, that of the tables below: four digits, so that they sort.
#: Every migration raises it.
REVISION = "0007"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

IS_QUEUED = text("state = 'queued'")
IS_RUNNING = text("state = 'running'")
IS_PARKED = text("state = 'needs_attention'")
IS_DUE = text("state = 'due'")
IS_UNMEASURED = text("facts IS NULL")

#: Uploaded files by hash, so that the same bytes are stored once.
archives = Table(
    "archives",
    metadata,
    Column("sha256", TextColumn, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

exercises = Table(
    "exercises",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("course", TextColumn, nullable=False),
    Column("title", TextColumn, nullable=False),
    #: The newest version in ``rubrics``.
    Column("version", Integer, nullable=False),
    Index(None, "course", "id"),
)

rubrics = Table(
    "rubrics",
    metadata,
    Column("exercise", TextColumn, ForeignKey("exercises.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("course", TextColumn, nullable=False),
    Column("digest", TextColumn, nullable=False),
    Column("text", TextColumn, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", TextColumn, nullable=False),
    #: What its author says about the change; may be empty.
    Column("message", TextColumn, nullable=False, server_default=""),
)

#: The working copy of an exercise's next rubric version, at most one for each exercise. It has no
#: foreign key to ``exercises``, because the first version of an exercise has a draft, too.
drafts = Table(
    "drafts",
    metadata,
    Column("exercise", TextColumn, primary_key=True),
    Column("course", TextColumn, nullable=False),
    #: Rises with every change, for the entity tag.
    Column("revision", Integer, nullable=False),
    Column("digest", TextColumn, nullable=False),
    Column("text", TextColumn, nullable=False),
    #: The published version that the draft was begun from; 0 without one.
    Column("base_version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", TextColumn, nullable=False),
    Index(None, "course", "exercise"),
)

#: The number of attempts by exercise and student. Counting locks one student, not the class.
attempts = Table(
    "attempts",
    metadata,
    Column("exercise", TextColumn, ForeignKey("exercises.id"), primary_key=True),
    Column("student", TextColumn, primary_key=True),
    Column("count", Integer, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("exercise", TextColumn, ForeignKey("exercises.id"), nullable=False),
    Column("course", TextColumn, nullable=False),
    Column("student", TextColumn, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", TextColumn, nullable=False),
    Column("lane", TextColumn, nullable=False),
    Column("tries", Integer, nullable=False),
    #: The fencing token: rises with every claim. A worker with a lower one has lost its claim.
    Column("token", BigInteger, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime, nullable=False),
    #: When it was received, or last retried by staff.
    Column("queued_at", UtcDateTime, nullable=False),
    Column("archive_sha256", TextColumn, ForeignKey("archives.sha256"), nullable=False),
    Column("filename", TextColumn, nullable=False),
    Column("source", TextColumn, nullable=False),
    Column("problem", TextColumn, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("graded_at", UtcDateTime),
    Column("callback_url", TextColumn, nullable=False),
    Column("callback_context", TextColumn, nullable=False),
    #: The report of the newest grading. No foreign key, because ``reports`` has one to here.
    Column("report_id", TextColumn),
    #: The newer attempt that replaced it. No foreign key, because that may be deleted.
    Column("superseded_by", TextColumn),
    #: When it was last claimed.
    Column("started_at", UtcDateTime),
    #: The regrade that it waits for. No foreign key, so that finishing a row locks no other table.
    Column("regrade", TextColumn),
    UniqueConstraint("exercise", "student", "attempt"),
    Index(None, "exercise", "id"),
    Index(None, "graded_at"),
    Index(None, "archive_sha256"),
    Index(
        "ix_submissions_waiting",
        "lane",
        "received_at",
        "id",
        sqlite_where=IS_QUEUED,
        postgresql_where=IS_QUEUED,
    ),
    Index(
        "ix_submissions_waiting_of_student",
        "lane",
        "course",
        "student",
        "received_at",
        "id",
        sqlite_where=IS_QUEUED,
        postgresql_where=IS_QUEUED,
    ),
    Index(
        "ix_submissions_queued_at",
        "queued_at",
        sqlite_where=IS_QUEUED,
        postgresql_where=IS_QUEUED,
    ),
    Index(
        "ix_submissions_running",
        "lease_until",
        sqlite_where=IS_RUNNING,
        postgresql_where=IS_RUNNING,
    ),
    Index("ix_submissions_parked", "id", sqlite_where=IS_PARKED, postgresql_where=IS_PARKED),
)

#: The keys of accepted requests. The row of ``submission`` is inserted later in the same
#: transaction. ``submission`` is empty after its student was erased: the key stays, so that a
#: repeated request does not bring the data back.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", TextColumn, primary_key=True),
    Column("key", TextColumn, primary_key=True),
    Column("request_digest", TextColumn, nullable=False),
    Column(
        "submission",
        TextColumn,
        ForeignKey("submissions.id", deferrable=True, initially="DEFERRED"),
        index=True,
    ),
    Column("created_at", UtcDateTime, nullable=False),
)

#: The largest columns come last, so that reading the facts of a class skips what follows them.
reports = Table(
    "reports",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("submission", TextColumn, ForeignKey("submissions.id"), nullable=False),
    Column("rubric_version", Integer, nullable=False),
    Column("engine_version", TextColumn, nullable=False),
    Column("status", TextColumn, nullable=False),
    Column("graded_at", UtcDateTime, nullable=False),
    Column("facts", TextColumn, nullable=False),
    Column("findings", TextColumn, nullable=False),
    Column("report", TextColumn, nullable=False),
    UniqueConstraint("submission", "rubric_version", "engine_version"),
)

passbacks = Table(
    "passbacks",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("report", TextColumn, ForeignKey("reports.id"), nullable=False),
    Column("submission", TextColumn, ForeignKey("submissions.id"), nullable=False),
    Column("source", TextColumn, nullable=False),
    Column("url", TextColumn, nullable=False),
    Column("payload", TextColumn, nullable=False),
    Column("state", TextColumn, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("last_error", TextColumn, nullable=False),
    #: When it was created or last claimed: in the future only after the clock was set back.
    Column("waits_since", UtcDateTime),
    UniqueConstraint("report", "url"),
    Index(None, "submission", "id"),
    Index("ix_passbacks_due", "next_try_at", "id", sqlite_where=IS_DUE, postgresql_where=IS_DUE),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("digest", TextColumn, nullable=False),
    Column("name", TextColumn, nullable=False),
    Column("role", TextColumn, nullable=False),
    Column("course", TextColumn, nullable=False),
    Column("student", TextColumn, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    UniqueConstraint("digest"),
)

sources = Table(
    "sources",
    metadata,
    Column("name", TextColumn, primary_key=True),
    Column("course", TextColumn, nullable=False),
    Column("connector", TextColumn, nullable=False),
    #: A JSON object that the connector's model validates.
    Column("config", TextColumn, nullable=False, server_default="{}"),
    # No code of this revision uses these three columns. They stay for processes of revision 0003,
    # which may run until they are restarted.
    Column("secret", TextColumn, nullable=False, server_default=""),
    Column("callback_url", TextColumn, nullable=False, server_default=""),
    Column("allowed_hosts", TextColumn, nullable=False, server_default="[]"),
)

#: Cached inspections by a hash of everything that they depend on, without the student.
inspections = Table(
    "inspections",
    metadata,
    Column("key", TextColumn, primary_key=True),
    Column("body", TextColumn, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
    #: When it was last used, exact to a day; empty if never since it was stored.
    Column("used_at", UtcDateTime),
    Index(None, "stored_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", TextColumn, nullable=False),
    Column("action", TextColumn, nullable=False),
    Column("subject", TextColumn, nullable=False),
    Column("detail", TextColumn, nullable=False),
    Column("course", TextColumn, nullable=False, server_default=""),
    Index(None, "course", "id"),
    Index(None, "subject", "id"),
)

#: A row for each process that grades: see ``WorkerRecord``. It is news, not data: no backup needs
#: it, and nothing refers to it.
workers = Table(
    "workers",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("trouble", TextColumn, nullable=False),
    Column("trouble_since", UtcDateTime),
)

#: A batch that grades submissions of an exercise again, by a version of its rubric.
regrades = Table(
    "regrades",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("exercise", TextColumn, ForeignKey("exercises.id"), nullable=False),
    Column("course", TextColumn, nullable=False),
    Column("rubric_version", Integer, nullable=False),
    #: ``all`` attempts, or the ``counted`` one of each student.
    Column("scope", TextColumn, nullable=False),
    Column("reason", TextColumn, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", TextColumn, nullable=False),
    Column("cancelled_at", UtcDateTime),
    Column("undone_at", UtcDateTime),
    Index(None, "exercise", "id"),
)

#: The submissions of a regrade, with what they had before it. ``old_report`` and ``new_report``
#: have no foreign key: they are deleted together with the submission.
regrade_items = Table(
    "regrade_items",
    metadata,
    Column("regrade", TextColumn, ForeignKey("regrades.id"), primary_key=True),
    Column("submission", TextColumn, ForeignKey("submissions.id"), primary_key=True),
    Column("state", TextColumn, nullable=False),
    Column("old_report", TextColumn, nullable=False),
    Column("old_state", TextColumn, nullable=False),
    Column("old_problem", TextColumn, nullable=False),
    Column("new_report", TextColumn),
    #: 1 if points or maximum of ``new_report`` differ from those of ``old_report``, else 0.
    Column("changed", Integer, nullable=False, server_default="0"),
    Index(None, "submission"),
)

#: Texts of rubrics whose effect somebody asked for. The same text of an exercise is stored once.
previews = Table(
    "previews",
    metadata,
    Column("id", TextColumn, primary_key=True),
    Column("exercise", TextColumn, nullable=False),
    Column("course", TextColumn, nullable=False),
    Column("digest", TextColumn, nullable=False),
    Column("text", TextColumn, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", TextColumn, nullable=False),
    UniqueConstraint("exercise", "digest"),
    Index(None, "created_at"),
)

#: What is to be measured, or was measured, for previews: uploads and starter files for a set of
#: probes. Like cached inspections they can always be measured again.
measurements = Table(
    "measurements",
    metadata,
    #: A hash of everything in a rubric that facts depend on.
    Column("probes", TextColumn, primary_key=True),
    #: What is measured: a hash of the upload and its name, or of the starter files.
    Column("subject", TextColumn, primary_key=True),
    #: A preview whose rubric has these probes.
    Column("preview", TextColumn, ForeignKey("previews.id"), nullable=False),
    #: Empty for starter files, which are in the rubric.
    Column("archive_sha256", TextColumn, ForeignKey("archives.sha256")),
    Column("filename", TextColumn, nullable=False),
    #: Without findings; empty until it is measured.
    Column("facts", TextColumn),
    Column("tries", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("problem", TextColumn, nullable=False),
    Index(None, "preview"),
    Index(None, "archive_sha256"),
    Index(
        "ix_measurements_waiting",
        "preview",
        "subject",
        sqlite_where=IS_UNMEASURED,
        postgresql_where=IS_UNMEASURED,
    ),
)

#: Golden samples: programs whose points are known, on which each rubric version is tried.
samples = Table(
    "samples",
    metadata,
    Column("exercise", TextColumn, primary_key=True),
    Column("name", TextColumn, primary_key=True),
    Column("course", TextColumn, nullable=False),
    Column("archive_sha256", TextColumn, ForeignKey("archives.sha256"), nullable=False),
    Column("filename", TextColumn, nullable=False),
    #: A JSON object: the expected ``total`` and, if known, the points by criterion.
    Column("expected", TextColumn, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", TextColumn, nullable=False),
    Index(None, "archive_sha256"),
)
