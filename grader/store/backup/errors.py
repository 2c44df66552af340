"""Errors of backup and restore. Only the command line shows them."""

from __future__ import annotations

from grader.domain.errors import GraderError


class BadBackup(GraderError):
    """The file is unreadable, damaged, no backup, or does not fit the database or this version."""

    code = "bad-backup"
    title = "The backup cannot be used"


class ToolUnavailable(GraderError):
    """A program of PostgreSQL is missing, has another version than the server, or failed."""

    code = "tool-unavailable"
    title = "A program that this needs is missing or failed"
