"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grader.store.columns import TextColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of exercises, submissions, results and access."""
    _exercises()
    _submissions()
    _results()
    _access()


def _exercises() -> None:
    op.create_table(
        "exercises",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("title", TextColumn(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exercises"),
    )
    op.create_index("ix_exercises_course_id", "exercises", ["course", "id"])
    op.create_table(
        "rubrics",
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("digest", TextColumn(), nullable=False),
        sa.Column("text", TextColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", TextColumn(), nullable=False),
        sa.ForeignKeyConstraint(["exercise"], ["exercises.id"], name="fk_rubrics_exercise"),
        sa.PrimaryKeyConstraint("exercise", "version", name="pk_rubrics"),
    )
    op.create_table(
        "attempts",
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("student", TextColumn(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["exercise"], ["exercises.id"], name="fk_attempts_exercise"),
        sa.PrimaryKeyConstraint("exercise", "student", name="pk_attempts"),
    )


def _submissions() -> None:
    op.create_table(
        "archives",
        sa.Column("sha256", TextColumn(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_archives"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("student", TextColumn(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", TextColumn(), nullable=False),
        sa.Column("lane", TextColumn(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("archive_sha256", TextColumn(), nullable=False),
        sa.Column("filename", TextColumn(), nullable=False),
        sa.Column("source", TextColumn(), nullable=False),
        sa.Column("problem", TextColumn(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("graded_at", UtcDateTime()),
        sa.Column("callback_url", TextColumn(), nullable=False),
        sa.Column("callback_context", TextColumn(), nullable=False),
        sa.Column("report_id", TextColumn()),
        sa.ForeignKeyConstraint(
            ["archive_sha256"], ["archives.sha256"], name="fk_submissions_archive_sha256"
        ),
        sa.ForeignKeyConstraint(["exercise"], ["exercises.id"], name="fk_submissions_exercise"),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint(
            "exercise", "student", "attempt", name="uq_submissions_exercise_student_attempt"
        ),
    )
    op.create_index("ix_submissions_exercise_id", "submissions", ["exercise", "id"])
    op.create_index("ix_submissions_graded_at", "submissions", ["graded_at"])
    op.create_index(
        "ix_submissions_parked",
        "submissions",
        ["id"],
        sqlite_where=sa.text("state = 'needs_attention'"),
        postgresql_where=sa.text("state = 'needs_attention'"),
    )
    op.create_index(
        "ix_submissions_queued_at",
        "submissions",
        ["queued_at"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_submissions_running",
        "submissions",
        ["lease_until"],
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_submissions_waiting",
        "submissions",
        ["lane", "received_at", "id"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_submissions_waiting_of_student",
        "submissions",
        ["lane", "course", "student", "received_at", "id"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", TextColumn(), nullable=False),
        sa.Column("key", TextColumn(), nullable=False),
        sa.Column("request_digest", TextColumn(), nullable=False),
        sa.Column("submission", TextColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission"],
            ["submissions.id"],
            name="fk_idempotency_keys_submission",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_idempotency_keys"),
    )


def _results() -> None:
    op.create_table(
        "reports",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("submission", TextColumn(), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("engine_version", TextColumn(), nullable=False),
        sa.Column("status", TextColumn(), nullable=False),
        sa.Column("graded_at", UtcDateTime(), nullable=False),
        sa.Column("facts", TextColumn(), nullable=False),
        sa.Column("findings", TextColumn(), nullable=False),
        sa.Column("report", TextColumn(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_reports_submission"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint(
            "submission",
            "rubric_version",
            "engine_version",
            name="uq_reports_submission_rubric_version_engine_version",
        ),
    )
    op.create_table(
        "passbacks",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("report", TextColumn(), nullable=False),
        sa.Column("submission", TextColumn(), nullable=False),
        sa.Column("source", TextColumn(), nullable=False),
        sa.Column("url", TextColumn(), nullable=False),
        sa.Column("payload", TextColumn(), nullable=False),
        sa.Column("state", TextColumn(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("last_error", TextColumn(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["reports.id"], name="fk_passbacks_report"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_passbacks_submission"),
        sa.PrimaryKeyConstraint("id", name="pk_passbacks"),
        sa.UniqueConstraint("report", "url", name="uq_passbacks_report_url"),
    )
    op.create_index(
        "ix_passbacks_due",
        "passbacks",
        ["next_try_at", "id"],
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index("ix_passbacks_submission_id", "passbacks", ["submission", "id"])
    op.create_table(
        "inspections",
        sa.Column("key", TextColumn(), nullable=False),
        sa.Column("body", TextColumn(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inspections"),
    )


def _access() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("digest", TextColumn(), nullable=False),
        sa.Column("name", TextColumn(), nullable=False),
        sa.Column("role", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("student", TextColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.Column("last_used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_table(
        "sources",
        sa.Column("name", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("connector", TextColumn(), nullable=False),
        sa.Column("secret", TextColumn(), nullable=False),
        sa.Column("callback_url", TextColumn(), nullable=False),
        sa.Column("allowed_hosts", TextColumn(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sources"),
    )
    op.create_table(
        "audit",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", TextColumn(), nullable=False),
        sa.Column("action", TextColumn(), nullable=False),
        sa.Column("subject", TextColumn(), nullable=False),
        sa.Column("detail", TextColumn(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
