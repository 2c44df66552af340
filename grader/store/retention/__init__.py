"""Retention: purge old submissions; export and erase one student's data."""
