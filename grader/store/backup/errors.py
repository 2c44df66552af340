"""What can go wrong with a backup; only the command line tells it to anybody."""

from __future__ import annotations

from grader.domain.errors import GraderError


class BadBackup(GraderError):
    """A file that is no backup, is damaged, or does not fit this database or this version."""

    code = "bad-backup"
    title = "The backup cannot be used"


class ToolUnavailable(GraderError):
    """A program of PostgreSQL's is missing or has failed."""

    code = "tool-unavailable"
    title = "A program that this needs is missing or failed"
