"""Path patterns of rubrics: ``*`` and ``?`` within a segment, ``**`` for any number of segments."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache


def matches(path: str, pattern: str) -> bool:
    """Return whether ``pattern`` matches the whole ``path`` (with forward slashes); case counts.

    A segment ``**`` stands for any number of segments, even none: ``src/**`` matches
    ``src/a/b.py``; ``src/*`` does not. Within a segment, ``*``, ``?``, ``[ab]`` and ``[!ab]`` work
    as in :mod:`fnmatch`: unlike in a shell they match a leading dot too, and a backslash is an
    ordinary character. Takes time proportional to segments of the path times segments of the
    pattern, so that no pattern is slow.
    """
    segments = path.split("/")
    reachable = {0}
    for part in pattern.split("/"):
        if part == "**":
            reachable = set(range(min(reachable, default=len(segments) + 1), len(segments) + 1))
        else:
            reachable = {
                at + 1 for at in reachable if at < len(segments) and fnmatchcase(segments[at], part)
            }
    return len(segments) in reachable


@lru_cache(maxsize=16_384)
def selects(
    path: str, files: tuple[str, ...], exclude: tuple[str, ...], top_folder: str = ""
) -> bool:
    """Return whether ``path`` matches one of ``files`` and none of ``exclude``.

    Patterns are matched with ``path``, and with ``path`` without ``top_folder`` ("alice-hw1/"), the
    folder around the whole submission; either is enough. Without ``files`` nothing is selected.
    Results are cached, because a class hands in the same few paths many times.
    """
    names = {path, path.removeprefix(top_folder)}

    def any_matches(patterns: tuple[str, ...]) -> bool:
        return any(matches(name, pattern) for pattern in patterns for name in names)

    return any_matches(files) and not any_matches(exclude)
