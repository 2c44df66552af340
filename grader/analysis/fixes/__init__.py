"""Fixed versions of a student's own lines."""
