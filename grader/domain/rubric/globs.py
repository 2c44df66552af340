"""Path patterns of rubrics: ``*`` and ``?`` inside a segment, ``**`` for any number of segments."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache


def matches(path: str, pattern: str) -> bool:
    """Whether a path with forward slashes matches a pattern as a whole.

    Takes time in proportion to segments of the path times segments of the pattern.
    """
    segments, wanted = path.split("/"), pattern.split("/")
    reachable = {0}
    for part in wanted:
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
    """Whether a path matches one of ``files`` and none of ``exclude``.

    A pattern may leave out the folder around the whole submission, which is ``top_folder``.
    A cohort hands in the same few paths again and again, so answers are kept.
    """
    names = {path, path.removeprefix(top_folder)}

    def any_matches(patterns: tuple[str, ...]) -> bool:
        return any(matches(name, pattern) for pattern in patterns for name in names)

    return any_matches(files) and not any_matches(exclude)
