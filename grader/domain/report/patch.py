"""A patch for ``git apply`` made of the diffs of several files."""

from __future__ import annotations

from collections.abc import Mapping

#: How git writes a character that would end or break a file name, by code point.
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(0x20), 0x7F)} | {
    ord(sign): "\\" + sign for sign in '"\\'
}


def git_patch(hunks: Mapping[str, str]) -> str:
    """Return one patch in git's format of ``hunks``, bodies of unified diffs by path.

    The files are sorted by path. Without hunks the patch is an empty string.
    """
    return "".join(_headers(path) + hunks[path] for path in sorted(hunks))


def _headers(path: str) -> str:
    """Return the three header lines of git's diff for a changed file ``path``."""
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    # With a space in the name git needs a tab after it; it would read the rest as a timestamp.
    tab = "\t" if " " in path and not old.startswith('"') else ""
    return f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n"


def _quoted(name: str) -> str:
    """Return ``name`` as git writes it: in C quotes if one of its characters is escaped."""
    escaped = name.translate(_ESCAPES)
    return name if escaped == name else f'"{escaped}"'
