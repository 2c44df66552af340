"""Alembic's entry point: run the revisions on the given connection, in its transaction."""

from __future__ import annotations

from alembic import context

from grader.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most of a table, so Alembic copies it; PostgreSQL is not affected.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
