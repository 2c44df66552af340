"""Columns for superseded submissions, waiting times and cache use; indexes for retention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grader.store.columns import TextColumn, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, which are empty in existing rows, and the indexes that purges need.

    From now on a row of ``idempotency_keys`` may be without a submission.
    """
    op.add_column("submissions", sa.Column("superseded_by", TextColumn()))
    op.add_column("submissions", sa.Column("started_at", UtcDateTime()))
    op.add_column("passbacks", sa.Column("waits_since", UtcDateTime()))
    op.create_index("ix_submissions_archive_sha256", "submissions", ["archive_sha256"])
    op.add_column("inspections", sa.Column("used_at", UtcDateTime()))
    op.create_index("ix_inspections_stored_at", "inspections", ["stored_at"])
    with op.batch_alter_table("idempotency_keys") as keys:
        keys.alter_column("submission", existing_type=TextColumn(), nullable=True)
    op.create_index("ix_idempotency_keys_submission", "idempotency_keys", ["submission"])
