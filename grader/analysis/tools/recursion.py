"""Room for the tools' recursive visitors on deep but honest trees (400 ``elif`` branches)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: Frames. Several times what the deepest tree that CPython itself compiles asks of a visitor.
DEEP = 20_000


@contextmanager
def room_for_recursion() -> Iterator[None]:
    """Raise the interpreter's recursion limit for a while; never lower it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
