"""The sandbox of a child process: levels, seccomp, Landlock and resource limits."""

from grader.engine.sandbox.confinement import RESULTS, TASKS, Confinement, mapped
from grader.engine.sandbox.levels import AUTO, Rung, Sandbox, choose, offered

__all__ = [
    "AUTO",
    "RESULTS",
    "TASKS",
    "Confinement",
    "Rung",
    "Sandbox",
    "choose",
    "mapped",
    "offered",
]
