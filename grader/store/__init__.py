"""The store: tables, migrations and repositories, on SQLite and PostgreSQL."""
