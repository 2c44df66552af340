"""The catalog of checks, and a check that crashes its process if a file contains a trigger."""

from __future__ import annotations

import ctypes

from grader.checks import catalog
from grader.domain.check import Check, Context, Guidance, Options
from grader.domain.inspection import Facts, Inspection
from grader.domain.measures import count_measure
from grader.domain.source import SourceFile

TRIGGER = b"# Boom here.\n"
CALM = b"# Calm here.\n"


def _inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    if TRIGGER in source.data:
        ctypes.string_at(0)
    return Inspection(facts=Facts(counts={"lines": len(source.lines)}))


CATALOG = {
    **catalog.CATALOG,
    "crash": Check(
        id="crash",
        version=1,
        title="A tool that crashes",
        guidance=Guidance("What it is.", "How to mend it.", "https://example.org"),
        measures=(count_measure("lines", "Lines", "lines"),),
        inspect=_inspect,
        options=Options,
    ),
}
