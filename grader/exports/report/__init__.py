"""One rendering of a report a file."""
