"""The identity of an engine: the versions on which every fact depends."""

from __future__ import annotations

import platform
import sys
from functools import cache
from importlib.metadata import version

from grader.domain.check import Catalog
from grader.domain.facts import EngineIdentity
from grader.domain.unreadable import READABLE
from grader.engine.gate import GATE_VERSION


@cache
def tool_version(distribution: str) -> str:
    """Return the installed version of ``distribution``, e.g. ``"7.5.0"`` for ``flake8``.

    It is looked up once in a process, so a later upgrade is not noticed.

    Raises:
        importlib.metadata.PackageNotFoundError: It is not installed.
    """
    return version(distribution)


def engine_identity(catalog: Catalog) -> EngineIdentity:
    """Return the versions on which the facts of an engine with ``catalog`` depend.

    They are those of grader, this Python, the tools and the checks. ``grammar`` is the version of
    Python whose syntax this interpreter can parse, e.g. ``3.11``. The gate, which decides whether
    a file can be read, is listed among the checks as ``readable``.

    Raises:
        importlib.metadata.PackageNotFoundError: A tool of a check is not installed.
    """
    tools = sorted({tool for check in catalog.values() for tool in check.tools})
    return EngineIdentity(
        grader=version("grader"),
        python=platform.python_version(),
        grammar=f"{sys.version_info.major}.{sys.version_info.minor}",
        tools={tool: tool_version(tool) for tool in tools},
        checks={READABLE: GATE_VERSION}
        | {check.id: check.version for check in sorted(catalog.values(), key=lambda one: one.id)},
    )
