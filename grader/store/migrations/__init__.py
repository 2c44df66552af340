"""Alembic's environment and the revisions. ``grader.store.migrate`` runs them."""
