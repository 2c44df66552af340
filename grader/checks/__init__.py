"""One check a file; the file is named for what the student learns."""
