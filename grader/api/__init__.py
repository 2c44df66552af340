"""The HTTP API: one blueprint a noun, and one place where errors become problem documents."""
