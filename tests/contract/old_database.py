"""The stored databases of earlier schema revisions in ``old_databases/``."""

from __future__ import annotations

import gzip
from pathlib import Path

from sqlalchemy.engine import make_url

from grader.store.backup.postgres_tools import tools_for
from grader.store.database import Database

OLD = Path(__file__).parent / "old_databases"


def load_old(url: str, revision: str) -> None:
    """Load the stored database of ``revision`` into ``url``: a SQLite file, or an empty database.

    For PostgreSQL it is a plain ``pg_dump``, whose SQL is run.
    """
    whole = make_url(url)
    if whole.get_backend_name() == "sqlite":
        data = gzip.decompress((OLD / f"v{revision}.sqlite.gz").read_bytes())
        Path(str(whole.database)).write_bytes(data)
        return
    database = Database(url)
    with database.read() as connection:
        tools = tools_for(whole, connection)
    database.close()
    with tools.script() as script:
        script.write(gzip.decompress((OLD / f"v{revision}.postgresql.sql.gz").read_bytes()))
