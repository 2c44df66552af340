"""The audit log by course and by subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grader.store.columns import Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Where the course of an entry that is there already can be looked up.
_COURSES = (
    ("submissions", "id", "submission.%"),
    ("exercises", "id", "rubric.%"),
    ("tokens", "id", "token.%"),
    ("sources", "name", "source.%"),
)


def upgrade() -> None:
    """Every entry says which course it is about; empty where it is about none."""
    op.add_column("audit", sa.Column("course", Words(), nullable=False, server_default=""))
    for table, key, actions in _COURSES:
        op.execute(
            sa.text(
                f"UPDATE audit SET course = (SELECT course FROM {table} WHERE {key} = subject)"
                f" WHERE action LIKE :actions AND subject IN (SELECT {key} FROM {table})"
            ).bindparams(actions=actions)
        )
    op.create_index("ix_audit_course_id", "audit", ["course", "id"])
    op.create_index("ix_audit_subject_id", "audit", ["subject", "id"])
