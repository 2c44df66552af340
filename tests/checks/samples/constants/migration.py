"""Alembic reads the names of a migration."""
#! measure not_upper = 0

from alembic import op

revision = "ab12"
down_revision = "cd34"
depends_on = ("ef56",)


def upgrade():
    op.drop_table("prices")


def downgrade():
    op.create_table("prices")
