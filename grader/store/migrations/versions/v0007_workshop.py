"""Add what rubrics are edited, tried out and applied with.

These are messages of versions, drafts, previews with their measurements, golden samples, and
regrades. Processes of the version before do not know them: they publish versions without a message,
and grade a submission that waits for a regrade like any other.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grader.store.columns import TextColumn, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_UNMEASURED = sa.text("facts IS NULL")


def upgrade() -> None:
    """Add two columns, and create the tables, empty."""
    op.add_column("rubrics", sa.Column("message", TextColumn(), nullable=False, server_default=""))
    op.add_column("submissions", sa.Column("regrade", TextColumn(), nullable=True))
    _create_drafts()
    _create_regrades()
    _create_previews()
    _create_samples()


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", TextColumn(), nullable=False),
        sa.Column("text", TextColumn(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", TextColumn(), nullable=False),
        sa.PrimaryKeyConstraint("exercise", name="pk_drafts"),
    )
    op.create_index("ix_drafts_course_exercise", "drafts", ["course", "exercise"])


def _create_regrades() -> None:
    op.create_table(
        "regrades",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("scope", TextColumn(), nullable=False),
        sa.Column("reason", TextColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", TextColumn(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["exercise"], ["exercises.id"], name="fk_regrades_exercise_exercises"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_regrades"),
    )
    op.create_index("ix_regrades_exercise_id", "regrades", ["exercise", "id"])
    op.create_table(
        "regrade_items",
        sa.Column("regrade", TextColumn(), nullable=False),
        sa.Column("submission", TextColumn(), nullable=False),
        sa.Column("state", TextColumn(), nullable=False),
        sa.Column("old_report", TextColumn(), nullable=False),
        sa.Column("old_state", TextColumn(), nullable=False),
        sa.Column("old_problem", TextColumn(), nullable=False),
        sa.Column("new_report", TextColumn(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(
            ["regrade"], ["regrades.id"], name="fk_regrade_items_regrade_regrades"
        ),
        sa.ForeignKeyConstraint(
            ["submission"], ["submissions.id"], name="fk_regrade_items_submission_submissions"
        ),
        sa.PrimaryKeyConstraint("regrade", "submission", name="pk_regrade_items"),
    )
    op.create_index("ix_regrade_items_submission", "regrade_items", ["submission"])


def _create_previews() -> None:
    op.create_table(
        "previews",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("digest", TextColumn(), nullable=False),
        sa.Column("text", TextColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", TextColumn(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_previews"),
        sa.UniqueConstraint("exercise", "digest", name="uq_previews_exercise_digest"),
    )
    op.create_index("ix_previews_created_at", "previews", ["created_at"])
    op.create_table(
        "measurements",
        sa.Column("probes", TextColumn(), nullable=False),
        sa.Column("subject", TextColumn(), nullable=False),
        sa.Column("preview", TextColumn(), nullable=False),
        sa.Column("archive_sha256", TextColumn(), nullable=True),
        sa.Column("filename", TextColumn(), nullable=False),
        sa.Column("facts", TextColumn(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("problem", TextColumn(), nullable=False),
        sa.ForeignKeyConstraint(
            ["archive_sha256"],
            ["archives.sha256"],
            name="fk_measurements_archive_sha256_archives",
        ),
        sa.ForeignKeyConstraint(
            ["preview"], ["previews.id"], name="fk_measurements_preview_previews"
        ),
        sa.PrimaryKeyConstraint("probes", "subject", name="pk_measurements"),
    )
    op.create_index("ix_measurements_preview", "measurements", ["preview"])
    op.create_index("ix_measurements_archive_sha256", "measurements", ["archive_sha256"])
    op.create_index(
        "ix_measurements_waiting",
        "measurements",
        ["preview", "subject"],
        sqlite_where=_UNMEASURED,
        postgresql_where=_UNMEASURED,
    )


def _create_samples() -> None:
    op.create_table(
        "samples",
        sa.Column("exercise", TextColumn(), nullable=False),
        sa.Column("name", TextColumn(), nullable=False),
        sa.Column("course", TextColumn(), nullable=False),
        sa.Column("archive_sha256", TextColumn(), nullable=False),
        sa.Column("filename", TextColumn(), nullable=False),
        sa.Column("expected", TextColumn(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", TextColumn(), nullable=False),
        sa.ForeignKeyConstraint(
            ["archive_sha256"], ["archives.sha256"], name="fk_samples_archive_sha256_archives"
        ),
        sa.PrimaryKeyConstraint("exercise", "name", name="pk_samples"),
    )
    op.create_index("ix_samples_archive_sha256", "samples", ["archive_sha256"])
