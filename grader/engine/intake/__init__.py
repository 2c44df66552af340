"""Intake: read an upload, or a path on disk, into a submission in memory, or refuse it."""

from grader.engine.intake.collecting import why_not_graded
from grader.engine.intake.reading import read_path, read_upload
from grader.engine.intake.refusals import REFUSALS

__all__ = ["REFUSALS", "read_path", "read_upload", "why_not_graded"]
