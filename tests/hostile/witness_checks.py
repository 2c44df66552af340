"""The catalog of checks, and a check that reports the audit events of its child.

The audit hook is added before any child is forked and cannot be removed. It records events in
children only: the fork server itself never has a student's file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from grader.checks import catalog
from grader.domain.check import AnyCheck, Check, Context, Guidance, Options
from grader.domain.inspection import Finding, Inspection
from grader.domain.measures import count_measure
from grader.domain.source import SourceFile

#: Prefixes of events that only affect the memory of the interpreter, e.g. ``gc.collect``; not
#: ``open``.
HARMLESS = ("object.", "code.", "sys._", "builtins.id", "gc.", "ctypes.", "marshal.")

_FORK_SERVER = os.getpid()
_SEEN: list[str] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    """Record an audit event of a child, unless its kind is harmless."""
    if os.getpid() != _FORK_SERVER and not event.startswith(HARMLESS):
        _SEEN.append(f"{event} {_shown(arguments)}")


def _shown(arguments: tuple[object, ...]) -> str:
    return ", ".join(repr(one)[:80] for one in arguments)


def _stray(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Run forbidden actions if the file requests them, to test the recording."""
    if b"stray" in source.data:
        with suppress(OSError, ImportError):
            open("stray", "rb")
        with suppress(OSError, ImportError):
            __import__("stray")
    return Inspection()


def _witness(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return the audit events since the last call as findings, each event once."""
    told = tuple(Finding(code="done", message=one[:300]) for one in dict.fromkeys(_SEEN))
    _SEEN.clear()
    return Inspection(findings=told)


sys.addaudithook(_hook)


def _check(id: str, inspect: Callable[[SourceFile, Options, Context], Inspection]) -> AnyCheck:
    words = Guidance("What it is.", "How to mend it.", "https://example.org")
    measures = (count_measure("lines", "Lines", "lines"),)
    return Check(id, 1, id.title(), words, measures, inspect, Options)


CATALOG = {
    **catalog.CATALOG,
    "stray": _check("stray", _stray),
    "witness": _check("witness", _witness),
}
