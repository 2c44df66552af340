"""The store: tables, one repository a file, and their migrations, on SQLite and PostgreSQL."""
