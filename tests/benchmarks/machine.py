"""Facts about the machine on which figures are measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version

_TOOLS = ("black", "isort", "flake8", "radon", "celery", "redis", "sqlalchemy")


def machine_facts() -> Iterator[str]:
    """Yield lines about processors, system, interpreter and versions of tools."""
    compiler = platform.python_compiler()
    yield f"{os.cpu_count()} processors, {platform.system()} {platform.release()}"
    yield f"{platform.python_implementation()} {platform.python_version()} ({compiler})"
    yield ", ".join(f"{tool} {version(tool)}" for tool in _TOOLS)


def load() -> str:
    """Return the load average as text, which shows whether the machine had other work."""
    one, five, fifteen = os.getloadavg()
    return f"load average {one:.2f} {five:.2f} {fifteen:.2f}"
