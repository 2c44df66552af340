import sqlalchemy
from alembic import op


def upgrade():
    op.add_column("prices", sqlalchemy.Column("tax"))


def downgrade():
    op.drop_column("prices", "tax")
