"""Copy the columns of sources that one protocol needs into ``config``, a JSON object.

The old columns stay, now with defaults, because processes of the version before may still run
while the tables are upgraded. A later revision drops them.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from grader.store.columns import TextColumn

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Fill ``config`` of every source from the three old columns, which stay and get defaults."""
    op.add_column("sources", sa.Column("config", TextColumn(), nullable=False, server_default="{}"))
    columns = ("name", "secret", "callback_url", "allowed_hosts", "config")
    sources = sa.table("sources", *(sa.column(name, sa.Text()) for name in columns))
    connection = op.get_bind()
    for row in connection.execute(sa.select(sources)).all():
        moved = {
            "secret": row.secret,
            "callback_url": row.callback_url,
            "allowed_hosts": json.loads(row.allowed_hosts),
        }
        text = json.dumps(moved, sort_keys=True)
        connection.execute(sa.update(sources).where(sources.c.name == row.name).values(config=text))
    with op.batch_alter_table("sources") as batch:
        for name, default in (("secret", ""), ("callback_url", ""), ("allowed_hosts", "[]")):
            batch.alter_column(name, server_default=default)
