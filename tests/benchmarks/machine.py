"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version

_TOOLS = ("black", "isort", "flake8", "radon", "celery", "redis", "sqlalchemy")


def machine_facts() -> Iterator[str]:
    """Lines on processors, interpreter and versions."""
    compiler = platform.python_compiler()
    yield f"{os.cpu_count()} processors, {platform.system()} {platform.release()}"
    yield f"{platform.python_implementation()} {platform.python_version()} ({compiler})"
    yield ", ".join(f"{tool} {version(tool)}" for tool in _TOOLS)


def load() -> str:
    """The load average, to be read beside every figure: the machine may have other work."""
    one, five, fifteen = os.getloadavg()
    return f"load average {one:.2f} {five:.2f} {fifteen:.2f}"
