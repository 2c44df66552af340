"""A higher recursion limit for the tools' recursive visitors.

e.g. an honest chain of 400 ``elif`` branches is a tree of more than 400 levels.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: Stack frames. Several times what a visitor needs for the deepest tree that CPython can compile;
#: chosen by hand.
RECURSION_LIMIT = 20_000


@contextmanager
def room_for_recursion() -> Iterator[None]:
    """Raise the recursion limit to at least ``RECURSION_LIMIT`` inside the ``with`` block.

    The limit before is restored at the end, after an error too. There is one limit for all threads
    of the process.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
