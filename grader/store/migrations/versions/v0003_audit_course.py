"""A course for every entry of the audit log, and indexes by course and by subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grader.store.columns import TextColumn

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: The table, key and actions with which the course of an existing entry can be looked up.
_COURSES = (
    ("submissions", "id", "submission.%"),
    ("exercises", "id", "rubric.%"),
    ("tokens", "id", "token.%"),
    ("sources", "name", "source.%"),
)


def upgrade() -> None:
    """Add the column ``course`` to ``audit`` and fill it for existing entries.

    It stays empty unless the action is about a submission, rubric, token or source that still
    exists (``submission.*`` etc.; not ``report.read``).
    """
    op.add_column("audit", sa.Column("course", TextColumn(), nullable=False, server_default=""))
    audit = sa.table("audit", sa.column("course"), sa.column("action"), sa.column("subject"))
    for table, key, actions in _COURSES:
        known = sa.table(table, sa.column(key), sa.column("course"))
        course = sa.select(known.c.course).where(known.c[key] == audit.c.subject)
        op.execute(
            sa.update(audit)
            .where(audit.c.action.like(actions), audit.c.subject.in_(sa.select(known.c[key])))
            .values(course=course.scalar_subquery())
        )
    op.create_index("ix_audit_course_id", "audit", ["course", "id"])
    op.create_index("ix_audit_subject_id", "audit", ["subject", "id"])
