"""Halstead volume and effort of a file, computed by radon."""

from __future__ import annotations

from functools import lru_cache

from radon.metrics import h_visit_ast

from grader.analysis.tools.recursion import room_for_recursion
from grader.domain.source import SourceFile


@lru_cache(maxsize=4)
def halstead(source: SourceFile) -> tuple[float, float]:
    """Return the Halstead volume (bits) and effort (mental discriminations) of `source`.

    They are computed over the whole file. Only arithmetic (``-x``, ``+=`` and ``&`` too),
    comparisons and ``and``, ``or`` and ``not`` count, with their operands: both numbers are 0 for
    code without any. Calls, assignments, and decorators and defaults of functions do not count.
    """
    with room_for_recursion():
        total = h_visit_ast(source.tree).total
    return float(total.volume), float(total.effort)
