"""A file that is not graded and that may yet be a part of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Candidate(NamedTuple):
    """A file that is not graded: its path, its size in bytes, and a function that reads it.

    ``is_artifact``: it lies in a folder that a tool made, or is a file of a tool.
    """

    name: str
    stated: int
    pieces: Callable[[], Iterable[bytes]]
    is_artifact: bool = False
