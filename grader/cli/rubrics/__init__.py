"""The commands of ``grader rubric`` that work on the rubrics of a service, over its HTTP API."""

from grader.cli.rubrics.preview import preview
from grader.cli.rubrics.publish import copy, publish, restore
from grader.cli.rubrics.read import diff, get, versions
from grader.cli.rubrics.sync import sync

#: In the order in which the README tells of them.
COMMANDS = (get, diff, preview, publish, versions, restore, copy, sync)

__all__ = ["COMMANDS"]
