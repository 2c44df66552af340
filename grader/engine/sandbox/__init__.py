"""The sandbox of a child process: levels, seccomp, Landlock and resource limits."""

from grader.engine.sandbox.confinement import RESULTS, TASKS, Confinement, address_space
from grader.engine.sandbox.levels import AUTO, Sandbox, SandboxLevel, available_levels, choose_level

__all__ = [
    "AUTO",
    "RESULTS",
    "TASKS",
    "Confinement",
    "SandboxLevel",
    "Sandbox",
    "choose_level",
    "address_space",
    "available_levels",
]
