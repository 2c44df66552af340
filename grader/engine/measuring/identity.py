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

    Raises:
        importlib.metadata.PackageNotFoundError: It is not installed.
    """
    return version(distribution)


def engine_identity(catalog: Catalog) -> EngineIdentity:
    """Return the identity of an engine with the checks of ``catalog``, in this interpreter.

    ``grammar`` is the Python version whose syntax the parser knows, e.g. ``3.11``. The version of
    the gate is listed with those of the checks, as ``readable``.

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
