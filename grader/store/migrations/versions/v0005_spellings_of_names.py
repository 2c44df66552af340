"""Say how many students' names are stored in a spelling that new uploads no longer get.

From this version on a name is stored without blanks around it and with composed letters (NFC). A
student whose name was stored otherwise would therefore begin anew, or be two. Nothing is changed:
``grader student alike`` lists them, and whoever runs the service decides.
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
import structlog
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

log = structlog.get_logger(__name__)


def upgrade() -> None:
    """Log the number of such names, without the names, if there are any."""
    student = sa.column("student", sa.Text())
    held = sa.union(*(sa.select(student).select_from(sa.table(name)) for name in _TABLES))
    names = set(op.get_bind().execute(held).scalars())
    odd = sum(name != unicodedata.normalize("NFC", name.strip()) for name in names)
    unreadable = sum("\ufffd" in name for name in names)
    if odd or unreadable:
        log.warning(
            "students_alike",
            otherwise_spelled=odd,
            not_utf8=unreadable,
            how_to_see="grader student alike",
        )


_TABLES = ("submissions", "tokens")
