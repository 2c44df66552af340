"""Renderings of a report, one form a file."""
