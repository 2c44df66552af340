"""Retention: purge old submissions; export, merge and erase students' data."""
