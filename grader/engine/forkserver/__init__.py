"""The fork server: sandboxed, killable children in which every tool runs."""

from grader.engine.forkserver.client import ForkServer, RunningJob

__all__ = ["ForkServer", "RunningJob"]
