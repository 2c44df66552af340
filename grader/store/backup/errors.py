"""Errors of backup and restore. Only the command line shows them."""

from __future__ import annotations

from grader.domain.errors import GraderError


class BadBackup(GraderError):
    """The file is unreadable, damaged or no backup of Grader, or it does not fit.

    It does not fit if it is of another kind of database than the one to restore, or if its schema
    is unknown to this version of Grader.
    """

    code = "bad-backup"
    title = "The backup cannot be used"


class ToolUnavailable(GraderError):
    """A program of PostgreSQL is missing, has another version than the server, or failed."""

    code = "tool-unavailable"
    title = "A program that this needs is missing or failed"
