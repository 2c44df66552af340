"""Add the table ``workers``: when each process that grades was last alive, and what troubles it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grader.store.columns import TextColumn, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty. Processes of the version before do not know it."""
    op.create_table(
        "workers",
        sa.Column("id", TextColumn(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("trouble", TextColumn(), nullable=False),
        sa.Column("trouble_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
