"""What Alembic runs: the revisions, on the connection that it was given, in its transaction."""

from __future__ import annotations

from alembic import context

from grader.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by making a new one; elsewhere this changes nothing.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
